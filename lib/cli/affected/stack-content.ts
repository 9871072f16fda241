import { posix } from "node:path";
import { isList, isObject } from "../../values/plain-data";
import { property } from "../read/json";

/**
 * The part of a stack's text that the engine uses: everything except the remarks that cdktf adds as `//`, with its version and the
 * paths of constructs.
 *
 * @param place the directory where cdktf ran; paths below it become relative
 */
export function contentOf(text: unknown, place: string | undefined): unknown {
  if (typeof text === "string") {
    return place === undefined ? text : text.replaceAll(`${place}/`, "");
  }
  if (isList(text)) {
    return text.map((item) => contentOf(item, place));
  }
  if (!isObject(text)) {
    return text;
  }
  const told = Object.entries(text).filter(([name, value]) => !isRemark(name, value));
  return Object.fromEntries(told.map(([name, value]) => [name, contentOf(value, place)]));
}

function isRemark(name: string, value: unknown): boolean {
  return name === "//" && isObject(value) && "metadata" in value;
}

/**
 * The directory where cdktf ran. It is an absolute path in each stack without its own backend, and in stacks that refer to such
 * a stack, and it differs on each machine and in each clone. `undefined` if this stack does not contain it.
 */
export function placeOf(name: string, text: unknown): string | undefined {
  const path = ["terraform", "backend", "local", "path"].reduce(property, text);
  const isDefault = typeof path === "string" && posix.isAbsolute(path) && path.endsWith(`/terraform.${name}.tfstate`);
  return isDefault ? posix.dirname(path) : undefined;
}

import { posix } from "node:path";
import { isList, isObject } from "../../values/plain-data";
import { property } from "../read/json";

/**
 * What a stack's text tells the engine: all of it but the remarks that cdktf adds, `//`, where its own version is, and the
 * paths of constructs.
 *
 * @param place the directory where cdktf was run: a path below it counts from there
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
 * The directory where cdktf was run: an absolute path in each stack without a backend of its user's, and in those that
 * refer to it. It is another one on each machine, and in each clone. `undefined` where this stack does not tell.
 */
export function placeOf(name: string, text: unknown): string | undefined {
  const path = ["terraform", "backend", "local", "path"].reduce(property, text);
  const isDefault = typeof path === "string" && posix.isAbsolute(path) && path.endsWith(`/terraform.${name}.tfstate`);
  return isDefault ? posix.dirname(path) : undefined;
}

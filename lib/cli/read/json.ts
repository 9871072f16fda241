import { isObject } from "../../values/plain-data";
import { textOf } from "../../values/text-file";
import { InputError } from "../input-error";
import { DeepJson, JsonSlice } from "./json-slice";

/**
 * The value in a JSON file, in UTF-8 or UTF-16.
 *
 * @param path the file, for the message
 * @param fix what to do if the file is not JSON
 * @throws InputError, which quotes nothing of the text; the message of JSON.parse would
 */
export function parseJson(path: string, bytes: Uint8Array, fix: string): unknown {
  if (textOf(bytes) === undefined) {
    throw new InputError(path, "has an unknown encoding", fix);
  }
  try {
    return JsonSlice.fromBytes(bytes).whole.value();
  } catch (error) {
    const reason = bytes.length === 0 ? "is empty" : "is not JSON";
    throw new InputError(path, error instanceof DeepJson ? error.reason : reason, fix);
  }
}

/** A property of a JSON value; undefined if it has no such property, or is not an object. */
export function property(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

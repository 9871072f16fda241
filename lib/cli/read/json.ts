import { isObject } from "../../values/plain-data";
import { textOf } from "../../values/text-file";
import { InputError } from "../input-error";
import { DeepJson, JsonSlice } from "./json-slice";

/**
 * What a file of JSON says, in UTF-8 or UTF-16.
 *
 * @param path the file, for the message
 * @param fix what to do where it is no JSON
 * @throws InputError which quotes nothing of it, as the message of JSON.parse would
 */
export function parseJson(path: string, bytes: Uint8Array, fix: string): unknown {
  if (textOf(bytes) === undefined) {
    throw new InputError(path, "is in an encoding that is not known here", fix);
  }
  try {
    return JsonSlice.fromBytes(bytes).whole.value();
  } catch (error) {
    const reason = bytes.length === 0 ? "is empty" : "is no JSON";
    throw new InputError(path, error instanceof DeepJson ? error.reason : reason, fix);
  }
}

/** A property of a value of JSON: undefined where it has none, or is no object. */
export function property(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

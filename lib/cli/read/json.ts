import { isObject } from "../../values/plain-data";
import { InputError } from "../input-error";

/**
 * What a file of JSON says, in UTF-8 with or without a byte order mark.
 *
 * @param path the file, for the message
 * @param fix what to do where it is no JSON
 * @throws InputError which quotes nothing of it, as the message of JSON.parse would
 */
export function parseJson(path: string, bytes: Uint8Array, fix: string): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new InputError(path, bytes.length === 0 ? "is empty" : "is no JSON", fix);
  }
}

/** A property of a value of JSON: undefined where it has none, or is no object. */
export function property(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

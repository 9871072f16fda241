import { jsonText } from "./log-text";
import { mayBeKey, WITHHELD } from "./may-be-key";

const SHOWN_AT_MOST = 300;

/** The name of a property as a part of a path. */
export function nameInPath(name: string): string {
  return /^\w{1,99}$/.test(name) && !mayBeKey(name) ? name : quote(name);
}

/** Text for a message: quoted, shortened, with invisible characters escaped. A PEM, or what may be a key, is not shown. */
export function quote(text: string): string {
  if (text.includes("-----BEGIN")) {
    return "(a PEM)";
  }
  if (mayBeKey(text)) {
    return WITHHELD;
  }
  return jsonText(text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST)}…` : text);
}

const HIDDEN = Symbol("hidden");

/** A value for a message that may be a secret: a text is not shown. */
export function hide(value: unknown): unknown {
  return typeof value === "string" ? HIDDEN : value;
}

/** A value for a message. The content of an object is not shown: it may be a key. */
export function show(value: unknown): string {
  if (value === HIDDEN) {
    return "(hidden text)";
  }
  if (typeof value === "string") {
    return quote(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? "[]" : `(a list of ${value.length})`;
  }
  if (typeof value === "object" && value !== null) {
    return "(an object)";
  }
  return typeof value === "function" ? "(a function)" : String(value);
}

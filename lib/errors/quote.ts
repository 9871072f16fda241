import { jsonText } from "./log-text";
import { mayBeKey, WITHHELD } from "./may-be-key";

const SHOWN_AT_MOST = 300;

/** The name of a property, as a part of a path. */
export function nameInPath(name: string): string {
  return /^\w{1,99}$/.test(name) && !mayBeKey(name) ? name : quote(name);
}

/** Text for a message: quoted, cut where it is long, what has no shape escaped, and never a PEM, or what may be a key. */
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

/** A value as it may be given to a message where a secret may stand: of a text, nothing is shown. */
export function hide(value: unknown): unknown {
  return typeof value === "string" ? HIDDEN : value;
}

/** A value for a message. What is in an object is not shown: it may be a key. */
export function show(value: unknown): string {
  if (value === HIDDEN) {
    return "(a text)";
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

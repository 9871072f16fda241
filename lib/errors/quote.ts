/** The name of a property, as a part of a path. */
export function nameInPath(name: string): string {
  return /^\w+$/.test(name) ? name : quote(name);
}

const SHOWN_AT_MOST = 300;

/** Text for a message: quoted, cut where it is long, its control characters escaped, and never a PEM. */
export function quote(text: string): string {
  if (text.includes("-----BEGIN")) {
    return "(a PEM)";
  }
  const cut = text.length > SHOWN_AT_MOST ? `${text.slice(0, SHOWN_AT_MOST)}…` : text;
  return JSON.stringify(cut).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A value for a message. What is in an object is not shown: it may be a key. */
export function show(value: unknown): string {
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

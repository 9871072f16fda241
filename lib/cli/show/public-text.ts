const LONGEST = 300;

/**
 * A text from a plan or a state that may be shown: one line, not too long, and nothing in it that may be a part of a private
 * key, wherever in the input that stood.
 */
export function publicText(text: string): string {
  if (/PRIVATE KEY/i.test(text) || hasEncodedBytes(text)) {
    return "(withheld: it may be a key)";
  }
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
}

/** As a line of base64 in PEM, which has 64 characters. No DNS label, UUID, or digest in hexadecimal is like that. */
function hasEncodedBytes(text: string): boolean {
  return (text.match(/[A-Za-z0-9+/]{40,}/g) ?? []).some((run) =>
    [/[a-z]/, /[A-Z]/, /\d/].every((kind) => kind.test(run)),
  );
}

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { isList, isObject } from "../../../lib/values/plain-data";

const PEM = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });
const EC_PEM = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" });
// No program can read this key, but it looks like a key of ssh-keygen.
const OPENSSH = [
  "-----BEGIN OPENSSH PRIVATE KEY-----",
  ...(randomBytes(400)
    .toString("base64")
    .match(/.{1,70}/g) ?? []),
  "-----END OPENSSH PRIVATE KEY-----",
  "",
].join("\n");

function bodyOf(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, "").replaceAll("\n", "");
}

/** Private keys, as they may stand in a text where none belongs. */
export const SECRETS: Readonly<Record<string, string>> = {
  "PKCS#8": PEM.toString(),
  "SEC 1": EC_PEM.toString(),
  OpenSSH: OPENSSH,
  "the body alone": bodyOf(PEM.toString()),
  "the body alone, in lines": PEM.toString().split("\n").slice(1, -2).join("\n"),
};

const PIECE = 20;

/** Those of the secrets that were looked for. */
const PIECES = new Map<string, ReadonlySet<string>>();

/** Whether any piece of a private key is in a text, whether in lines or not. */
export function isLeaked(secret: string, text: string): boolean {
  const pieces = PIECES.get(secret) ?? piecesOf(bodyOf(secret));
  PIECES.set(secret, pieces);
  const runs = text.replace(/\\n|<br>|\n\s*/g, "").match(/[A-Za-z0-9+/=]{20,}/g) ?? [];
  return runs.some((run) => [...piecesOf(run)].some((piece) => pieces.has(piece)));
}

function piecesOf(text: string): ReadonlySet<string> {
  return new Set(Array.from({ length: text.length - PIECE + 1 }, (_, at) => text.slice(at, at + PIECE)));
}

/** A path in JSON, in which all elements of a list are one. */
type Shape = string;

/** What is in a text of JSON; undefined where it is another text. */
function innerOf(text: string): object | undefined {
  // An error is made slowly, and most texts are none.
  if (!text.startsWith("{")) {
    return undefined;
  }
  try {
    const inner: unknown = JSON.parse(text);
    return isObject(inner) ? inner : undefined;
  } catch {
    return undefined;
  }
}

/** The shapes of all strings and member names, including those inside a string of JSON. */
export function shapesOf(value: unknown, shape: Shape = "", found = new Set<Shape>()): Set<Shape> {
  if (typeof value === "string") {
    found.add(shape);
    shapesOf(innerOf(value), `${shape}{}`, found);
  } else if (isList(value)) {
    value.forEach((item) => shapesOf(item, `${shape}[]`, found));
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value) as [string, unknown][]) {
      found.add(`${shape}.${name} as a name`);
      shapesOf(member, `${shape}.${name}`, found);
    }
  }
  return found;
}

/** A copy with another text at each shape that `isWanted` accepts. */
export function planted(
  value: unknown,
  isWanted: (shape: Shape) => boolean,
  plant: (text: string) => string,
  shape: Shape = "",
): unknown {
  if (typeof value === "string") {
    const inner = innerOf(value);
    return isWanted(shape)
      ? plant(value)
      : inner === undefined
        ? value
        : JSON.stringify(planted(inner, isWanted, plant, `${shape}{}`));
  }
  if (isList(value)) {
    return value.map((item) => planted(item, isWanted, plant, `${shape}[]`));
  }
  if (!isObject(value)) {
    return value;
  }
  return Object.fromEntries(
    (Object.entries(value) as [string, unknown][]).map(([name, member]) => [
      isWanted(`${shape}.${name} as a name`) ? plant(name) : name,
      planted(member, isWanted, plant, `${shape}.${name}`),
    ]),
  );
}

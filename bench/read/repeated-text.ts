import { fixture } from "../../__tests__/cli/fixtures";
import { isList, isObject } from "../../lib/values/plain-data";

interface Repeated {
  readonly fixture: string;
  /** The broker that is repeated. */
  readonly broker: string;
}

/** What is read, and what happens to every broker in it; each with the fixture that has it happen to one. */
const REPEATED = {
  "review, nothing changes": { fixture: "no-op", broker: "mqtt-2" },
  "review, all are renewed": { fixture: "renewed", broker: "mqtt-2" },
  "review, all are new": { fixture: "broker-added", broker: "mqtt-3" },
  inventory: { fixture: "state", broker: "mqtt-2" },
} satisfies Readonly<Record<string, Repeated>>;

export type Read = keyof typeof REPEATED;

/** All that there is to measure. */
export const ALL_READ = Object.keys(REPEATED) as Read[];

/**
 * A plan or a state of as many brokers, in parts of which none is too long for a string: a real one for a single broker, whose
 * resources stand there again and again, with other names, keys and certificates.
 */
export function* repeatedText(what: Read, brokers: number): Generator<string> {
  const { fixture: name, broker } = REPEATED[what];
  const document: unknown = JSON.parse(fixture("terraform", "state", name));
  yield* repeated(document, broker, brokers);
}

function* repeated(value: unknown, broker: string, brokers: number): Generator<string> {
  if (isList(value)) {
    yield* inBrackets("[", "]", elements(value, broker, brokers));
  } else if (isObject(value)) {
    yield* inBrackets("{", "}", members(value, broker, brokers));
  } else {
    yield JSON.stringify(value);
  }
}

function* inBrackets(open: string, close: string, parts: Generator<Iterable<string>>): Generator<string> {
  yield open;
  let isFirst = true;
  for (const part of parts) {
    if (!isFirst) {
      yield ",";
    }
    isFirst = false;
    yield* part;
  }
  yield close;
}

function* members(value: object, broker: string, brokers: number): Generator<Iterable<string>> {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    yield named(name, repeated(member, broker, brokers));
  }
}

function* named(name: string, value: Iterable<string>): Generator<string> {
  yield `${JSON.stringify(name)}:`;
  yield* value;
}

function* elements(list: readonly unknown[], broker: string, brokers: number): Generator<Iterable<string>> {
  for (const element of list) {
    if (isOf(broker, element)) {
      for (let number = 0; number < brokers; number += 1) {
        yield [JSON.stringify(renumbered(element, broker, number))];
      }
    } else {
      yield repeated(element, broker, brokers);
    }
  }
}

function isOf(broker: string, value: unknown): boolean {
  return isObject(value) && "address" in value && String(value.address).includes(broker);
}

function renumbered(value: unknown, broker: string, number: number): unknown {
  if (typeof value === "string") {
    return renumberedText(value, broker, number);
  }
  if (isList(value)) {
    return value.map((item) => renumbered(item, broker, number));
  }
  return isObject(value)
    ? Object.fromEntries(
        (Object.entries(value) as [string, unknown][]).map(([name, member]) => [
          name,
          renumbered(member, broker, number),
        ]),
      )
    : value;
}

/** A name of the same length also replaces the one in certificates: nothing here checks their signatures. */
function renumberedText(text: string, broker: string, number: number): string {
  const name = `b${String(number).padStart(broker.length - 1, "0")}`;
  return text
    .replaceAll(broker, name)
    .replace(/dummy \d+/g, `$& of ${name}`)
    .replace(/(?<=-----BEGIN CERTIFICATE( REQUEST)?-----\n)[^-]+/g, (body) => {
      const der = Buffer.from(body, "base64").toString("latin1").replaceAll(broker, name);
      return `${Buffer.from(der, "latin1").toString("base64").replace(/.{64}/g, "$&\n")}\n`;
    });
}

import { type LocatedText, place } from "../located-text/located-text";

/** The origin of a broker. */
interface Origin {
  readonly file: string;
  /** The index of the broker in the file. */
  readonly index: number;
  readonly locate: LocatedText["locate"];
}

/** The origins of brokers that were read from files. Kept here, so that brokers stay plain data. */
const ORIGINS = new WeakMap<object, Origin>();

/** Keeps the origin of a broker as long as its object exists. */
export function keepOrigin(broker: object, origin: Origin): void {
  ORIGINS.set(broker, origin);
}

/**
 * Adds file, line and column to the path of a fleet's problem: `brokers.yaml:12:14 brokers[3].address`.
 *
 * @param path the path in the props
 * @param brokers the brokers of the fleet
 * @returns the path alone, unless it belongs to a broker that was read from a file
 */
export function withOrigin(path: string, brokers: readonly object[]): string {
  const [, index, below = ""] = /^brokers\[(\d+)\](.*)$/s.exec(path) ?? [];
  const broker = index === undefined ? undefined : brokers[Number(index)];
  const origin = broker === undefined ? undefined : ORIGINS.get(broker);
  if (origin === undefined) {
    return path;
  }
  const names = below.match(/[^.[\]]+/g) ?? [];
  return `${place(origin.file, origin.locate(["brokers", `${origin.index}`, ...names]))} ${path}`;
}

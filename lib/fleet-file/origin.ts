import { type LocatedText, place } from "../located-text/located-text";

/** Where a broker comes from. */
interface Origin {
  readonly file: string;
  /** Its number in the file, from 0 on. */
  readonly index: number;
  readonly locate: LocatedText["locate"];
}

/** Of brokers that were read from files: beside them, so that they are plain data. */
const ORIGINS = new WeakMap<object, Origin>();

/** Keeps where a broker comes from, as long as there is that very object. */
export function keepOrigin(broker: object, origin: Origin): void {
  ORIGINS.set(broker, origin);
}

/**
 * Puts file, line and column before the path of a fleet's problem: `brokers.yaml:12:14 brokers[3].address`.
 *
 * @param path as it is in the props
 * @param brokers the fleet's
 * @returns the path alone, unless it is of a broker that was read from a file
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

import { readFileSync } from "node:fs";
import { thrownFrom, invalid } from "../errors";
import { Duration } from "../values/duration";
import { keepOrigin } from "./origin";
import { type BrokerInFile, checkSchema } from "./check-schema";
import { errorOfFlaws, pathOf } from "../located-text/flaws-error";
import type { LocatedText } from "../located-text/located-text";
import type { BrokerProps } from "../spec/fleet-props";
import { FLEET_FILE_ENDINGS, readerOf } from "./readers";
import { textOf } from "../values/text-file";
import { KeyAlgorithm } from "../values/key-algorithm";

/** In bytes: ten thousand brokers have a tenth of it. A parser takes many times the memory of its text. */
const FILE_AT_MOST = 32 * 1024 * 1024;

/**
 * Reads brokers from a file, in the order in which they are there. Its ending tells what it is: `.yaml` or `.yml`, `.json`, or `.csv`.
 *
 * What a file may say is in `schema/fleet.schema.json`. Whether its brokers make a fleet is for the fleet to check.
 *
 * @param file in UTF-8 or UTF-16, of 32 MiB at most; relative to the directory where cdktf is run, or absolute
 * @throws InvalidInputError with all that is wrong, each with its file and line, and in YAML and JSON its column
 */
export function brokersFromFile(file: string): BrokerProps[] {
  return thrownFrom(brokersFromFile, () => {
    const { content, flaws, locate } = read(file);
    const checked = content === undefined ? { flaws: [] } : checkSchema(content);
    if (flaws.length > 0 || "flaws" in checked) {
      const flawed = new Set(flaws.filter(({ way }) => way.length > 0).map(({ way }) => pathOf(way)));
      const others = ("flaws" in checked ? checked.flaws : [])
        // What follows from a row's wrong number of cells is no problem of its own.
        .filter(({ way }) => !flawed.has(pathOf(way.slice(0, 2))))
        .map((flaw) => ({ ...flaw, position: locate(flaw.way) }));
      throw errorOfFlaws(file, [...flaws, ...others]);
    }
    return checked.brokers.map((broker, index) => {
      const props = toProps(broker);
      keepOrigin(props, { file, index, locate });
      return props;
    });
  });
}

function read(file: string): LocatedText {
  const refuse = (reason: string, fix: string) => invalid("a file of brokers", file, reason, fix, "unreadable");
  const reader = typeof file === "string" ? readerOf(file) : undefined;
  if (reader === undefined) {
    throw refuse("is not the name of such a file", `let it end with ${FLEET_FILE_ENDINGS.join(", ")}`);
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== "ENOENT";
    throw refuse(
      isThere ? "cannot be read" : "is not there",
      isThere ? "see to it that it is a file of yours" : "name it from the directory where cdktf is run",
    );
  }
  if (bytes.length > FILE_AT_MOST) {
    throw refuse(`has ${bytes.length} bytes, and at most ${FILE_AT_MOST} are read`, "make several files of it");
  }
  const text = textOf(bytes);
  if (text === undefined) {
    throw refuse("is not in UTF-8", "save it in UTF-8");
  }
  return reader(text);
}

function toProps({ keyAlgorithm, duration, renewBefore, ...broker }: BrokerInFile): BrokerProps {
  return {
    ...broker,
    ...(keyAlgorithm !== undefined && { keyAlgorithm: KeyAlgorithm.fromName(keyAlgorithm) }),
    ...(duration !== undefined && { duration: toDuration(duration) }),
    ...(renewBefore !== undefined && { renewBefore: toDuration(renewBefore) }),
  };
}

/** @param text as the schema has it: a number, a blank, and hours or days */
function toDuration(text: string): Duration {
  const [amount, unit = ""] = text.split(" ");
  return unit.startsWith("hour") ? Duration.hours(Number(amount)) : Duration.days(Number(amount));
}

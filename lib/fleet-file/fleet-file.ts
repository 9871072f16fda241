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

/** In bytes: ten thousand brokers need a tenth of it. A parser needs many times the memory of its text. */
const FILE_AT_MOST = 32 * 1024 * 1024;

/**
 * Reads brokers from a file, in their order. The ending of the name decides the format: `.yaml` or `.yml`, `.json`, `.csv`.
 *
 * `schema/fleet.schema.json` describes the content. The fleet checks the brokers together; this function checks only the file.
 *
 * @example
 * ```ts
 * new BrokerPki(app, "mqtt", {
 *   authority: { subject: { commonName: "Plant MQTT CA" } },
 *   brokers: brokersFromFile("brokers.yaml"),
 * });
 * ```
 *
 * @param file the name of a file in UTF-8 or UTF-16, of at most 32 MiB; relative to the directory where cdktf is run, or
 *   absolute
 * @throws InvalidInputError with every problem, each with file and line, and for YAML and JSON the column
 */
export function brokersFromFile(file: string): BrokerProps[] {
  return thrownFrom(brokersFromFile, () => {
    const { content, flaws, locate } = read(file);
    const checked = content === undefined ? { flaws: [] } : checkSchema(content);
    if (flaws.length > 0 || "flaws" in checked) {
      const flawed = new Set(flaws.filter(({ way }) => way.length > 0).map(({ way }) => pathOf(way)));
      const others = ("flaws" in checked ? checked.flaws : [])
        // A row with a wrong number of cells is reported once, without what follows from that.
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
    throw refuse(
      "is not the name of a file of brokers",
      `use a name that ends with one of ${FLEET_FILE_ENDINGS.join(", ")}`,
    );
  }
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code !== "ENOENT";
    throw refuse(
      isThere ? "cannot be read" : "does not exist",
      isThere ? "make sure that it is a file that you may read" : "give its path from the directory where cdktf is run",
    );
  }
  if (bytes.length > FILE_AT_MOST) {
    throw refuse(`has ${bytes.length} bytes, but at most ${FILE_AT_MOST} are read`, "split it into several files");
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

/** @param text as the schema requires: a number, a space, and hours or days */
function toDuration(text: string): Duration {
  const [amount, unit = ""] = text.split(" ");
  return unit.startsWith("hour") ? Duration.hours(Number(amount)) : Duration.days(Number(amount));
}

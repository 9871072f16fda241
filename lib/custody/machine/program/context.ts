import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Declared } from "../../../machine-format/declared";
import { formatToken } from "../../../machine-format/token";
import { addHours } from "../../../values/time";
import { digestOf } from "./decide";
import { Failure } from "./failure";
import type { Secrets } from "./secrets";
import type { Settings } from "./settings";

/** What a run has to go by. */
export interface Context {
  readonly settings: Settings;
  readonly declared: Declared;
  readonly secrets: Secrets;
  /** The PEM directory, wherever links lead. */
  readonly directory: string;
  /** The same for messages: as the user of the project knows it. */
  readonly shown: string;
  /** When the plan was made. */
  readonly time: Date;
  /** Whether files that are there may be taken over. */
  readonly hasConsent: boolean;
}

/** Whether clients trust a single certificate, that of the first generation. */
export function isAlone({ declared }: Context): boolean {
  return declared.trust.join() === "1";
}

export function readDeclared(file: string): Declared {
  return JSON.parse(readFileSync(file, "utf8")) as Declared;
}

export function hasConsent(directory: string): boolean {
  return existsSync(join(directory, "take-over"));
}

/** The token of what a rule makes now. */
export function tokenOf({ settings }: Context, words: string): string {
  return formatToken({ time: settings.time, words });
}

/** What copies have behind their names: a time without colons, which Windows takes for no part of a name. */
export function suffixOf({ settings }: Context): string {
  return settings.time.replaceAll(":", "-");
}

/**
 * @param tokens what is decided here, by the keys in the records
 * @throws Failure where the plan decided otherwise
 */
export function refuseUnlessPlanned({ settings, shown }: Context, tokens: ReadonlyMap<string, string>): void {
  if (digestOf(tokens) !== settings.decisions) {
    throw new Failure(`Files in ${shown} changed since this was planned. Nothing was touched: plan and deploy again.`);
  }
}

/** From when until when a certificate is valid that is made now; clocks of clients are late. */
export function validityOf({ time }: Context, hours: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: addHours(time, -1), notAfter: addHours(time, hours) };
}

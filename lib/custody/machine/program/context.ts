import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Declared } from "../../../machine-format/declared";
import { formatToken } from "../../../machine-format/token";
import { addHours } from "../../../values/time";
import { digestOf } from "./decide";
import { Failure } from "./failure";
import type { Secrets } from "./secrets";
import type { Settings } from "./settings";

/** The context of a run. */
export interface Context {
  readonly settings: Settings;
  readonly declared: Declared;
  readonly secrets: Secrets;
  /** The PEM directory, with links resolved. */
  readonly directory: string;
  /** The PEM directory for messages: as the user declares it. */
  readonly shown: string;
  /** When the plan was made. */
  readonly time: Date;
  /** Whether existing files may be adopted. */
  readonly hasConsent: boolean;
  /** The umask of the user who deploys, for reload commands. */
  readonly umask: number;
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

/** The token of a rule that holds in this run. */
export function tokenOf({ settings }: Context, words: string): string {
  return formatToken({ time: settings.time, words });
}

/** The suffix of copies: a time without colons, which Windows does not allow in a name. */
export function suffixOf({ settings }: Context): string {
  return settings.time.replaceAll(":", "-");
}

/**
 * @param tokens the decisions of this run, by the keys in the records
 * @throws Failure if they differ from the plan's
 */
export function refuseUnlessPlanned({ settings, shown }: Context, tokens: ReadonlyMap<string, string>): void {
  if (digestOf(tokens) !== settings.decisions) {
    throw new Failure(`Files in ${shown} changed since this was planned. Nothing was touched: plan and deploy again.`);
  }
}

/** The validity of a new certificate. It starts an hour early, because the clocks of clients may be late. */
export function validityOf({ time }: Context, hours: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: addHours(time, -1), notAfter: addHours(time, hours) };
}

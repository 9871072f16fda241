import { createHash } from "node:crypto";
import { isList } from "../../values/plain-data";
import { property } from "../read/json";
import { publicText } from "../show/public-text";

/** The value of an attribute that the plan does not know yet. */
export const UNKNOWN = Symbol("known after apply");

/** `undefined` if it is not set. */
export type Planned<T> = T | typeof UNKNOWN | undefined;

/** A text before a plan and after it. */
export interface PlannedText {
  readonly before: Planned<string>;
  readonly after: Planned<string>;
}

/** A hash that stands for a private key: it distinguishes two keys, and reveals neither. */
export type KeyDigest = string;

/** The values of a resource, and which of them are not known yet. */
export class PlannedValues {
  constructor(
    private readonly values: unknown,
    private readonly unknown: unknown,
  ) {}

  public get isUnknown(): boolean {
    return this.unknown === true;
  }

  /** The unchanged text, which must not be shown. */
  public text(name: string): Planned<string> {
    return this.read(name, (value) => (typeof value === "string" ? value : undefined));
  }

  public shown(name: string): Planned<string> {
    return this.read(name, (value) => (typeof value === "string" ? publicText(value) : undefined));
  }

  public shownList(name: string, show: (text: string) => string = (text) => text): Planned<readonly string[]> {
    const unknown = property(this.unknown, name);
    return isList(unknown) && unknown.includes(true)
      ? UNKNOWN
      : this.read(name, (value) => (isList(value) ? value.map((item) => show(publicText(String(item)))) : undefined));
  }

  public number(name: string): Planned<number> {
    return this.read(name, (value) => (typeof value === "number" ? value : undefined));
  }

  public flag(name: string): Planned<boolean> {
    return this.read(name, (value) => (typeof value === "boolean" ? value : undefined));
  }

  public digest(name: string): Planned<KeyDigest> {
    return this.read(name, (value) =>
      typeof value === "string" ? createHash("sha256").update(value.trim()).digest("base64") : undefined,
    );
  }

  /** An object, or the first in a list of objects. */
  public nested(name: string): PlannedValues {
    const [value, unknown] = [this.values, this.unknown].map((side) => property(side, name));
    return new PlannedValues(isList(value) ? value[0] : value, isList(unknown) ? unknown[0] : unknown);
  }

  private read<T>(name: string, convert: (value: unknown) => T | undefined): Planned<T> {
    return this.isUnknown || property(this.unknown, name) === true ? UNKNOWN : convert(property(this.values, name));
  }
}

import { isList, isObject } from "../../values/plain-data";
import { property } from "../read/json";
import { publicText } from "../show/public-text";
import type { Attributes } from "./attributes";
import { attributesOf } from "./decode-attributes";
import { PlannedValues } from "./planned-values";

/** One instance of a resource in a plan. Nothing else of the plan is kept, and it contains no private key. */
export interface ResourceChange {
  readonly address: string;
  /** Empty for the root module. */
  readonly module: string;
  readonly isData: boolean;
  readonly type: string;
  readonly name: string;
  /** The key of for_each, or the number of count. */
  readonly index: string | number | undefined;
  readonly isDeposed: boolean;
  readonly previousAddress: string | undefined;
  readonly isImported: boolean;
  readonly actions: readonly string[];
  /** The names of the attributes that cause a replacement. */
  readonly replacePaths: readonly string[];
  readonly reason: string;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}

/** @param value an element of `resource_changes`, or of `resource_drift` */
export function toResourceChange(value: unknown): ResourceChange {
  const change = property(value, "change");
  const type = textOf(value, "type");
  const index = property(value, "index");
  const previousAddress = textOf(value, "previous_address");
  const { before, after } = sides(type, change);
  return {
    address: publicText(textOf(value, "address")),
    module: textOf(value, "module_address"),
    isData: property(value, "mode") === "data",
    type: publicText(type),
    name: textOf(value, "name"),
    index: typeof index === "string" || typeof index === "number" ? index : undefined,
    isDeposed: property(value, "deposed") !== undefined,
    previousAddress: previousAddress === "" ? undefined : publicText(previousAddress),
    isImported: isObject(property(change, "importing")),
    actions: listOf(property(change, "actions")).map((action) => publicText(String(action))),
    replacePaths: listOf(property(change, "replace_paths")).map((path) => publicText(String(listOf(path)[0]))),
    reason: publicText(textOf(value, "action_reason")),
    before,
    after,
  };
}

function sides(type: string, change: unknown): Pick<ResourceChange, "before" | "after"> {
  const [before, after] = [property(change, "before"), property(change, "after")];
  return {
    before: isObject(before) ? attributesOf(type, new PlannedValues(before, undefined)) : undefined,
    after: isObject(after)
      ? attributesOf(type, new PlannedValues(after, property(change, "after_unknown")))
      : undefined,
  };
}

function textOf(value: unknown, name: string): string {
  const text = property(value, name);
  return typeof text === "string" ? text : "";
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

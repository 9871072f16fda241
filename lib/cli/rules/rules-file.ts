import { Ajv } from "ajv";
import { suggest } from "../../errors";
import { errorOfFlaws } from "../../located-text/flaws-error";
import type { LocatedText, Way } from "../../located-text/located-text";
import { flawOfSchema, type SchemaFlaw, type SchemaWords } from "../../located-text/schema-flaws";
import { readYaml } from "../../located-text/yaml";
import { textOf } from "../../values/text-file";
import { limitsOf } from "./evaluate";
import { Expression } from "./expression";
import type { RuleInFile, Rules, WaiverInFile } from "./rule";
import { LIMIT_NAMES } from "./limits";
import { rulesSchema } from "./rules-schema";
import { isDay, isTimeZone } from "./times";

interface RulesInFile {
  readonly rules: readonly RuleInFile[];
  readonly waivers?: readonly WaiverInFile[];
}

const WORDS: SchemaWords = {
  forms: new Map([
    ["longestValidity", "a number of hours or days"],
    ["shortestRenewal", "a number of hours or days"],
    ["name", "lowercase letters and digits, with hyphens between them"],
    ["until", "a date such as 2027-03-31"],
    ["from", "in the right form"],
    ["to", "in the right form"],
  ]),
  otherwise: "has the wrong type",
  mayBeSecret: () => false,
};

/**
 * Reads a file of rules in YAML or JSON.
 *
 * @param kinds all kinds that a rule may name
 * @throws InvalidInputError with all problems, each with its line and column
 */
export function readRules(file: string, content: Uint8Array, kinds: readonly string[]): Rules {
  const text = textOf(content);
  if (text === undefined) {
    throw errorOfFlaws(file, [{ position: { line: 1 }, way: [], reason: "is not in UTF-8", fix: "save it as UTF-8" }]);
  }
  const { content: read, flaws, locate } = readYaml(text);
  const checked = flaws.length > 0 ? { flaws: [] } : check(read, kinds);
  if (flaws.length > 0 || "flaws" in checked) {
    const others = "flaws" in checked ? checked.flaws : [];
    throw errorOfFlaws(file, [...flaws, ...others.map((flaw) => ({ ...flaw, position: locate(flaw.way) }))]);
  }
  return located(file, checked.content, locate);
}

function located(file: string, { rules, waivers = [] }: RulesInFile, locate: LocatedText["locate"]): Rules {
  return {
    file,
    rules: rules.map((rule, index) => ({ ...rule, position: locate(["rules", `${index}`]) })),
    waivers: waivers.map((waiver, index) => ({ ...waiver, position: locate(["waivers", `${index}`]) })),
  };
}

function check(
  content: unknown,
  kinds: readonly string[],
): { readonly content: RulesInFile } | { readonly flaws: readonly SchemaFlaw[] } {
  const isRules = new Ajv({ allErrors: true, verbose: true }).compile<RulesInFile>(rulesSchema(kinds));
  if (!isRules(content)) {
    return { flaws: (isRules.errors ?? []).map((error) => flawOfSchema(error, WORDS)) };
  }
  const flaws = flawsOfMeaning(content);
  return flaws.length > 0 ? { flaws } : { content };
}

/** The problems that a schema cannot find. */
function flawsOfMeaning({ rules, waivers = [] }: RulesInFile): SchemaFlaw[] {
  const names = rules.map(({ name }) => name);
  return [
    ...rules.flatMap((rule, index) => flawsOfRule(rule, ["rules", `${index}`], names.indexOf(rule.name) < index)),
    ...waivers.flatMap(({ rule, until }, index) => [
      ...(names.includes(rule)
        ? []
        : [
            {
              way: ["waivers", `${index}`, "rule"],
              value: rule,
              reason: "is not the name of a rule in this file",
              fix: suggest(rule, names),
            },
          ]),
      ...flawsOfDay(until, ["waivers", `${index}`, "until"]),
    ]),
  ];
}

function flawsOfRule(rule: RuleInFile, way: Way, isNameTaken: boolean): SchemaFlaw[] {
  const { name, names, forbiddenNames, changesWithin = [], changesOutside = [] } = rule;
  const limits = limitsOf(rule);
  const below = (...inner: readonly (string | number)[]): Way => [...way, ...inner.map(String)];
  const [none, several] = [
    { reason: "has no limit", fix: `add one of ${LIMIT_NAMES.join(", ")}` },
    { reason: `has several limits: ${limits.join(", ")}`, fix: "write a separate rule for each limit" },
  ];
  return [
    ...(isNameTaken
      ? [{ way: below("name"), value: name, reason: "is the name of two rules", fix: "rename one of them" }]
      : []),
    ...(limits.length === 1 ? [] : [{ way, value: name, ...(limits.length === 0 ? none : several) }]),
    ...flawsOfExpression(names, below("names")),
    ...flawsOfExpression(forbiddenNames, below("forbiddenNames")),
    ...changesWithin.flatMap(({ from, to, timeZone = "UTC" }, index) => [
      ...(from < to
        ? []
        : [
            {
              way: below("changesWithin", index, "to"),
              value: to,
              reason: `is not after ${from}`,
              fix: "split a period across midnight in two; the first ends at 24:00",
            },
          ]),
      ...(isTimeZone(timeZone)
        ? []
        : [
            {
              way: below("changesWithin", index, "timeZone"),
              value: timeZone,
              reason: "is not a time zone",
              fix: "use a name such as Europe/Berlin",
            },
          ]),
    ]),
    ...changesOutside.flatMap(({ from, to }, index) => [
      ...flawsOfDay(from, below("changesOutside", index, "from")),
      ...flawsOfDay(to, below("changesOutside", index, "to")),
      ...(from <= to
        ? []
        : [
            {
              way: below("changesOutside", index, "to"),
              value: to,
              reason: `is before ${from}`,
              fix: "write the first day as from and the last day as to",
            },
          ]),
    ]),
  ];
}

function flawsOfExpression(text: string | undefined, way: Way): SchemaFlaw[] {
  return text === undefined || new Expression(text).isSound
    ? []
    : [
        {
          way,
          value: text,
          reason: "is not a regular expression",
          fix: "use the syntax of RE2, without (?=…) and \\1",
        },
      ];
}

function flawsOfDay(text: string, way: Way): SchemaFlaw[] {
  return isDay(text)
    ? []
    : [{ way, value: text, reason: "is not a date in the calendar", fix: "use a date such as 2027-03-31" }];
}

import { Command, Option } from "commander";
import { onOneLine } from "../../errors";
import { addDeclaredInOption, type DeclaredInOption, declarationsOf } from "../declared/declared-in-option";
import { toFindings } from "../findings/findings";
import { FINDINGS_FORMATS, type FindingsFormat, isFindingsFormat, writeFindings } from "../findings/formats/formats";
import { findingsOfReview } from "../findings/of-review";
import { addExamples, type Example } from "../examples";
import { InputError } from "../input-error";
import type { Io } from "../io";
import { failOnOption } from "../options/fail-on";
import { isColored } from "../show/is-colored";
import { type Plan, readPlan } from "../terraform/plan";
import { toHtml } from "./formats/html";
import { toJson } from "./formats/json";
import { ALL_KINDS, type Kind } from "./kinds";
import { toMarkdown } from "./formats/markdown";
import { type Review, review } from "./review";
import { reportViolations } from "../rules/report";
import { addRulesOption, type RulesOption, rulesOf } from "../rules/rules-option";
import { countsOf } from "../show/numbers";
import { toText } from "./formats/text";

/** The formats of a review, by name. */
export const FORMATS = { text: toText, markdown: toMarkdown, json: toJson, html: toHtml } as const;

/** Stands for every change that someone must look at. */
const GRAVE = "grave";

const REASONS = [GRAVE, ...ALL_KINDS] as const;

const FORMAT_NAMES = [...Object.keys(FORMATS), ...Object.keys(FINDINGS_FORMATS)];

interface Options extends RulesOption, DeclaredInOption {
  readonly format: keyof typeof FORMATS | FindingsFormat;
  readonly details?: true;
  readonly failOn?: readonly (Kind | typeof GRAVE)[];
}

const EXAMPLES: readonly Example[] = [
  ["show what one plan does", "terraform show -json tfplan | mqtt-pki review"],
  [
    "show what the plans of several stacks do together, as a pull request comment",
    "mqtt-pki review plans/*.json --format markdown",
  ],
  ["exit with 1 if someone must look at the plan first", "mqtt-pki review plan.json --fail-on grave"],
];

export function reviewCommand(io: Io): Command {
  const command = new Command("review")
    .description("Shows what plans do to keys and certificates, and what that means for clients.")
    .argument(
      "[plans...]",
      'plans as written by "terraform show -json PLAN" (or tofu), one per stack; - reads one from standard input',
      ["-"],
    )
    .addOption(new Option("--format <format>", "output format").choices(FORMAT_NAMES).default("text"))
    .option("--details", "show each certificate separately, even if several are alike; only with --format text")
    .addOption(failOnOption(REASONS));
  addExamples(addDeclaredInOption(addRulesOption(command)), EXAMPLES);
  return command.action(async (names: readonly string[], options: Options) => {
    const { format, failOn = [], details = false } = options;
    if (details && format !== "text") {
      throw new InputError(
        "--details",
        "works only with --format text",
        `leave it out: ${format} lists each certificate`,
      );
    }
    const rules = await rulesOf(io, options);
    const declarations = await declarationsOf(io, options);
    const found = review(await readPlans(io, names), io.now, rules, declarations);
    if (isFindingsFormat(format)) {
      const own = findingsOfReview(found, failOn, declarations);
      writeFindings(io, format, toFindings(io, { command, rules, declarations }, own, found.violations));
    } else {
      io.write(FORMATS[format](found, isColored(io), details));
    }
    stopFor(io, found, failOn);
    reportViolations(io, found.violations);
  });
}

/** @throws InputError the last problem found, after a warning for each of the others */
async function readPlans(io: Io, names: readonly string[]): Promise<Plan[]> {
  const plans: Plan[] = [];
  const errors: InputError[] = [];
  for (const name of new Set(names)) {
    try {
      // The user wrote this name, so it is not a secret.
      plans.push({ ...readPlan(name, await io.read(name)), source: onOneLine(name) });
    } catch (error) {
      if (!(error instanceof InputError)) {
        throw error;
      }
      errors.push(error);
    }
  }
  const last = errors.pop();
  for (const { message } of errors) {
    io.warn(`error: ${message}`);
  }
  if (last !== undefined) {
    throw last;
  }
  return plans;
}

/** An incomplete plan is always a finding: it hides changes. */
function stopFor(io: Io, { authorities, certificates, counts, incomplete }: Review, failOn: readonly string[]): void {
  const grave = [...authorities, ...certificates].filter(({ isGrave }) => isGrave).length;
  const all = Object.entries({ ...(grave > 0 && { [GRAVE]: grave }), ...counts });
  const found = Object.fromEntries(all.filter(([reason]) => failOn.includes(reason)));
  const reasons = [...incomplete, ...(Object.keys(found).length > 0 ? [`Found ${countsOf(found)}.`] : [])];
  for (const reason of reasons) {
    io.warn(reason);
  }
  if (reasons.length > 0) {
    io.reportFindings();
  }
}

import { KINDS as CHECK_KINDS } from "../check/kinds";
import { KINDS as REVIEW_KINDS } from "../review/kinds";
import { LIMIT_NAMES } from "../rules/limits";
import type { Rules } from "../rules/rule";
import { idOf } from "./of-rules";
import { plainText } from "./plain-text";

/** The description of a rule or a kind. */
export interface Description {
  /** What it means, as a part of a sentence. */
  readonly text: string;
  /** The page that explains it. */
  readonly uri: string;
}

export const REPOSITORY = "https://github.com/cdktf-mqtt-pki/cdktf-mqtt-pki";

/** The kinds of each command, and the page that documents them. */
const COMMANDS: Readonly<Record<string, { readonly page: string; readonly kinds: Readonly<Record<string, string>> }>> =
  {
    review: {
      page: "reference/review.md#kinds",
      kinds: { ...REVIEW_KINDS, incomplete: "the plan covers only a part of the resources" },
    },
    inventory: {
      page: "reference/inventory.md#what-it-shows",
      kinds: {
        ending: "it has expired, or expires within the time of --expires-within",
        refused: "clients do not accept it",
        doubtful: "it is unknown whether clients accept it",
        accepted: "clients accept it",
        unreadable: "it cannot be read",
      },
    },
    check: {
      page: "reference/check.md#what-is-found",
      kinds: { ...CHECK_KINDS, unreadable: "the declared certificate cannot be read" },
    },
  };

/** @param id the id of a finding */
export function descriptionOf(id: string, rules: Rules | undefined): Description {
  const [command = "", kind = ""] = id.split("/");
  const known = COMMANDS[command];
  if (known !== undefined) {
    return { text: known.kinds[kind] ?? kind, uri: `${REPOSITORY}/blob/main/docs/${known.page}` };
  }
  const rule = rules?.rules.find(({ name }) => idOf(name) === id);
  const limits = LIMIT_NAMES.flatMap((name) => (rule?.[name] === undefined ? [] : [limitText(name, rule[name])]));
  return {
    text: `your own rule: ${limits.join(", ")}`,
    uri: `${REPOSITORY}/blob/main/docs/reference/rules.md#a-rule`,
  };
}

/** The limit with its value: `changesAtMost 20`; for times, the name alone. */
function limitText(name: string, limit: unknown): string {
  const values = [limit].flat().filter((value) => typeof value === "string" || typeof value === "number");
  return plainText([name, values.join(", ")].join(" ").trim());
}

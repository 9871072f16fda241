import { KINDS as CHECK_KINDS } from "../check/kinds";
import { KINDS as REVIEW_KINDS } from "../review/kinds";
import { LIMIT_NAMES } from "../rules/limits";
import type { Rules } from "../rules/rule";
import { idOf } from "./of-rules";
import { plainText } from "./plain-text";

/** What a rule or a kind is. */
export interface Description {
  /** In words, as the rest of a sentence. */
  readonly text: string;
  /** The page that tells more. */
  readonly uri: string;
}

export const REPOSITORY = "https://github.com/cdktf-mqtt-pki/cdktf-mqtt-pki";

/** The kinds of each command, and where they are written down. */
const COMMANDS: Readonly<Record<string, { readonly page: string; readonly kinds: Readonly<Record<string, string>> }>> =
  {
    review: {
      page: "reference/review.md#kinds",
      kinds: { ...REVIEW_KINDS, incomplete: "the plan is not for everything" },
    },
    inventory: {
      page: "reference/inventory.md#what-is-said-of-each",
      kinds: {
        ending: "it is over, or ends within the time of --expires-within",
        refused: "clients do not accept it",
        doubtful: "whether clients accept it cannot be known",
        accepted: "clients accept it",
        unreadable: "it cannot be read",
      },
    },
    check: {
      page: "reference/check.md#what-is-found",
      kinds: { ...CHECK_KINDS, unreadable: "the certificate that is declared cannot be read" },
    },
  };

/** @param id of a finding */
export function descriptionOf(id: string, rules: Rules | undefined): Description {
  const [command = "", kind = ""] = id.split("/");
  const known = COMMANDS[command];
  if (known !== undefined) {
    return { text: known.kinds[kind] ?? kind, uri: `${REPOSITORY}/blob/main/docs/${known.page}` };
  }
  const rule = rules?.rules.find(({ name }) => idOf(name) === id);
  const limits = LIMIT_NAMES.flatMap((name) => (rule?.[name] === undefined ? [] : [limitText(name, rule[name])]));
  return {
    text: `a rule of one's own: ${limits.join(", ")}`,
    uri: `${REPOSITORY}/blob/main/docs/reference/rules.md#a-rule`,
  };
}

/** `changesAtMost 20`; of times, the name alone. */
function limitText(name: string, limit: unknown): string {
  const values = [limit].flat().filter((value) => typeof value === "string" || typeof value === "number");
  return plainText([name, values.join(", ")].join(" ").trim());
}

import { BAD_KINDS } from "../check/kinds";
import { INVENTORY_KINDS } from "./judged/judged-inventory";
import { ALL_KINDS } from "../review/kinds";

/** All kinds that a rule may name. A command without a kind never breaks such a rule. */
export const RULE_KINDS: readonly string[] = [...new Set([...ALL_KINDS, ...INVENTORY_KINDS, ...BAD_KINDS])];

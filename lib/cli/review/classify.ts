import type { Facts, Fate, Standing } from "./extract/facts";
import { inOrder, type Kind } from "./kinds";

/** The kinds of a change, the gravest first. Empty if the certificate stays the same. */
export function classify(facts: Facts): Kind[] {
  return inOrder([
    ...kindsOf(facts),
    ...(facts.movedFrom === undefined ? [] : (["moved"] as const)),
    ...(facts.renamedFrom === undefined ? [] : (["renamed"] as const)),
  ]);
}

function kindsOf(facts: Facts): Kind[] {
  const { fate, isAuthority, standing } = facts;
  switch (fate) {
    case "made":
    case "remade":
      return isAuthority ? [BY_STANDING[standing ?? "other"]] : fate === "made" ? ["issued"] : kindsOfRemade(facts);
    case "recorded":
      return [...(facts.isFinished ? (["undetermined"] as const) : []), "files-changed", ...kindsOfDifferences(facts)];
    case "removed":
      return [isAuthority ? "authority-removed" : "removed"];
    default:
      return BY_FATE[fate];
  }
}

const BY_FATE = {
  kept: [],
  rescheduled: ["schedule-changed"],
  forgotten: ["forgotten"],
  untold: ["undetermined"],
} satisfies Partial<Record<Fate, Kind[]>>;

const BY_STANDING: Readonly<Record<Standing, Kind>> = {
  first: "authority-created",
  further: "authority-added",
  other: "authority-replaced",
  same: "authority-renewed",
  below: "intermediate-renewed",
};

function kindsOfRemade(facts: Facts): Kind[] {
  const { key, differences, isDue, isReissued, movedFrom, standing } = facts;
  if (standing !== undefined) {
    return [BY_STANDING[standing], ...kindsOfDifferences(facts)];
  }
  const kinds: readonly (Kind | false)[] = [
    key === "new" && "re-keyed",
    (key === "unknown" || differences.names === undefined) && "undetermined",
    isReissued && "re-issued",
    isDue && "renewed",
  ];
  const found = [...kinds.filter((kind) => kind !== false), ...kindsOfDifferences(facts)];
  return found.length > 0 || movedFrom !== undefined ? found : ["re-issued"];
}

function kindsOfDifferences({ differences }: Facts): Kind[] {
  const kinds: readonly (Kind | false)[] = [
    differences.names === true && "addresses-changed",
    differences.subject && "subject-changed",
    differences.usage && "usage-changed",
  ];
  return kinds.filter((kind) => kind !== false);
}

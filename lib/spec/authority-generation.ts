import { Problems } from "../errors";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import { refuseUnlessCount } from "../values/count";
import type { Custody } from "../values/custody";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./imported-authority-spec";
import { isList, isObject } from "../values/plain-data";

/** An authority, made here or elsewhere. Where clients trust several in turn, each is a generation. */
export type AuthorityGenerationProps = (
  Omit<CertificateAuthoritySpecProps, "custody"> | Omit<ImportedAuthorityProps, "custody">
) & {
  /**
   * Its number, which it keeps: its resources and its files are named after it, unless it is the first.
   * @default 1
   */
  readonly generation?: number;
};

/** A checked authority, of either kind. */
export type AuthoritySpec = CertificateAuthoritySpec | ImportedAuthoritySpec;

/** What is declared for one generation. Plain JavaScript may give anything. */
export interface AuthorityGeneration {
  readonly generation: number;
  /** As it was given. */
  readonly given: AuthorityGenerationProps;
  /** The same, as an authority's own. */
  readonly props: CertificateAuthoritySpecProps | ImportedAuthorityProps;
  /** Where it stands in the props. */
  readonly path: string;
}

/** The generations that are declared, in their order. */
export function generationsOf(
  authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[],
  custody: Custody | undefined,
): AuthorityGeneration[] {
  const list: readonly AuthorityGenerationProps[] = isList(authority) ? authority : [authority];
  const generations = list.map((given, index) => {
    const path = isList(authority) ? `authority[${index}]` : "authority";
    if (!isObject(given)) {
      return { generation: 1, given, props: given, path };
    }
    const { generation = 1, custody: _, ...own } = given as AuthorityGenerationProps & CertificateAuthoritySpecProps;
    return { generation, given, props: custody === undefined ? own : { ...own, custody }, path };
  });
  return generations.sort((one, other) => one.generation - other.generation);
}

/**
 * @throws InvalidInputError with all that is wrong
 */
export function authoritySpecOf(props: CertificateAuthoritySpecProps | ImportedAuthorityProps): AuthoritySpec {
  return isImported(props) ? ImportedAuthoritySpec.fromProps(props) : CertificateAuthoritySpec.fromProps(props);
}

/** Whether these are the props of an authority that was made elsewhere: they say where it is. */
export function isImported(
  props: CertificateAuthoritySpecProps | ImportedAuthorityProps,
): props is ImportedAuthorityProps {
  return isObject(props) && IMPORTS.some((name) => (props as ImportedAuthorityProps)[name] !== undefined);
}

const IMPORTS = [
  "certificateFile",
  "certificatePem",
  "keyFile",
  "keyVariable",
] as const satisfies readonly (keyof ImportedAuthorityProps)[];

/**
 * Checks all generations and files every problem in `problems`.
 *
 * @returns each by its number; undefined where something is wrong with it
 */
export function checkGenerations(
  generations: readonly AuthorityGeneration[],
  problems: Problems,
): ReadonlyMap<number, AuthoritySpec | undefined> {
  if (generations.length === 0) {
    problems.add("authority", [], "is a list of none", "declare at least one generation");
  }
  const checked = new Map<number, AuthoritySpec | undefined>();
  for (const one of generations) {
    const { generation, path } = one;
    refuseUnlessCount(problems, `${path}.generation`, generation, "the number of a generation");
    if (checked.has(generation)) {
      problems.add(`${path}.generation`, generation, "is there twice", "give each generation another number");
    }
    const spec = checkAuthority(one, problems);
    for (const [before, other] of checked) {
      if (spec?.subject !== undefined && other?.isNamed(spec.subject) === true) {
        const reason = `is the subject of generation ${before} too, so that clients cannot tell the two apart`;
        problems.add(`${path}.subject`, String(spec.subject), reason, "give each generation another common name");
      }
    }
    checked.set(generation, spec);
  }
  return checked;
}

function checkAuthority({ given, props, path }: AuthorityGeneration, problems: Problems): AuthoritySpec | undefined {
  if (isObject(given)) {
    const { PROPERTIES } = isImported(props) ? ImportedAuthoritySpec : CertificateAuthoritySpec;
    problems.refuseUnknown(path, given, [...PROPERTIES.filter((name) => name !== "custody"), "generation"]);
  }
  return problems.attempt(
    (below) => (below === "custody" ? below : [path, below].filter((part) => part !== "").join(".")),
    () => authoritySpecOf(props),
  );
}

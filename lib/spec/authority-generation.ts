import type { AuthorityGenerationProps } from "./fleet-props";
import type { Problems } from "../errors";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import { refuseUnlessCount } from "../values/count";
import type { Custody } from "../values/custody";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./imported-authority-spec";
import { isList, isObject } from "../values/plain-data";
import { CERTIFICATE_AUTHORITY, GENERATION, IMPORTED_AUTHORITY } from "./properties/authority";
import { namesIn } from "./properties/property";

/** A checked authority: made here, or imported. */
export type AuthoritySpec = CertificateAuthoritySpec | ImportedAuthoritySpec;

/** A declared generation of an authority, as far as it could be read. */
export interface DeclaredGeneration {
  readonly generation: number;
  /** The place of the generation in the props. */
  readonly path: string;
  /** The checked authority; undefined if it has a problem. */
  readonly spec: AuthoritySpec | undefined;
  /** Whether its key is made here. */
  readonly isOwn: boolean;
  /** Whether its key file has a password. */
  readonly hasPassword: boolean;
}

/**
 * Reads all generations, sorted by their numbers, and files every problem in `problems`.
 *
 * @param authority one generation or a list of them; plain JavaScript may give anything
 * @param custody the declared custody of the fleet
 */
export function readGenerations(
  authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[],
  custody: Custody | undefined,
  problems: Problems,
): DeclaredGeneration[] {
  if (isList(authority) && authority.length === 0) {
    problems.add("authority", [], "is an empty list", "declare at least one generation", "required");
  }
  const list: readonly AuthorityGenerationProps[] = isList(authority) ? authority : [authority];
  const given = list.map((props, index) => {
    const { generation = 1 } = isObject(props) ? props : {};
    return { props, generation, path: isList(authority) ? `authority[${index}]` : "authority" };
  });
  const read: DeclaredGeneration[] = [];
  for (const { props, generation, path } of given.sort((one, other) => one.generation - other.generation)) {
    refuseUnlessCount(problems, `${path}.generation`, generation, "the number of a generation");
    if (read.some((before) => before.generation === generation)) {
      problems.add(
        `${path}.generation`,
        generation,
        "is used twice",
        "give each generation its own number",
        "duplicate",
      );
    }
    const spec = readAuthority(props, custody, path, problems);
    for (const before of read) {
      if (spec?.subject !== undefined && before.spec?.isNamed(spec.subject) === true) {
        const reason = `is also the subject of generation ${before.generation}: clients cannot tell the two apart`;
        problems.add(
          `${path}.subject`,
          String(spec.subject),
          reason,
          "give each generation its own common name",
          "duplicate",
        );
      }
    }
    const isOwn = isObject(props) && !isImported(props);
    const hasPassword = isOwn && typeof (props as CertificateAuthoritySpecProps).passwordVariable === "string";
    read.push({ generation, path, spec, isOwn, hasPassword });
  }
  return read;
}

const OWN = namesIn({ ...CERTIFICATE_AUTHORITY, ...GENERATION }).filter((name) => name !== "custody");
const IMPORTED = namesIn({ ...IMPORTED_AUTHORITY, ...GENERATION }).filter((name) => name !== "custody");

/** Reads an authority with the custody of the fleet. Its own custody is refused as a property, and ignored. */
function readAuthority(
  props: AuthorityGenerationProps,
  custody: Custody | undefined,
  path: string,
  problems: Problems,
): AuthoritySpec | undefined {
  if (isObject(props)) {
    problems.refuseUnknown(path, props, isImported(props) ? IMPORTED : OWN);
  }
  return problems.attempt(
    (below) => (below === "custody" ? below : [path, below].filter((part) => part !== "").join(".")),
    () => authoritySpecOf(isObject(props) ? ofCustody(props, custody) : props),
  );
}

function ofCustody(
  props: AuthorityGenerationProps,
  custody: Custody | undefined,
): CertificateAuthoritySpecProps | ImportedAuthorityProps {
  const { custody: _, ...own } = props as CertificateAuthoritySpecProps | ImportedAuthorityProps;
  return custody === undefined ? own : { ...own, custody };
}

/** @throws InvalidInputError with every problem */
function authoritySpecOf(props: CertificateAuthoritySpecProps | ImportedAuthorityProps): AuthoritySpec {
  return isImported(props) ? ImportedAuthoritySpec.fromProps(props) : CertificateAuthoritySpec.fromProps(props);
}

/** The properties that only an imported authority has. */
const IMPORTS = [
  "certificateFile",
  "certificatePem",
  "keyFile",
  "keyVariable",
] as const satisfies readonly (keyof ImportedAuthorityProps)[];

/** Whether these are the props of an imported authority. */
function isImported(props: AuthorityGenerationProps): props is ImportedAuthorityProps {
  return isObject(props) && IMPORTS.some((name) => (props as ImportedAuthorityProps)[name] !== undefined);
}

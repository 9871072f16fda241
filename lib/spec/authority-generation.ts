import type { AuthorityGenerationProps } from "./fleet-props";
import type { Problems } from "../errors";
import { CertificateAuthoritySpec, type CertificateAuthoritySpecProps } from "./certificate-authority-spec";
import { refuseUnlessCount } from "../values/count";
import type { Custody } from "../values/custody";
import { ImportedAuthoritySpec, type ImportedAuthorityProps } from "./imported-authority-spec";
import { isList, isObject } from "../values/plain-data";
import { CERTIFICATE_AUTHORITY, GENERATION, IMPORTED_AUTHORITY } from "./properties/authority";
import { namesIn } from "./properties/property";

/** A checked authority, of either kind. */
export type AuthoritySpec = CertificateAuthoritySpec | ImportedAuthoritySpec;

/** A generation of an authority as it was declared, with what could be read of it. */
export interface DeclaredGeneration {
  readonly generation: number;
  /** Where it stands in the props. */
  readonly path: string;
  /** What it is to be; undefined where something is wrong with that. */
  readonly spec: AuthoritySpec | undefined;
  /** Whether its key is made here. */
  readonly isOwn: boolean;
  /** Whether its key's file is to have a password. */
  readonly hasPassword: boolean;
}

/**
 * Reads all generations, by their numbers, and files every problem in `problems`.
 *
 * @param authority one, or a list of them: plain JavaScript may give anything
 * @param custody what their fleet declares
 */
export function readGenerations(
  authority: AuthorityGenerationProps | readonly AuthorityGenerationProps[],
  custody: Custody | undefined,
  problems: Problems,
): DeclaredGeneration[] {
  if (isList(authority) && authority.length === 0) {
    problems.add("authority", [], "is a list of none", "declare at least one generation", "required");
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
        "is there twice",
        "give each generation another number",
        "duplicate",
      );
    }
    const spec = readAuthority(props, custody, path, problems);
    for (const before of read) {
      if (spec?.subject !== undefined && before.spec?.isNamed(spec.subject) === true) {
        const reason = `is the subject of generation ${before.generation} too, so that clients cannot tell the two apart`;
        problems.add(
          `${path}.subject`,
          String(spec.subject),
          reason,
          "give each generation another common name",
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

/** The fleet has the custody of them all: what one says of its own is refused, and does not count. */
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

/**
 * @throws InvalidInputError with all that is wrong
 */
function authoritySpecOf(props: CertificateAuthoritySpecProps | ImportedAuthorityProps): AuthoritySpec {
  return isImported(props) ? ImportedAuthoritySpec.fromProps(props) : CertificateAuthoritySpec.fromProps(props);
}

/** What says where an authority is that was made elsewhere. */
const IMPORTS = [
  "certificateFile",
  "certificatePem",
  "keyFile",
  "keyVariable",
] as const satisfies readonly (keyof ImportedAuthorityProps)[];

/** Whether these are the props of an authority that was made elsewhere. */
function isImported(props: AuthorityGenerationProps): props is ImportedAuthorityProps {
  return isObject(props) && IMPORTS.some((name) => (props as ImportedAuthorityProps)[name] !== undefined);
}

import type { Construct } from "constructs";
import type { Condition } from "../../terraform/condition";
import { type Expression, hcl, interpolate, list, object, quoted } from "../../terraform/expression";
import { TerraformData } from "../../terraform/terraform-data";
import { tokenAfter, trustWordsFor } from "./decisions";
import { consentIn, hashOf, type DirectoryPaths } from "./directory-files";
import type { MachineGeneration } from "./generation";
import { soundTrustRecord } from "./records";

/** The file with the trust anchors, if there are several generations. */
export interface Trust {
  /** Its record. */
  readonly record: Expression;
  readonly token: Expression;
  /** The precondition of writing it. */
  readonly condition: Condition;
}

/** @param index the content of the file with the authority's records */
export function createTrust(
  { path, directory }: DirectoryPaths,
  index: Expression,
  generations: readonly MachineGeneration[],
  local: (id: string, expression: Expression) => Expression,
): Trust {
  const record = local("trust_record", soundTrustRecord(index));
  const trusted = list(generations.map((generation) => generation.trusted));
  const words = local("trust_words", trustWordsFor(directory, record, hcl`join(" ", ${trusted})`));
  const known = list(generations.map((generation) => hcl`${generation.record}.certificate_sha256`));
  const isOurs = hcl`contains(concat([""], ${known}), ${hashOf(`${directory}/ca.pem`)})`;
  return {
    record,
    token: tokenAfter(record, words),
    condition: {
      condition: interpolate(hcl`${record}.token != "" || ${isOurs} || ${consentIn(directory)}`),
      errorMessage: `${path}/ca.pem exists and was not made for this fleet. Move it away. To replace it, create an empty file ${path}/take-over.`,
    },
  };
}

export interface AuthorityProps {
  readonly resourceName: string | undefined;
  readonly generations: ReadonlyMap<number, MachineGeneration>;
  readonly trust: Trust | undefined;
  /** The tokens of its further forms, by their names in a plan. */
  readonly trustForms: ReadonlyMap<string, Expression>;
  /** The resource that assigns the directory to the state. */
  readonly state: TerraformData;
  /** The provisioner that makes the authority. */
  readonly make: (decisions: Expression) => object;
}

/** Creates the resource that makes the generations of the authority, and the trust anchors. */
export function createAuthority(scope: Construct, props: AuthorityProps): TerraformData {
  const { resourceName, trust, state, make } = props;
  const trustTokens = [
    ...(trust === undefined ? [] : [["trust", trust.token] as const]),
    ...[...props.trustForms].sort(([one], [other]) => (one < other ? -1 : 1)),
  ];
  const generations = [...props.generations].sort(([one], [other]) => (`${one}` < `${other}` ? -1 : 1));
  const shown = new Map([
    ...generations.map(([number, generation]) => [`${number}`, generation.shown] as const),
    ...trustTokens.map(([name, token]) => [name, object({ token })] as const),
  ]);
  const tokens = new Map([
    ...generations.map(([number, generation]) => [`${number}`, generation.token] as const),
    ...trustTokens,
  ]);
  const lines = list([...tokens].map(([name, token]) => quoted(`${name} ${interpolate(token)}`)));
  return new TerraformData(scope, "authority", {
    resourceName,
    // Also before every broker: the plan checks the existing files before anything is made.
    dependsOn: [state],
    lifecycle: {
      precondition: [
        ...generations.flatMap(([, generation]) => generation.conditions(trust?.record)),
        ...(trust === undefined ? [] : [trust.condition]),
      ],
    },
    attributes: { triggers_replace: interpolate(hcl`jsonencode(${object(shown)})`) },
    localExec: [make(hcl`sha256(join("\\n", ${lines}))`)],
  });
}

import { type DeclaredAuthority, type ImportedAuthority, isImported, NO_KEY } from "../../machine-format/declared";
import { authorityFiles, type FileNames, RULES, wordsOf } from "../../machine-format/rules";
import { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import type { Condition } from "../../terraform/condition";
import { after, type Expression, hcl, interpolate, letIn, literal, object } from "../../terraform/expression";
import { createLocal } from "../../terraform/local-value";
import { ensurePasswordVariable, ensureSecretVariable } from "../../terraform/secret-variable";
import { relativeToStackFolder } from "../../terraform/stack-path";
import type { PlacedGeneration } from "../custody-kind";
import { authorityFolder, type PemFile } from "../pem-paths";
import { type DecisionInputs, isForeign, tokenAfter, wordsFor, wordsThatKeep } from "./decisions";
import { consentIn, hashOf, isThere, type DirectoryPaths } from "./directory-files";
import { NO_RECORD } from "./records";

export interface MachineGenerationProps extends DirectoryPaths {
  readonly given: PlacedGeneration;
  readonly declared: DeclaredAuthority | ImportedAuthority;
  /** Whether it is the only generation that clients trust. */
  readonly isAlone: boolean;
  /** The records of all generations, and their declarations: objects by generation number. */
  readonly records: Expression;
  readonly declarations: Expression;
}

/** A generation of the authority, as a plan evaluates it. */
export class MachineGeneration {
  /** The names of its files. */
  public readonly names: FileNames;
  public readonly certificateFile: PemFile;
  /** Undefined for an imported authority: its key stays where it is. */
  public readonly keyFile: PemFile | undefined;
  /** Its record: an object, with empty fields if it has none. */
  public readonly record: Expression;
  /** The words of the rule that holds: empty if it stays. */
  public readonly words: Expression;
  public readonly token: Expression;
  /** The expiry date of its certificate, once this plan is applied. */
  public readonly notAfter: Expression;
  /** The hash that the certificates that it signs depend on: empty if the plan replaces it. */
  public readonly issuer: Expression;

  private readonly inputs: DecisionInputs;
  private readonly preventDestroy: boolean;

  constructor(private readonly props: MachineGenerationProps) {
    const { given, declared, directory, isAlone, records, declarations } = props;
    const { generation, spec, scope, resourceName } = given;
    ensureVariables(given);
    const local = (id: string, expression: Expression) => createLocal(scope, id, expression, resourceName);
    const number = literal(`${generation}`);
    const folder = authorityFolder(generation);
    this.preventDestroy = spec instanceof CertificateAuthoritySpec && spec.preventDestroy;
    this.names = authorityFiles(generation, isAlone);
    this.certificateFile = { path: `${folder}${this.names.certificate}`, mode: "0644" };
    this.keyFile = declared.key === NO_KEY ? undefined : { path: `${folder}${this.names.key}`, mode: "0600" };
    this.record = local("record", hcl`try(${records}[${number}], ${NO_RECORD})`);
    this.inputs = {
      folder: generation === 1 ? directory : `${directory}/authorities/${generation}`,
      files: this.names,
      record: this.record,
      declared: hcl`${declarations}[${number}]`,
      keyVersion: literal("1"),
      issuer: literal(""),
      // An authority is never renewed because it is due: every client would need the new one.
      renewBefore: hcl`0`,
    };
    this.words = local("words", wordsFor(this.inputs));
    this.token = tokenAfter(this.record, this.words);
    const { record, words } = this;
    const keeps = hcl`(${words} == "" || contains(${wordsThatKeep(this.names)}, ${words}))`;
    const isTakenOver = hcl`contains(${TAKEN_OVER}, ${words})`;
    const present = hashOf(`${this.inputs.folder}/${this.names.certificate}`);
    this.issuer = local(
      "issuer",
      isImported(declared)
        ? literal(declared.fingerprint)
        : hcl`${keeps} ? ${record}.certificate_sha256 : ${isTakenOver} ? ${present} : ""`,
    );
    this.notAfter = local(
      "not_after",
      isImported(declared)
        ? literal(declared.not_after)
        : hcl`${keeps} ? ${record}.not_after : timeadd(plantimestamp(), ${literal(`${declared.hours}h`)})`,
    );
  }

  /** The hash of its trust anchor. */
  public get trusted(): Expression {
    const { declared } = this.props;
    return isImported(declared) ? literal(anchorOf(declared).hash) : this.issuer;
  }

  /** The facts that a plan shows. */
  public get shown(): Expression {
    const { declared } = this.props;
    const { token } = this;
    if (isImported(declared)) {
      const key = declared.key_file ?? `var.${declared.key_variable ?? ""}`;
      const facts = { key, certificate: declared.fingerprint, not_after: declared.not_after };
      return object({ ...literals(facts), token });
    }
    const { subject, key, validity, permitted_domains, path_length, password } = declared;
    const facts = {
      subject,
      key,
      validity,
      ...(permitted_domains !== undefined && { permitted_domains: permitted_domains.join(", ") }),
      ...(path_length !== undefined && { path_length: `${path_length}` }),
      ...(password !== "" && { password }),
    };
    return object({ ...literals(facts), token });
  }

  /** Whether it is new in this plan, and must not sign yet. */
  public get isTooNew(): Expression {
    const { declared } = this.props;
    const isUnknown = hcl`${this.record}.intent == ""`;
    if (!isImported(declared)) {
      return this.preventDestroy ? isUnknown : hcl`false`;
    }
    return hcl`${isUnknown} || split("/", ${this.record}.intent)[0] != ${literal(anchorOf(declared).identity)}`;
  }

  /**
   * The preconditions of making it.
   *
   * @param trustRecord the record of the trust anchors; undefined if this generation is the only one
   */
  public conditions(trustRecord: Expression | undefined): Condition[] {
    const { declared, path, given, directory } = this.props;
    const { record } = this;
    const certificate = `${path}/${this.certificateFile.path}`;
    const key = `${path}/${authorityFolder(given.generation)}${this.names.key}`;
    if (isImported(declared)) {
      return this.conditionsOfImported(declared, certificate);
    }
    const isForeignKey = isForeign(this.inputs, consentIn(directory), false);
    const isAsDeclared = hcl`r.key == ${literal(declared.key)} && r.intent == ${literal(declared.intent)}`;
    const isNotOver = hcl`try(timecmp(plantimestamp(), r.not_after) < 0, false)`;
    return [
      {
        condition: interpolate(hcl`!${isForeignKey}`),
        errorMessage: `${key} is missing, or is not the key in its record, authorities.records, or the record is corrupt. Restore both from a backup. If the key belongs to another fleet or custody, move it away. To adopt an existing key, create an empty file ${path}/take-over.`,
      },
      ...(trustRecord === undefined
        ? []
        : [
            {
              condition: interpolate(
                hcl`${record}.intent != "" || !contains(split(" ", ${trustRecord}.files), ${literal(this.certificateFile.path)})`,
              ),
              errorMessage: `${key} is missing, and clients already trust its certificate, according to ${path}/authorities.records. Restore the key from a backup.`,
            },
          ]),
      ...(this.preventDestroy
        ? [
            {
              condition: interpolate(letIn("r", record, hcl`r.intent == "" ? true : ${isAsDeclared} && ${isNotOver}`)),
              errorMessage: `${certificate} would be replaced, and clients trust no other: it has expired, or it differs from the declaration. Declare the authority as it was, and add another generation that replaces it later. To replace it at once, declare it with preventDestroy: false.`,
            },
          ]
        : []),
    ];
  }

  /** An existing file may be overwritten if it has the same content, comes from an imported authority, or the user consents. */
  private conditionsOfImported(declared: ImportedAuthority, certificate: string): Condition[] {
    const { path, directory, given } = this.props;
    const anchor = anchorOf(declared).hash;
    const isTheSame = hcl`${hashOf(`${directory}/${this.certificateFile.path}`, anchor)} == ${literal(anchor)}`;
    const isOurs = letIn("r", this.record, hcl`r.intent != "" && r.key == ${literal(NO_KEY)}`);
    const keyFile = givenKeyFile(given);
    return [
      {
        condition: interpolate(hcl`${isOurs} || ${isTheSame} || ${consentIn(directory)}`),
        errorMessage: `${certificate} exists and is not the root of the declared authority. Move it away. To replace it, create an empty file ${path}/take-over.`,
      },
      ...(keyFile === undefined
        ? []
        : [
            {
              // Engines require that a condition refers to an object: any one.
              condition: interpolate(isThere(after(keyFile.path, this.words))),
              errorMessage: `${keyFile.shown} is not on this machine. Deploy where it is, or bring it here.`,
            },
          ]),
    ];
  }
}

/** An object with one value of each generation, by number. */
export function byGeneration(
  generations: ReadonlyMap<number, MachineGeneration>,
  of: (generation: MachineGeneration) => Expression,
): Expression {
  return object(new Map([...generations].map(([number, generation]) => [number, of(generation)])));
}

const TAKEN_OVER = literal(
  RULES.filter(({ kind }) => kind === "adopted").map((rule) => wordsOf(rule, authorityFiles(1, true), false)),
);

function literals(texts: Readonly<Record<string, string>>): Record<string, Expression> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, literal(text)]));
}

/** The identity of the trust anchor, and the hash of its certificate. */
function anchorOf({ intent }: ImportedAuthority): { readonly identity: string; readonly hash: string } {
  const [identity = "", hash = ""] = intent.split("/");
  return { identity, hash };
}

/** Declares the variables of its password and key. */
function ensureVariables({ scope, spec }: PlacedGeneration): void {
  if (spec instanceof CertificateAuthoritySpec) {
    if (spec.password !== undefined) {
      ensurePasswordVariable(scope, spec.password.variable);
    }
    return;
  }
  if (spec.keyVariable !== undefined) {
    ensureSecretVariable(scope, { name: spec.keyVariable, content: "private key of the authority", isEphemeral: true });
  }
  if (spec.passwordVariable !== undefined) {
    ensurePasswordVariable(scope, spec.passwordVariable);
  }
}

/** The key file of an imported authority: its path from the stack's folder, and as the user declares it. */
function givenKeyFile({ scope, spec }: PlacedGeneration): { path: string; shown: string } | undefined {
  const file = spec instanceof CertificateAuthoritySpec ? undefined : spec.keyFile;
  return file === undefined ? undefined : { path: relativeToStackFolder(scope, file), shown: file };
}

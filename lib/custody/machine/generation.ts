import type { Construct } from "constructs";
import { TerraformLocal } from "../../cdk";
import { type DeclaredAuthority, type ImportedAuthority, isImported } from "../../machine-format/declared";
import { authorityFiles, type FileNames, RULES, wordsOf } from "../../machine-format/rules";
import { authorityFolder } from "../pem-paths";
import { hashOf, inHcl, isForeign, NO_RECORD, wordsFor, wordsThatKeep, type DecisionInputs } from "./decisions";

/** What must hold, and what a plan says where it does not. */
export interface Condition {
  readonly condition: string;
  readonly errorMessage: string;
}

export interface MachineGenerationProps {
  readonly generation: number;
  readonly declared: DeclaredAuthority | ImportedAuthority;
  /** Whether a plan fails that would make another authority of it. */
  readonly preventDestroy: boolean;
  /** The PEM directory as a user knows it, and from the stack's folder. */
  readonly path: string;
  readonly directory: string;
  /** Whether clients trust it alone. */
  readonly isAlone: boolean;
  /** The records of all generations, and what is declared of them: addresses of objects, by their numbers. */
  readonly records: string;
  readonly declarations: string;
  /** What of a key that was made elsewhere is to be there, from the stack's folder, and as a user knows it. */
  readonly keyFile: { readonly path: string; readonly shown: string } | undefined;
  readonly resourceName: string | undefined;
}

/** A generation of the authority, as a plan knows it: local values, by their addresses. */
export class MachineGeneration {
  public readonly files: FileNames;
  /** Its record: an object, empty where there is none. */
  public readonly record: string;
  /** What is made of it, in words: empty where it stays. */
  public readonly words: string;
  public readonly token: string;
  /** When its certificate ends, once this plan is applied. */
  public readonly notAfter: string;
  /** What certificates that it signs depend on: empty where it is made anew. */
  public readonly issuer: string;

  private readonly inputs: DecisionInputs;

  constructor(
    scope: Construct,
    private readonly props: MachineGenerationProps,
  ) {
    const { generation, declared, directory, isAlone, records, declarations, resourceName } = props;
    const local = (id: string, expression: string): string => createLocal(scope, id, expression, resourceName);
    this.files = authorityFiles(generation, isAlone);
    this.record = local("record", `try(${records}["${generation}"], ${NO_RECORD})`);
    this.inputs = {
      folder: generation === 1 ? directory : `${directory}/authorities/${generation}`,
      files: this.files,
      record: this.record,
      declared: `${declarations}["${generation}"]`,
      keyVersion: '"1"',
      issuer: '""',
      // Nothing replaces an authority because it comes to its end: every client would have to know.
      renewBefore: "0",
    };
    this.words = local("words", wordsFor(this.inputs));
    this.token = `(${this.words} == "" ? ${this.record}.token : "\${plantimestamp()} \${${this.words}}")`;
    const { folder } = this.inputs;
    const keeps = `(${this.words} == "" || contains(${wordsThatKeep(this.files)}, ${this.words}))`;
    const isTakenOver = `contains(${TAKEN_OVER}, ${this.words})`;
    const isThere = hashOf(`${folder}/${this.files.certificate}`);
    const own = `${keeps} ? ${this.record}.certificate_sha256 : ${isTakenOver} ? ${isThere} : ""`;
    this.issuer = local("issuer", isImported(declared) ? JSON.stringify(declared.fingerprint) : own);
    this.notAfter = local(
      "not_after",
      isImported(declared)
        ? JSON.stringify(declared.not_after)
        : `${keeps} ? ${this.record}.not_after : timeadd(plantimestamp(), "${declared.hours}h")`,
    );
  }

  /** What clients trust of it: a hash. */
  public get trusted(): string {
    const { declared } = this.props;
    return isImported(declared) ? JSON.stringify(declared.intent.split("/")[1]) : this.issuer;
  }

  /** What a plan shows of it. */
  public get shown(): string {
    const { declared } = this.props;
    const { token } = this;
    if (isImported(declared)) {
      const key = declared.key_file ?? `var.${declared.key_variable ?? ""}`;
      return inHcl({ ...inQuotes({ key, certificate: declared.fingerprint, not_after: declared.not_after }), token });
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
    return inHcl({ ...inQuotes(facts), token });
  }

  /** Whether it is new in this plan, and must not sign yet. */
  public get isTooNew(): string {
    const { declared, preventDestroy } = this.props;
    const isUnknown = `${this.record}.intent == ""`;
    if (!isImported(declared)) {
      return preventDestroy ? isUnknown : "false";
    }
    return `${isUnknown} || split("/", ${this.record}.intent)[0] != "${declared.intent.split("/")[0] ?? ""}"`;
  }

  /**
   * What must hold before anything is made of it.
   *
   * @param trustRecord the record of what clients trust; undefined where that is this one alone
   */
  public conditions(trustRecord: string | undefined): Condition[] {
    const { declared, path, generation, preventDestroy, directory } = this.props;
    const certificate = `${path}/${authorityFolder(generation)}${this.files.certificate}`;
    const key = `${path}/${authorityFolder(generation)}${this.files.key}`;
    if (isImported(declared)) {
      return this.conditionsOfImported(declared, certificate);
    }
    const consent = consentIn(directory);
    return [
      {
        condition: `\${!${isForeign(this.inputs, consent, false)}}`,
        errorMessage: `${key} is not the key that its record, authorities.records, tells of, or that record is broken. Put back what was, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
      },
      ...(trustRecord === undefined
        ? []
        : [
            {
              condition: `\${${this.record}.intent != "" || !contains(split(" ", ${trustRecord}.files), "${authorityFolder(generation)}${this.files.certificate}")}`,
              errorMessage: `${key} is not here, and clients trust its certificate already, as ${path}/authorities.records tells. Put back what was, from a backup.`,
            },
          ]),
      ...(preventDestroy
        ? [
            {
              condition: `\${[for r in [${this.record}] : r.intent == "" ? true : r.key == "${declared.key}" && r.intent == "${declared.intent}" && try(timecmp(plantimestamp(), r.not_after) < 0, false)][0]}`,
              errorMessage: `${certificate} would be replaced, and clients know no other: it is over, or says another thing than what is declared. Declare the authority as it was, and beside it another generation that takes its place in time; or, to replace it at once, declare it with preventDestroy: false.`,
            },
          ]
        : []),
    ];
  }

  /** What is there may be written over where it is the same, or an authority's whose key is elsewhere; or by consent. */
  private conditionsOfImported({ intent }: ImportedAuthority, certificate: string): Condition[] {
    const { path, directory, keyFile } = this.props;
    const anchor = intent.split("/")[1] ?? "";
    const isTheSame = `${hashOf(`${this.inputs.folder}/${this.files.certificate}`, anchor)} == "${anchor}"`;
    const isOurs = `[for r in [${this.record}] : r.intent != "" && r.key == "none"][0]`;
    return [
      {
        condition: `\${${isOurs} || ${isTheSame} || ${consentIn(directory)}}`,
        errorMessage: `${certificate} is there, and is not the root of the authority that is declared. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
      },
      ...(keyFile === undefined
        ? []
        : [
            {
              // Engines want an object in it: any.
              condition: `\${fileexists("${keyFile.path}\${substr(${this.words}, 0, 0)}")}`,
              errorMessage: `${keyFile.shown} is not on this machine. Deploy where it is, or bring it here.`,
            },
          ]),
    ];
  }
}

const TAKEN_OVER = JSON.stringify(
  RULES.filter(({ kind }) => kind === "taken over").map((rule) => wordsOf(rule, authorityFiles(1, true), false)),
);

/** Whether files that are there may be taken over: an expression. */
export function consentIn(directory: string): string {
  return `fileexists("${directory}/take-over")`;
}

/**
 * A local value, with a name below `prefix` where there is one.
 *
 * @returns its address
 */
export function createLocal(scope: Construct, id: string, expression: string, prefix: string | undefined): string {
  const local = new TerraformLocal(scope, `local ${id}`, `\${${expression}}`);
  if (prefix !== undefined) {
    local.overrideLogicalId(`${prefix}_${id}`);
  }
  return `local.${local.friendlyUniqueId}`;
}

function inQuotes(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.stringify(text)]));
}

import type { Construct } from "constructs";
import { CloudBackend, RemoteBackend, TerraformStack } from "../../cdk";
import type { PlacedGeneration } from "../custody";
import type { IssuedCertificate, Issuer } from "../issuer";
import { type Declared, type DeclaredAuthority, type ImportedAuthority, NO_KEY } from "../../machine-format/declared";
import { toLines } from "../../machine-format/record";
import {
  authorityFolder,
  checkPemDirectory,
  claimPemDirectory,
  type PemFile,
  refuseWhatIsInTheWay,
  TRUST,
} from "../pem-paths";
import { ensurePasswordVariable, ensureSecretVariable } from "../../terraform/secret-variable";
import { StackFile } from "../../terraform/stack-file";
import { TerraformData } from "../../terraform/terraform-data";
import { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import { relativeToStackFolder } from "../../terraform/stack-path";
import {
  hashOf,
  journalIn,
  recordsIn,
  regularFile,
  soundRecords,
  soundTrustRecord,
  trustWordsFor,
  WHEN_PLANNED,
} from "./decisions";
import { declareAuthority, declareImported } from "./declare";
import { type Condition, consentIn, createLocal, MachineGeneration } from "./generation";
import { MachinePem } from "./machine-pem";
import { ProgramFile } from "./program-file";
import { MachineServers } from "./servers";

/** Where its resources go, and what they are called. */
export interface MachineDirectoryProps {
  /** The PEM directory, as a user knows it. */
  readonly directory: string;
  /** In the order in which clients get their certificates. */
  readonly generations: readonly PlacedGeneration[];
  /** The name of the resource that guards the directory. */
  readonly resourceName: string | undefined;
  /** The name of the resource that makes the authority, and of the one that makes the brokers' certificates. */
  readonly authorityResourceName: string | undefined;
  readonly brokersResourceName: string | undefined;
  /** The name of the resource that makes the directory the state's own. */
  readonly ownerResourceName: string | undefined;
}

/**
 * A PEM directory of custody `machine`: a program makes keys and certificates on the machine that applies, and a key is in
 * its file alone.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioners run the program. State and plan hold what
 * is declared, and a token for each certificate, which is in its record too. Where the plan has a new token, the certificate
 * is made: `lib/machine-format/rules.ts` has the rules.
 *
 * What follows what: the state makes the directory its own; the authority is made; the guard looks at everything; the
 * brokers' certificates are made, and the files of brokers that are declared no longer are removed.
 */
export class MachineDirectory {
  private readonly path: string;
  /** The same, from the stack's folder. */
  private readonly directory: string;
  private readonly generations = new Map<number, MachineGeneration>();
  private readonly declarations: Readonly<Record<string, DeclaredAuthority | ImportedAuthority>>;
  private readonly servers: MachineServers;
  private readonly authority: TerraformData;
  private readonly brokers: TerraformData;
  private readonly localsPrefix: string | undefined;

  /**
   * @param owner the construct to whom it belongs
   * @throws InvalidInputError where the directory cannot be used, or is another construct's
   */
  constructor(
    private readonly owner: Construct,
    private readonly props: MachineDirectoryProps,
  ) {
    this.path = checkPemDirectory(props.directory);
    this.directory = relativeToStackFolder(owner, this.path);
    claimPemDirectory(owner, this.path);
    owner.node.addValidation({ validate: () => flawsOfBackend(owner) });
    this.localsPrefix = props.resourceName;
    this.declarations = Object.fromEntries(
      props.generations.map(({ generation, spec, scope }) => [
        `${generation}`,
        spec instanceof CertificateAuthoritySpec ? declareAuthority(spec) : declareImported(scope, spec),
      ]),
    );

    const program = new ProgramFile(owner, "program");
    const file = new StackFile(owner, "declared", "declared.json", () => this.toText());
    const declared = this.local("declared", `jsondecode(file("${file.path}${WHEN_PLANNED}"))`);
    const state = this.createOwner(program, file);
    const trust = this.createGenerations(declared);
    this.servers = this.createServers(declared);
    this.authority = this.createAuthority(program, file, state, trust);
    const guard = this.createGuard();
    this.brokers = new TerraformData(owner, "brokers", {
      resourceName: props.brokersResourceName,
      dependsOn: [guard],
      attributes: { triggers_replace: `\${${this.servers.shown}}` },
      localExec: [
        program.runs("brokers", file.path, {
          state: `\${${state.address}.id}`,
          decisions: `\${${this.servers.decisions}}`,
        }),
      ],
    });
  }

  /** The way to sign with one of its generations. */
  public of(number: number): Issuer {
    const generation = this.at(number);
    const pemOf = (file: PemFile): MachinePem =>
      new MachinePem(this.owner, this.path, file, this.authority.address, `${generation.words} == ""`);
    const folder = authorityFolder(number);
    const hasKey = this.declarations[`${number}`]?.key !== NO_KEY;
    const issued: IssuedCertificate = {
      certificatePem: pemOf({ ...TRUST, path: `${folder}${generation.files.certificate}` }),
      privateKeyPem: hasKey ? pemOf({ path: `${folder}${generation.files.key}`, mode: "0600" }) : undefined,
      validity: { notAfterIn: () => generation.notAfter, isDueIn: () => "false" },
    };
    return {
      issued,
      issue: (scope, spec) => this.servers.issue(scope, spec, number),
      checkFiles: (spec) => {
        this.servers.checkFiles(spec);
      },
    };
  }

  private at(generation: number): MachineGeneration {
    const found = this.generations.get(generation);
    if (found === undefined) {
      throw new Error(`${this.owner.node.path} has no generation ${generation}`);
    }
    return found;
  }

  /** Whether clients trust a single certificate, that of the first generation. */
  private get isAlone(): boolean {
    return Object.keys(this.declarations).join() === "1";
  }

  private toText(): string {
    const { directory, declarations } = this;
    const declared: Omit<Declared, "brokers"> = {
      fleet: TerraformStack.of(this.owner).node.id,
      directory,
      authorities: declarations,
      trust: this.props.generations.map(({ generation }) => `${generation}`),
    };
    // One broker a line, in whatever order they were declared: what changes is easily seen.
    const fields = Object.entries(declared).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    return `{\n${[...fields, `"brokers": ${toLines(this.servers.declared)}`].join(",\n")}\n}\n`;
  }

  /** What tells states apart, and of which the directory knows one. */
  private createOwner(program: ProgramFile, file: StackFile): TerraformData {
    const { path, directory, owner } = this;
    const none = '{state = "", name = ""}';
    const { names, text } = regularFile(`${directory}/owner.json`);
    const found = `[for name in ${names} : jsondecode(${text})]`;
    const known = this.local(
      "owner",
      `try([for o in ${found} : {state = "\${o.state}", name = "\${o.name}"}][0], ${none})`,
    );
    const fix = `Two states would take turns with its files. Choose another directory; or, where that state is lost, create an empty file ${path}/take-over.`;
    return new TerraformData(owner, "owner", {
      resourceName: this.props.ownerResourceName,
      lifecycle: {
        ignoreChanges: ["input"],
        postcondition: [
          { condition: '${self.input == ""}', errorMessage: `${path} belongs to \${self.input}. ${fix}` },
          {
            condition: `\${${known}.state == "" || ${known}.state == self.id || ${consentIn(directory)}}`,
            errorMessage: `${path} belongs to \${${known}.name} by now. ${fix}`,
          },
        ],
      },
      // What was there when this was made: nothing, or what there is consent to take over.
      attributes: { input: `\${${consentIn(directory)} ? "" : ${known}.name}` },
      localExec: [{ ...program.runs("remove", file.path, { state: "${self.id}" }), when: "destroy" }],
    });
  }

  /** @returns the record of what clients trust, and what is made of it in words, where that is several certificates */
  private createGenerations(declared: string): { readonly record?: string; readonly words?: string } {
    const { directory, path, owner, declarations, isAlone } = this;
    const index = this.local("index", recordsIn(`${directory}/authorities.records`));
    const records = this.local(
      "records",
      `merge(${soundRecords(index, "generations")}, ${journalIn(`${directory}/authorities.journal`)})`,
    );
    for (const { generation, spec, scope, resourceName } of this.props.generations) {
      const of = declarations[`${generation}`];
      if (of === undefined) {
        continue;
      }
      ensureVariables(scope, spec);
      const created = new MachineGeneration(scope, {
        generation,
        declared: of,
        preventDestroy: spec instanceof CertificateAuthoritySpec && spec.preventDestroy,
        path,
        directory,
        isAlone,
        records,
        declarations: `${declared}.authorities`,
        keyFile: keyFileOf(owner, spec),
        resourceName,
      });
      const { certificate, key } = created.files;
      const files: PemFile[] = [{ path: `${authorityFolder(generation)}${certificate}`, mode: "0644" }];
      refuseWhatIsInTheWay(
        owner,
        path,
        of.key === NO_KEY ? files : [...files, { path: `${authorityFolder(generation)}${key}`, mode: "0600" }],
      );
      this.generations.set(generation, created);
    }
    if (isAlone) {
      return {};
    }
    refuseWhatIsInTheWay(owner, path, [TRUST]);
    const record = this.local("trust_record", soundTrustRecord(index));
    const trusted = [...this.generations.values()].map((generation) => generation.trusted);
    const words = this.local("trust_words", trustWordsFor(directory, record, `join(" ", [${trusted.join(", ")}])`));
    return { record, words };
  }

  private createServers(declared: string): MachineServers {
    const { path, directory, owner, generations } = this;
    return new MachineServers(owner, {
      path,
      directory,
      declared: `${declared}.brokers`,
      generations,
      resource: () => this.brokers.address,
      localsPrefix: this.props.brokersResourceName,
    });
  }

  private createAuthority(
    program: ProgramFile,
    file: StackFile,
    state: TerraformData,
    trust: { readonly record?: string; readonly words?: string },
  ): TerraformData {
    const { owner, path, directory } = this;
    const generations = [...this.generations].sort(([one], [other]) => (`${one}` < `${other}` ? -1 : 1));
    const trustToken = `(${trust.words ?? ""} == "" ? ${trust.record ?? ""}.token : "\${plantimestamp()} \${${trust.words ?? ""}}")`;
    const hasTrust = trust.words !== undefined;
    const shown = [
      ...generations.map(([number, { shown }]) => `"${number}" = ${shown}`),
      ...(hasTrust ? [`trust = {token = ${trustToken}}`] : []),
    ];
    const tokens = [
      ...generations.map(([number, { token }]) => `"${number} \${${token}}"`),
      ...(hasTrust ? [`"trust \${${trustToken}}"`] : []),
    ];
    const known = [...this.generations.values()].map(({ record }) => `${record}.certificate_sha256`);
    const there = hashOf(`${directory}/ca.pem`);
    const conditions: Condition[] = [
      ...generations.flatMap(([, generation]) => generation.conditions(trust.record)),
      ...(hasTrust
        ? [
            {
              condition: `\${${trust.record ?? ""}.token != "" || contains(concat([""], [${known.join(", ")}]), ${there}) || ${consentIn(directory)}}`,
              errorMessage: `${path}/ca.pem is there, and was not made for this fleet. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
            },
          ]
        : []),
    ];
    return new TerraformData(owner, "authority", {
      resourceName: this.props.authorityResourceName,
      // And so before every broker: what is there is looked at before anything is made.
      dependsOn: [state],
      lifecycle: { precondition: conditions },
      attributes: { triggers_replace: `\${jsonencode({${shown.join(", ")}})}` },
      localExec: [
        program.runs("authority", file.path, {
          state: `\${${state.address}.id}`,
          decisions: `\${sha256(join("\\n", [${tokens.join(", ")}]))}`,
        }),
      ],
    });
  }

  /**
   * Stops a plan that would harm: the checks for all brokers in one place, and that for the place itself. Where a state is not
   * at home, an authority would be made anew.
   *
   * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps what it was made with:
   * so it knows when the state is of that one.
   */
  private createGuard(): TerraformData {
    const { path, owner } = this;
    return new TerraformData(owner, "guard", {
      resourceName: this.props.resourceName,
      dependsOn: [this.authority],
      lifecycle: {
        ignoreChanges: ["input", "triggers_replace"],
        precondition: [...this.servers.conditions],
        postcondition: [
          {
            condition: '${self.input == "machine"}',
            errorMessage: `This state is of custody "state": with custody "machine", its keys and files would be destroyed. Let the engine forget them first (state rm), and create an empty file ${path}/take-over.`,
          },
          this.isHere(),
        ],
      },
      attributes: { input: "machine" },
    });
  }

  /** Whether the files are here that the state was made with. */
  private isHere(): Condition {
    const { path, directory } = this;
    // Of one that comes later, the record of what clients trust tells.
    const [first] = [...this.generations].sort(([one], [other]) => one - other);
    const isOwn = first !== undefined && this.declarations[`${first[0]}`]?.key !== NO_KEY;
    const file = isOwn ? `${authorityFolder(first[0])}${first[1].files.key}` : "owner.json";
    return {
      condition: `\${fileexists("${directory}/././${file}\${substr(self.id, 0, 0)}")}`,
      errorMessage: `${path}/${file} is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${path} here.`,
    };
  }

  /** @returns its address */
  private local(id: string, expression: string): string {
    return createLocal(this.owner, id, expression, this.localsPrefix);
  }
}

/** Passwords and keys come in variables. */
function ensureVariables(scope: Construct, spec: PlacedGeneration["spec"]): void {
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

/** The file with a key that was made elsewhere. */
function keyFileOf(scope: Construct, spec: PlacedGeneration["spec"]): { path: string; shown: string } | undefined {
  const file = spec instanceof CertificateAuthoritySpec ? undefined : spec.keyFile;
  return file === undefined ? undefined : { path: relativeToStackFolder(scope, file), shown: file };
}

/** HCP Terraform and its like run each plan and apply on a machine that is thrown away, with the keys on it. */
function flawsOfBackend(construct: Construct): string[] {
  const backends = TerraformStack.of(construct).node.findAll();
  const isRemote = backends.some((child) => child instanceof RemoteBackend || child instanceof CloudBackend);
  return isRemote
    ? [
        'custody "machine" keeps private keys on the machine that applies, and this backend applies on machines that are thrown away: choose custody "state", or a backend that holds the state alone',
      ]
    : [];
}

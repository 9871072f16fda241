import type { Construct } from "constructs";
import { CloudBackend, RemoteBackend, TerraformStack } from "../../cdk";
import { type Declared, type DeclaredAuthority, type ImportedAuthority } from "../../machine-format/declared";
import { formatForms } from "../../machine-format/forms";
import { toLines } from "../../machine-format/record";
import { CertificateAuthoritySpec } from "../../spec/certificate-authority-spec";
import { type Expression, hcl, interpolate, quoted, whenPlanned } from "../../terraform/expression";
import type { DirectoryMode } from "../../values/files/file-access";
import { createLocal } from "../../terraform/local-value";
import { ensurePasswordVariable } from "../../terraform/secret-variable";
import { StackFile } from "../../terraform/stack-file";
import { relativeToStackFolder } from "../../terraform/stack-path";
import { TerraformData } from "../../terraform/terraform-data";
import type { Forms, TrustForm } from "../../values/files/forms";
import type { PlacedGeneration } from "../custody-kind";
import type { IssuedCertificate, Issuer } from "../issuer";
import {
  checkPemDirectory,
  claimPemDirectory,
  type PemFile,
  refuseWhatIsInTheWay,
  TRUST,
  trustFiles,
} from "../pem-paths";
import { createAuthority, createTrust, type Trust } from "./authority";
import { declareAuthority, declareImported } from "./declare";
import { MachineGeneration } from "./generation";
import { createGuard } from "./guard";
import { MachinePem } from "./machine-pem";
import { createOwner } from "./owner";
import { ProgramFile } from "./program-file";
import { journalIn, recordsIn, soundRecords } from "./records";
import { createReloads } from "./reload/reloads";
import { MachineServers } from "./servers";
import { createTrustForms } from "./trust/trust-forms";

/** The place and the names of its resources. */
export interface MachineDirectoryProps {
  /** The PEM directory, as the user declares it. */
  readonly directory: string;
  /** In the order in which clients get their certificates. */
  readonly generations: readonly PlacedGeneration[];
  /** The name of the resource that guards the directory. */
  readonly resourceName: string | undefined;
  /** The name of the resource that makes the authority, and of the one that makes the brokers' certificates. */
  readonly authorityResourceName: string | undefined;
  readonly brokersResourceName: string | undefined;
  /** The name of the resource that runs the brokers' commands. */
  readonly reloadsResourceName: string | undefined;
  /** The name of the resource that assigns the directory to the state. */
  readonly ownerResourceName: string | undefined;
  /** Further forms of the trust anchors. */
  readonly trustForms: Forms<TrustForm>;
  /** The mode of the directory, if it is declared. */
  readonly directoryMode: DirectoryMode | undefined;
}

/**
 * A PEM directory of custody `machine`: a program makes keys and certificates on the machine that applies, and a key exists
 * only in its file.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioners run the program. State and plan hold the
 * declaration, and a token for each certificate, which its record holds too. If the plan has a new token, the program makes
 * the certificate: `lib/machine-format/rules.ts` has the rules.
 *
 * The order: the state claims the directory; the program makes the authority; the guard checks everything; the program makes
 * the brokers' certificates and deletes the files of removed brokers; it runs the reload commands of brokers with new files.
 */
export class MachineDirectory {
  private readonly path: string;
  /** The path from the stack's folder. */
  private readonly directory: string;
  private readonly generations = new Map<number, MachineGeneration>();
  private readonly declarations: Readonly<Record<string, DeclaredAuthority | ImportedAuthority>>;
  private readonly servers: MachineServers;
  private readonly authority: TerraformData;
  private readonly brokers: TerraformData;
  private readonly createReloads: () => TerraformData;
  /** The resource that runs the brokers' commands: undefined as long as no broker has one. */
  private reloads: TerraformData | undefined;

  /**
   * @param owner the construct that owns the directory
   * @throws InvalidInputError if the directory cannot be used, or belongs to another construct
   */
  constructor(
    private readonly owner: Construct,
    private readonly props: MachineDirectoryProps,
  ) {
    this.path = checkPemDirectory(props.directory);
    this.directory = relativeToStackFolder(owner, this.path);
    claimPemDirectory(owner, this.path);
    owner.node.addValidation({ validate: () => flawsOfBackend(owner) });
    this.declarations = Object.fromEntries(
      props.generations.map(({ generation, spec, scope }) => [
        `${generation}`,
        spec instanceof CertificateAuthoritySpec ? declareAuthority(spec) : declareImported(scope, spec),
      ]),
    );

    const program = new ProgramFile(owner, "program");
    const file = new StackFile(owner, "declared", "declared.json", () => this.toText());
    const { path, directory } = this;
    const local = (id: string, expression: Expression) => createLocal(owner, id, expression, props.resourceName);
    const declared = local("declared", hcl`jsondecode(file(${quoted(whenPlanned(file.path))}))`);
    const state = createOwner(owner, {
      path,
      directory,
      resourceName: props.ownerResourceName,
      local,
      remove: (id) => program.runs("remove", file.path, { state: id }),
    });
    const make = (command: "authority" | "brokers" | "reload") => (decisions: Expression) =>
      program.runs(command, file.path, { state: hcl`${state.address}.id`, decisions });
    const { trust, trustForms } = this.createGenerations(hcl`${declared}.authorities`, local);
    this.servers = new MachineServers(owner, {
      path,
      directory,
      declared: hcl`${declared}.brokers`,
      generations: this.generations,
      resource: () => this.brokers.address,
      localsPrefix: props.brokersResourceName,
      directoryMode: props.directoryMode,
    });
    this.authority = createAuthority(owner, {
      resourceName: props.authorityResourceName,
      generations: this.generations,
      trust,
      trustForms,
      state,
      make: make("authority"),
    });
    const guard = createGuard(owner, {
      path,
      directory,
      resourceName: props.resourceName,
      authority: this.authority,
      conditions: this.servers.conditions,
      landmark: this.landmark,
    });
    this.brokers = new TerraformData(owner, "brokers", {
      resourceName: props.brokersResourceName,
      dependsOn: [guard],
      attributes: { triggers_replace: interpolate(this.servers.shown) },
      localExec: [make("brokers")(this.servers.decisions)],
    });
    const { servers, brokers } = this;
    this.createReloads = () =>
      createReloads(owner, {
        directory,
        resourceName: props.reloadsResourceName,
        declared: hcl`${declared}.brokers`,
        tokens: servers.tokens,
        brokers,
        run: make("reload"),
      });
  }

  /** The issuer of one of its generations. */
  public of(number: number): Issuer {
    const generation = this.generations.get(number);
    if (generation === undefined) {
      throw new Error(`${this.owner.node.path} has no generation ${number}`);
    }
    const isKept = (): Expression => hcl`${generation.words} == ""`;
    const pemOf = (file: PemFile): MachinePem =>
      new MachinePem(this.owner, this.path, file, this.authority.address, isKept);
    const { certificateFile, keyFile, notAfter } = generation;
    const issued: IssuedCertificate = {
      certificatePem: pemOf(certificateFile),
      privateKeyPem: keyFile && pemOf(keyFile),
      validity: { notAfterIn: () => notAfter, isDueIn: () => hcl`false` },
    };
    return {
      issued,
      issue: (scope, spec) => {
        const server = this.servers.issue(scope, spec, number);
        this.reloads ??= spec.reloadCommand === undefined ? undefined : this.createReloads();
        return server;
      },
      checkFiles: (spec) => {
        this.servers.checkFiles(spec);
      },
    };
  }

  /** Whether clients trust a single certificate, that of the first generation. */
  private get isAlone(): boolean {
    return Object.keys(this.declarations).join() === "1";
  }

  private toText(): string {
    const { directory, declarations } = this;
    const { trustForms } = this.props;
    const { directoryMode } = this.servers;
    const declared: Omit<Declared, "brokers"> = {
      fleet: TerraformStack.of(this.owner).node.id,
      directory,
      // Paths in commands start at the directory where the CDK runs, as all others do.
      ...(this.reloads !== undefined && { commands: relativeToStackFolder(this.owner, ".") }),
      ...(directoryMode !== undefined && { directory_mode: directoryMode }),
      authorities: declarations,
      trust: this.props.generations.map(({ generation }) => `${generation}`),
      ...(trustForms.names.length > 0 && { trust_forms: formatForms(trustForms) }),
    };
    // One broker per line, sorted: a diff shows what changes.
    const fields = Object.entries(declared).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
    return `{\n${[...fields, `"brokers": ${toLines(this.servers.declared)}`].join(",\n")}\n}\n`;
  }

  /** @returns the file of trust anchors, if there are several, and its further forms */
  private createGenerations(
    declarations: Expression,
    local: (id: string, expression: Expression) => Expression,
  ): { readonly trust: Trust | undefined; readonly trustForms: ReadonlyMap<string, Expression> } {
    const { directory, path, owner, isAlone } = this;
    const index = local("index", recordsIn(`${directory}/authorities.records`));
    const journal = journalIn(`${directory}/authorities.journal`);
    const records = local("records", hcl`merge(${soundRecords(index, "generations")}, ${journal})`);
    for (const given of this.props.generations) {
      const declared = this.declarations[`${given.generation}`];
      if (declared === undefined) {
        continue;
      }
      const generation = new MachineGeneration({ given, declared, path, directory, isAlone, records, declarations });
      const { certificateFile, keyFile } = generation;
      refuseWhatIsInTheWay(owner, path, keyFile === undefined ? [certificateFile] : [certificateFile, keyFile]);
      this.generations.set(given.generation, generation);
    }
    const { trustForms } = this.props;
    if (trustForms.password !== undefined) {
      ensurePasswordVariable(owner, trustForms.password.variable);
    }
    refuseWhatIsInTheWay(owner, path, trustFiles(trustForms.names, [...this.generations.keys()]));
    const forms = createTrustForms({ directory }, trustForms, index, this.generations, local);
    if (isAlone) {
      return { trust: undefined, trustForms: forms };
    }
    refuseWhatIsInTheWay(owner, path, [TRUST]);
    const trust = createTrust({ path, directory }, index, [...this.generations.values()], local);
    return { trust, trustForms: forms };
  }

  /** A file that exists since the state was made. The trust record covers generations that come later. */
  private get landmark(): string {
    const [first] = [...this.generations].sort(([one], [other]) => one - other);
    return first?.[1].keyFile?.path ?? "owner.json";
  }
}

/** The problems of the backend: HCP Terraform and similar services run plans and applies on temporary machines, and delete the keys with them. */
function flawsOfBackend(construct: Construct): string[] {
  const backends = TerraformStack.of(construct).node.findAll();
  const isRemote = backends.some((child) => child instanceof RemoteBackend || child instanceof CloudBackend);
  return isRemote
    ? [
        'custody "machine" keeps private keys on the machine that applies, and this backend applies on temporary machines: choose custody "state", or a backend that only stores the state',
      ]
    : [];
}

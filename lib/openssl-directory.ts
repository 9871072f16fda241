import { CloudBackend, RemoteBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { invalid, Problems } from "./errors";
import type { IssuedCertificate, Issuer } from "./issuer";
import { importedAuthority, ownAuthority } from "./openssl-authority";
import { type DeclaredServer, declareServer } from "./openssl-declaration";
import { afterwards, createLocal, OpensslGeneration } from "./openssl-generation";
import { OpensslPem } from "./openssl-pem";
import {
  endAfter,
  inHcl,
  isOurs,
  isTrustReplaceable,
  type OpensslFiles,
  planFor,
  recordOf,
  removalOf,
  trustPlanFor,
  trustRecordOf,
} from "./openssl-plan";
import {
  checkPemDirectory,
  checkPemFile,
  claimPemDirectory,
  type PemFile,
  serverCertificateFile,
  serverFolder,
  serverKeyFile,
  TRUST,
} from "./pem-paths";
import { ensurePasswordVariable } from "./secret-variable";
import { ScriptFile, StackFile } from "./stack-file";
import { TerraformData } from "./terraform-data";
import type { AuthoritySpec } from "./values/authority-generation";
import { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";
import { fromStackFolder } from "./working-directory";

/** A generation of the authority of a directory. */
export interface GivenGeneration {
  readonly generation: number;
  readonly spec: AuthoritySpec;
  /** Where its resources go. */
  readonly scope: Construct;
  /** The name that its resource has in plans and state; without one, cdktf derives it. */
  readonly resourceName: string | undefined;
}

/** Where its resources go, and what they are called. */
export interface OpensslDirectoryProps {
  /** The PEM directory, as a user knows it. */
  readonly directory: string;
  /** In the order in which clients get their certificates. */
  readonly generations: readonly GivenGeneration[];
  /** The name of the guard; and, with suffixes, of the remover and of what clients trust. */
  readonly resourceName: string | undefined;
}

/**
 * A PEM directory of custody `machine`: openssl makes keys and certificates on the machine that applies, and a key is in its
 * file alone.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioner, `openssl.sh`, the work. State and plan
 * hold what is declared, and a token for each certificate, which is in its record too. Where the plan has a new token, the
 * certificate is issued: `openssl-plan.ts` has the rules.
 *
 * What follows what: the files of brokers that are declared no longer go; the authority is made; the guard looks at
 * everything; the brokers' certificates are issued.
 */
export class OpensslDirectory {
  private readonly path: string;
  /** The same, from the stack's folder. */
  private readonly directory: string;
  private readonly script: string;
  private readonly localsPrefix: string | undefined;
  private readonly generations = new Map<number, OpensslGeneration>();
  private readonly servers = new Map<string, DeclaredServer>();
  /** The record of each broker's certificate, by its folder: an expression. */
  private readonly records: string;
  /** What becomes of it: likewise. */
  private readonly plans: string;
  /** What a plan shows of each broker: likewise. */
  private readonly shown: string;
  /** What the script is told for each broker: likewise. */
  private readonly orders: string;

  /**
   * @param owner the construct to whom it belongs
   * @throws InvalidInputError where the directory cannot be used, or is another construct's
   */
  constructor(
    private readonly owner: Construct,
    private readonly props: OpensslDirectoryProps,
  ) {
    this.path = checkPemDirectory(props.directory);
    this.directory = fromStackFolder(owner, this.path);
    claimPemDirectory(owner, this.path);
    // Whichever signs.
    const [first] = [...props.generations].sort((one, other) => one.generation - other.generation);
    this.localsPrefix = first?.resourceName;
    owner.node.addValidation({ validate: () => flawsOfBackend(owner) });
    this.script = new ScriptFile(owner, "script", "openssl.sh").path;

    const table = new StackFile(owner, "table", "brokers.json", () => this.toTable());
    // Not known when all is only validated: there, to look at the files would be in vain.
    const declared = this.local("declared", `jsondecode(file("${table.path}\${substr(plantimestamp(), 0, 0)}"))`);
    const authorities = this.createAuthorities(this.createRemover(declared));
    const tables = this.createTables(declared, authorities);
    ({ records: this.records, plans: this.plans, shown: this.shown, orders: this.orders } = tables);
  }

  /** The way to sign with one of its generations. */
  public issuerOf(generation: number): Issuer {
    const { certificateFile, keyFile, resource, notAfter } = this.at(generation);
    return {
      issued: {
        ...this.pems(certificateFile, keyFile, resource.address),
        validity: { notAfterIn: () => notAfter, isDueIn: () => "false" },
      },
      issue: (scope, spec, resourceName) => this.issue(scope, spec, generation, resourceName),
    };
  }

  private at(generation: number): OpensslGeneration {
    const found = this.generations.get(generation);
    if (found === undefined) {
      throw new Error(`${this.owner.node.path} has no generation ${generation}`);
    }
    return found;
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, the address has a certificate already, or something stands
   *   in the way of the files
   */
  private issue(
    scope: Construct,
    spec: ServerCertificateSpec,
    generation: number,
    resourceName?: string,
  ): IssuedCertificate {
    const { address, password, request } = spec;
    const folder = serverFolder(address);
    const pem = serverCertificateFile(address);
    const key = request === undefined ? serverKeyFile(address) : undefined;
    this.refuseWhatIsInTheWay(key === undefined ? [pem] : [pem, key]);
    if (TerraformStack.of(scope) !== TerraformStack.of(this.owner)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack");
    }
    if (this.servers.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once");
    }
    if (password !== undefined) {
      ensurePasswordVariable(this.owner, password.variable);
    }
    this.servers.set(folder, declareServer(spec, generation));
    const certificate = new TerraformData(scope, "certificate", {
      resourceName,
      attributes: {
        triggers_replace: `\${${this.shown}["${folder}"]}`,
      },
      localExec: [this.runs("server", `\${${this.orders}["${folder}"]}`)],
    });
    return {
      ...this.pems(pem, key, certificate.address),
      validity: {
        notAfterIn: () => `${this.records}["${folder}"].not_after`,
        // A plan that issues it has the same token in both.
        isDueIn: () => `${certificate.address}.triggers_replace.token != ${this.plans}["${folder}"].token`,
      },
    };
  }

  private refuseWhatIsInTheWay(files: readonly PemFile[]): void {
    const problems = new Problems();
    for (const file of files) {
      checkPemFile(this.path, file, "", problems);
    }
    problems.throwIfAny(`"${this.owner.node.path}"`);
  }

  private pems(
    certificate: PemFile,
    key: PemFile | undefined,
    madeBy: string,
  ): Pick<IssuedCertificate, "certificatePem" | "privateKeyPem"> {
    const { owner, path } = this;
    return {
      certificatePem: new OpensslPem(owner, path, certificate, madeBy),
      privateKeyPem: key && new OpensslPem(owner, path, key, madeBy),
    };
  }

  /** One broker a line, in whatever order they were declared: what changes is easily seen. */
  private toTable(): string {
    const folders = [...this.servers.keys()].sort();
    const lines = folders.map((folder) => `${JSON.stringify(folder)}: ${JSON.stringify(this.servers.get(folder))}`);
    return `{\n${lines.join(",\n")}\n}\n`;
  }

  /** @returns all that comes before the brokers */
  private createAuthorities(remover: TerraformData): TerraformData[] {
    const { path, props } = this;
    const isAlone = props.generations.length === 1 && props.generations[0]?.generation === 1;
    const trustRecord = isAlone ? undefined : this.local("trust_record", trustRecordOf(this.directory));
    const dependsOn = [remover];
    const runs = this.runs.bind(this);
    for (const { generation, spec, scope, resourceName } of props.generations) {
      const isOwn = spec instanceof CertificateAuthoritySpec;
      const signer = isOwn ? ownAuthority(scope, spec) : importedAuthority(scope, spec);
      const all = { generation, signer, path, trustRecord, resourceName, dependsOn, runs };
      const created = new OpensslGeneration(scope, all);
      const { certificateFile, keyFile } = created;
      this.refuseWhatIsInTheWay(keyFile === undefined ? [certificateFile] : [certificateFile, keyFile]);
      this.generations.set(generation, created);
    }
    const created = [...this.generations.values()];
    const authorities = created.map(({ resource }) => resource);
    return trustRecord === undefined
      ? authorities
      : [...authorities, this.createTrust(created, trustRecord, authorities)];
  }

  /** Writes what clients trust, where that is not one certificate: those of all generations. */
  private createTrust(
    generations: readonly OpensslGeneration[],
    record: string,
    dependsOn: TerraformData[],
  ): TerraformData {
    const { directory, path } = this;
    this.refuseWhatIsInTheWay([TRUST]);
    const certificates = this.local("trust", `join(" ", [${generations.map(({ trusted }) => trusted).join(", ")}])`);
    const token = `\${${trustPlanFor(directory, record, certificates)}}`;
    const records = generations.map((generation) => generation.record);
    return new TerraformData(this.owner, "trust", {
      resourceName: this.props.resourceName && `${this.props.resourceName}_trust`,
      dependsOn,
      lifecycle: {
        precondition: [
          {
            condition: `\${${isTrustReplaceable(directory, record, records)}}`,
            errorMessage: `${path}/ca.pem is there, and was not made for this fleet. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
          },
        ],
      },
      attributes: {
        triggers_replace: { certificates: `\${${certificates}}`, token },
      },
      localExec: [
        this.runs("trust", {
          DIRECTORY: directory,
          TOKEN: "${self.triggers_replace.token}",
          CERTIFICATES: "${self.triggers_replace.certificates}",
          TRUST: generations.map(({ certificateFile }) => certificateFile.path).join(" "),
        }),
      ],
    });
  }

  /** What there is to say of all brokers, and the guard that looks at it before any of them is issued. */
  private createTables(
    declared: string,
    authorities: TerraformData[],
  ): Readonly<Record<"records" | "plans" | "shown" | "orders", string>> {
    const all = `for folder, server in ${declared} : folder`;
    const issuer = `${this.local(
      "issuers",
      this.byGeneration(({ issuer }) => issuer),
    )}[server.generation]`;
    const signing = `${this.local(
      "signing",
      this.byGeneration(({ signing }) => inHcl(inQuotes(signing))),
    )}[server.generation]`;
    const records = this.local("records", `{${all} => ${recordOf(`${this.directory}/\${folder}`, "server")}}`);
    const files: OpensslFiles = {
      folder: `${this.directory}/\${folder}`,
      name: "server",
      certificate: "server.pem",
      record: `${records}[folder]`,
      key: "server.key",
      keyVersion: 'try(server.key_version, "")',
      intent: "server.intent",
      password: 'try(server.password, "")',
      issuer: `${issuer}.certificate`,
      end: endAfter("server.days"),
      renewBefore: "server.renew_before_hours",
    };
    const plans = this.local("plans", `{${all} => ${planFor(files)}}`);
    const guard = this.createGuard(authorities, {
      foreign: this.local("foreign", `[${all} if !${isOurs(files, this.directory)}]`),
      late: this.local(
        "late",
        `[for folder, server in ${declared} : basename(folder) if timecmp(${plans}[folder].not_after, ${issuer}.not_after) > 0]`,
      ),
      early: this.local(
        "early",
        `fileexists("${this.directory}/take-over") ? [] : [for folder, server in ${declared} : basename(folder) if ${records}[folder].state != "none" && ${this.local(
          "new",
          this.byGeneration(({ record, isGuarded }) => (isGuarded ? `${record}.state == "none"` : "false")),
        )}[server.generation]]`,
      ),
    });
    const show = inHcl({
      subject: "server.subject",
      names: "server.names",
      key: files.key,
      days: "server.days",
      token: `${plans}[folder].token`,
    });
    const order = inHcl({
      DIRECTORY: `"${this.directory}${afterwards(guard)}"`,
      FOLDER: "folder",
      TOKEN: `${plans}[folder].token`,
      NOT_AFTER: `${plans}[folder].not_after`,
      INTENT: files.intent,
      ISSUER: files.issuer,
      KEY: files.key,
      KEY_VERSION: files.keyVersion,
      DAYS: "server.days",
      RENEW_BEFORE: `${files.renewBefore} * 3600`,
      SUBJECT: "server.subject",
      EXTENSIONS: "server.extensions",
      PASSWORD: files.password,
      CSR: 'try(server.csr, "")',
    });
    return {
      records,
      plans,
      shown: this.local("shown", `{${all} => ${show}}`),
      orders: this.local("orders", `{${all} => merge(${order}, ${signing})}`),
    };
  }

  /** An object with something of each generation: an expression. */
  private byGeneration(of: (generation: OpensslGeneration) => string): string {
    return `{${[...this.generations].map(([generation, it]) => `"${generation}" = ${of(it)}`).join(", ")}}`;
  }

  /**
   * Stops a plan that would harm: the checks for all brokers in one place, and that for the place itself. Where a state is
   * not at home, an authority would be made anew.
   *
   * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps what it was made with:
   * so it knows when the state is of that one.
   */
  private createGuard(
    authorities: TerraformData[],
    { foreign, late, early }: Readonly<Record<"foreign" | "late" | "early", string>>,
  ): TerraformData {
    const { path, directory } = this;
    // Of one that comes later, the record of what clients trust tells.
    const [first] = [...this.generations].sort(([one], [other]) => one - other);
    const key = first?.[1].keyFile?.path;
    return new TerraformData(this.owner, "guard", {
      resourceName: this.props.resourceName,
      dependsOn: authorities,
      lifecycle: {
        ignoreChanges: ["input", "triggers_replace"],
        precondition: [
          {
            condition: `\${length(${foreign}) == 0}`,
            errorMessage: `In \${join(", ", ${foreign})}, below ${path}, is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, or its record, server.json, is broken, create an empty file ${path}/take-over to take it over.`,
          },
          {
            condition: `\${length(${late}) == 0}`,
            errorMessage: `Certificates would end after their authority's, and be refused from then on: \${join(", ", ${late})}. Give them a shorter duration, or let a later generation of the authority sign them.`,
          },
          {
            condition: `\${length(${early}) == 0}`,
            errorMessage: `A generation of the authority would sign in the deployment that makes it, and clients know it not: for \${join(", ", ${early})}. Deploy it first beside the one that signs now, and give clients ca.pem; then let it sign. If the one that signs now is missed here: declare it, with its generation, or bring its files. To replace it at once, declare the new one with preventDestroy: false.`,
          },
        ],
        postcondition: [
          {
            condition: '${self.input == "machine"}',
            errorMessage: `This state is of custody "state": with custody "machine", its keys and files would be destroyed. Let the engine forget them first (state rm), and create an empty file ${path}/take-over.`,
          },
          ...(key === undefined
            ? []
            : [
                {
                  condition: `\${fileexists("${directory}/././${key}\${substr(self.id, 0, 0)}")}`,
                  errorMessage: `${path}/${key} is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${path} here.`,
                },
              ]),
        ],
      },
      attributes: { input: "machine" },
    });
  }

  /**
   * Removes the files of brokers that are declared no longer. A provisioner for destruction goes with the declaration that
   * it stands in: this one stays, and waits for the end of the fleet.
   */
  private createRemover(declared: string): TerraformData {
    const { directory } = this;
    return new TerraformData(this.owner, "remover", {
      resourceName: this.props.resourceName && `${this.props.resourceName}_removed`,
      // So, a replacement does not run the provisioner for destruction.
      lifecycle: { createBeforeDestroy: true },
      attributes: {
        triggers_replace: { token: `\${${removalOf(directory, `keys(${declared})`)}}` },
      },
      localExec: [
        this.runs("remove", { DIRECTORY: directory, REMOVAL: "${self.triggers_replace.token}" }),
        { ...this.runs("remove", { DIRECTORY: directory, REMOVAL: "all" }), when: "destroy" },
      ],
    });
  }

  /** A provisioner that runs the script. What it is told is in the environment, whatever it holds. */
  private runs(command: string, environment: Readonly<Record<string, string>> | string): object {
    return { command: `sh ${this.script} ${command}`, quiet: true, environment };
  }

  /** @returns its address */
  private local(id: string, expression: string): string {
    return createLocal(this.owner, id, expression, this.localsPrefix);
  }
}

function inQuotes(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.stringify(text)]));
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

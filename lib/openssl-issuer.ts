import { CloudBackend, RemoteBackend, TerraformLocal, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { invalid, Problems } from "./errors";
import type { IssuedCertificate, Issuer } from "./issuer";
import { importedAuthority, type OpensslAuthority, ownAuthority } from "./openssl-authority";
import { type DeclaredServer, declareServer } from "./openssl-declaration";
import { OpensslPem } from "./openssl-pem";
import {
  endAfter,
  inHcl,
  isOurs,
  isReplaceable,
  keepsCertificate,
  NO_KEY,
  type OpensslFiles,
  planFor,
  recordOf,
  removalOf,
} from "./openssl-plan";
import {
  AUTHORITY_CERTIFICATE,
  AUTHORITY_KEY,
  checkPemDirectory,
  checkPemFile,
  claimPemDirectory,
  type PemFile,
  serverCertificateFile,
  serverFolder,
  serverKeyFile,
} from "./pem-paths";
import { ensurePasswordVariable } from "./secret-variable";
import { ScriptFile, StackFile } from "./stack-file";
import { TerraformData } from "./terraform-data";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import { ImportedAuthoritySpec } from "./values/imported-authority-spec";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";
import { fromStackFolder } from "./working-directory";

/** The names that resources have in plans and state; without them, cdktf derives theirs. */
export interface OpensslResourceNames {
  readonly authority: string | undefined;
  /** Of the guard; and, with a suffix, of the remover. */
  readonly directory: string | undefined;
}

/**
 * Custody `machine`: openssl makes keys and certificates on the machine that applies, and a key is in its file alone.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioner, `openssl.sh`, the work. State and plan
 * hold what is declared, and a token for each certificate, which is in its record too. Where the plan has a new token, the
 * certificate is issued: `openssl-plan.ts` has the rules.
 *
 * What follows what: the files of brokers that are declared no longer go; the authority is made; the guard looks at
 * everything; the brokers' certificates are issued.
 */
export class OpensslIssuer implements Issuer {
  public readonly issued: IssuedCertificate;

  private readonly path: string;
  /** The same, from the stack's folder. */
  private readonly directory: string;
  private readonly script: string;
  private readonly signer: OpensslAuthority;
  private readonly servers = new Map<string, DeclaredServer>();
  /** What a plan shows of each broker, by its folder: an expression. */
  private readonly shown: string;
  /** What the script is told for each broker, by its folder: an expression. */
  private readonly orders: string;

  /**
   * @param authority the construct to whom it belongs
   * @throws InvalidInputError where the directory cannot be used, or is another construct's
   */
  constructor(
    private readonly authority: Construct,
    spec: CertificateAuthoritySpec | ImportedAuthoritySpec,
    directory: string,
    private readonly names: OpensslResourceNames,
  ) {
    this.path = checkPemDirectory(directory);
    this.directory = fromStackFolder(authority, this.path);
    claimPemDirectory(authority, this.path);
    const isImported = spec instanceof ImportedAuthoritySpec;
    this.refuseWhatIsInTheWay(isImported ? [AUTHORITY_CERTIFICATE] : [AUTHORITY_CERTIFICATE, AUTHORITY_KEY]);
    this.signer = isImported ? importedAuthority(authority, spec) : ownAuthority(authority, spec);
    authority.node.addValidation({ validate: () => flawsOfBackend(authority) });
    this.script = new ScriptFile(authority, "script", "openssl.sh").path;

    const table = new StackFile(authority, "table", "brokers.json", () => this.toTable());
    // Not known when all is only validated: there, to look at the files would be in vain.
    const declared = this.local("declared", `jsondecode(file("${table.path}\${substr(plantimestamp(), 0, 0)}"))`);
    const { own, issuer } = this.createAuthority(this.createRemover(declared));
    ({ shown: this.shown, orders: this.orders } = this.createTables(declared, own, issuer));
    this.issued = this.pems(AUTHORITY_CERTIFICATE, isImported ? undefined : AUTHORITY_KEY, own.address);
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, the address has a certificate already, or something stands
   *   in the way of the files
   */
  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    const { address, password, request } = spec;
    const folder = serverFolder(address);
    const pem = serverCertificateFile(address);
    const key = request === undefined ? serverKeyFile(address) : undefined;
    this.refuseWhatIsInTheWay(key === undefined ? [pem] : [pem, key]);
    if (TerraformStack.of(scope) !== TerraformStack.of(this.authority)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack");
    }
    if (this.servers.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once");
    }
    if (password !== undefined) {
      ensurePasswordVariable(this.authority, password.variable);
    }
    this.servers.set(folder, declareServer(spec));
    const certificate = new TerraformData(scope, "certificate", {
      resourceName,
      attributes: {
        triggers_replace: `\${${this.shown}["${folder}"]}`,
      },
      localExec: [this.runs("server", `\${${this.orders}["${folder}"]}`)],
    });
    return this.pems(pem, key, certificate.address);
  }

  private refuseWhatIsInTheWay(files: readonly PemFile[]): void {
    const problems = new Problems();
    for (const file of files) {
      checkPemFile(this.path, file, "", problems);
    }
    problems.throwIfAny(`"${this.authority.node.path}"`);
  }

  private pems(certificate: PemFile, key: PemFile | undefined, madeBy: string): IssuedCertificate {
    const { authority, path } = this;
    return {
      certificatePem: new OpensslPem(authority, path, certificate, madeBy),
      privateKeyPem: key && new OpensslPem(authority, path, key, madeBy),
    };
  }

  /** One broker a line, in whatever order they were declared: what changes is easily seen. */
  private toTable(): string {
    const folders = [...this.servers.keys()].sort();
    const lines = folders.map((folder) => `${JSON.stringify(folder)}: ${JSON.stringify(this.servers.get(folder))}`);
    return `{\n${lines.join(",\n")}\n}\n`;
  }

  private createAuthority(remover: TerraformData): { readonly own: TerraformData; readonly issuer: string } {
    const { directory, path, signer } = this;
    const { key, intent, password, end } = signer;
    const record = this.local("record", recordOf(directory, "ca"));
    const files: OpensslFiles = {
      folder: directory,
      name: "ca",
      record,
      key: JSON.stringify(key),
      intent: JSON.stringify(intent),
      password: JSON.stringify(password),
      issuer: '""',
      end,
      // Nothing replaces an authority because it comes to its end: every client would have to know.
      renewBefore: "0",
    };
    const plan = this.local("authority", planFor(files));
    const precondition =
      key === NO_KEY
        ? [
            {
              condition: `\${${isReplaceable(files, files.intent)}}`,
              errorMessage: `${path}/ca.pem is there, and is not the root of the authority that is declared. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
            },
            ...(signer.keyFile === undefined ? [] : [this.isHere(signer.keyFile, plan)]),
          ]
        : [
            {
              condition: `\${${isOurs(files, directory)}}`,
              errorMessage: `${path}/ca.key is not the key that its record, ca.json, tells of, or that record is broken. Put back what was, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
            },
          ];
    const own = new TerraformData(this.authority, "authority", {
      resourceName: this.names.authority,
      // And so before every broker: what is there is looked at before anything is made.
      dependsOn: [remover],
      lifecycle: { precondition },
      attributes: {
        triggers_replace: { ...signer.shown, token: `\${${plan}.token}` },
      },
      localExec: [
        this.runs("authority", {
          DIRECTORY: directory,
          TOKEN: `\${${plan}.token}`,
          NOT_AFTER: `\${${plan}.not_after}`,
          INTENT: intent,
          KEY: key,
          ...signer.orders,
        }),
      ],
    });
    return { own, issuer: this.createIssuer(own, record, plan) };
  }

  /** What there is to say of all brokers, and the guard that looks at it before any of them is issued. */
  private createTables(
    declared: string,
    authority: TerraformData,
    issuer: string,
  ): Readonly<Record<"shown" | "orders", string>> {
    const all = `for folder, server in ${declared} : folder`;
    const records = this.local("records", `{${all} => ${recordOf(`${this.directory}/\${folder}`, "server")}}`);
    const files: OpensslFiles = {
      folder: `${this.directory}/\${folder}`,
      name: "server",
      record: `${records}[folder]`,
      key: "server.key",
      intent: "server.intent",
      password: 'try(server.password, "")',
      issuer: `${issuer}.certificate`,
      end: endAfter("server.days"),
      renewBefore: "server.renew_before_hours",
    };
    const plans = this.local("plans", `{${all} => ${planFor(files)}}`);
    const guard = this.createGuard(authority, {
      foreign: this.local("foreign", `[${all} if !${isOurs(files, this.directory)}]`),
      late: this.local(
        "late",
        `[for folder, server in ${declared} : basename(folder) if timecmp(${plans}[folder].not_after, ${issuer}.not_after) > 0]`,
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
      DIRECTORY: `"${this.directory}${after(guard)}"`,
      FOLDER: "folder",
      TOKEN: `${plans}[folder].token`,
      NOT_AFTER: `${plans}[folder].not_after`,
      INTENT: files.intent,
      ISSUER: files.issuer,
      KEY: files.key,
      DAYS: "server.days",
      RENEW_BEFORE: `${files.renewBefore} * 3600`,
      SUBJECT: "server.subject",
      EXTENSIONS: "server.extensions",
      PASSWORD: files.password,
      CSR: 'try(server.csr, "")',
      ...Object.fromEntries(Object.entries(this.signer.signing).map(([name, text]) => [name, JSON.stringify(text)])),
    });
    return {
      shown: this.local("shown", `{${all} => ${show}}`),
      orders: this.local("orders", `{${all} => ${order}}`),
    };
  }

  /**
   * What certificates depend on: known in the plan, unless the authority gets another certificate.
   *
   * @param record its record, and `plan` what becomes of it: expressions
   * @returns the address of an object with the hash and the end of its certificate
   */
  private createIssuer(authority: TerraformData, record: string, plan: string): string {
    const { issuer } = this.signer;
    if (issuer !== undefined) {
      return this.local(
        "issuer",
        inHcl({ certificate: JSON.stringify(issuer.certificate), not_after: JSON.stringify(issuer.notAfter) }),
      );
    }
    const known = inHcl({ certificate: `${record}.certificate_sha256`, not_after: `${record}.not_after` });
    // The path is spelled in another way than where the plan reads the record, for engines do not let a file that was read
    // in the plan change before it is read again.
    const file = `jsondecode(file("${this.directory}/./ca.json${after(authority)}"))`;
    const made = `[for r in [${file}] : ${inHcl({ certificate: "r.sha256.certificate", not_after: "r.not_after" })}][0]`;
    return this.local("issuer", `${keepsCertificate(`${plan}.token`, `${record}.token`)} ? ${known} : ${made}`);
  }

  /**
   * Stops a plan that would harm: the checks for all brokers in one place, and that for the place itself. Where a state is
   * not at home, an authority would be made anew.
   *
   * It has the name that the claim of a `PemDirectory` has in a fleet with custody `state`, and keeps what it was made with:
   * so it knows when the state is of that one.
   */
  private createGuard(
    authority: TerraformData,
    { foreign, late }: Readonly<Record<"foreign" | "late", string>>,
  ): TerraformData {
    const { path, directory, signer } = this;
    return new TerraformData(this.authority, "guard", {
      resourceName: this.names.directory,
      dependsOn: [authority],
      lifecycle: {
        ignoreChanges: ["input", "triggers_replace"],
        precondition: [
          {
            condition: `\${length(${foreign}) == 0}`,
            errorMessage: `In \${join(", ", ${foreign})}, below ${path}, is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, or its record, server.json, is broken, create an empty file ${path}/take-over to take it over.`,
          },
          {
            condition: `\${length(${late}) == 0}`,
            errorMessage: `Certificates would end after their authority's, and be refused from then on: \${join(", ", ${late})}. Give them a shorter duration, or their authority a longer one.`,
          },
        ],
        postcondition: [
          {
            condition: '${self.input == "machine"}',
            errorMessage: `This state is of custody "state": with custody "machine", its keys and files would be destroyed. Let the engine forget them first (state rm), and create an empty file ${path}/take-over.`,
          },
          ...(signer.key === NO_KEY
            ? []
            : [
                {
                  condition: `\${fileexists("${directory}/././ca.key\${substr(self.id, 0, 0)}")}`,
                  errorMessage: `${path}/ca.key is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${path} here.`,
                },
              ]),
        ],
      },
      attributes: { input: "machine" },
    });
  }

  /** A condition for the key of an authority that was made elsewhere. Engines want an object in it: any, as `plan` is. */
  private isHere(keyFile: string, plan: string): { readonly condition: string; readonly errorMessage: string } {
    return {
      condition: `\${fileexists("${fromStackFolder(this.authority, keyFile)}\${substr(${plan}.token, 0, 0)}")}`,
      errorMessage: `${keyFile} is not on this machine. Deploy where it is, or bring it here.`,
    };
  }

  /**
   * Removes the files of brokers that are declared no longer. A provisioner for destruction goes with the declaration that
   * it stands in: this one stays, and waits for the end of the fleet.
   */
  private createRemover(declared: string): TerraformData {
    const { directory } = this;
    return new TerraformData(this.authority, "remover", {
      resourceName: this.names.directory && `${this.names.directory}_removed`,
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
    const local = new TerraformLocal(this.authority, `local ${id}`, `\${${expression}}`);
    if (this.names.authority !== undefined) {
      local.overrideLogicalId(`${this.names.authority}_${id}`);
    }
    return `local.${local.friendlyUniqueId}`;
  }
}

/** Nothing, in the middle of a text, that is not known before the resource is made. */
function after({ address }: TerraformData): string {
  return `\${substr(${address}.id, 0, 0)}`;
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

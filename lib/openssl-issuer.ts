import { createHash } from "node:crypto";
import { join } from "node:path";
import {
  AssetType,
  CloudBackend,
  Lazy,
  RemoteBackend,
  TerraformAsset,
  TerraformLocal,
  TerraformResource,
  TerraformStack,
} from "cdktf";
import type { Construct } from "constructs";
import { invalid, Problems } from "./errors";
import type { IssuedCertificate, Issuer } from "./issuer";
import { OpensslPem } from "./openssl-pem";
import { endOf, isOurs, type OpensslFiles, removalOf, tokenFor } from "./openssl-plan";
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
import { nameResource } from "./resource-name";
import type { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import type { DistinguishedName, DistinguishedNameProps } from "./values/distinguished-name";
import { KeyAlgorithm } from "./values/key-algorithm";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";
import { fromStackFolder } from "./working-directory";

/** What openssl is to issue, in its own terms. */
interface Declared {
  /** Below the PEM directory. */
  readonly folder: string;
  readonly subject: Readonly<Record<string, string>>;
  readonly days: number;
  readonly key: string;
  /** Lines of openssl.cnf. */
  readonly extensions: readonly string[];
}

/** What the table of all brokers has of one, whose folder is the key. */
interface Server {
  readonly key: string;
  readonly intent: string;
  readonly days: number;
  readonly renew_before_hours: number;
}

/** In the order of Terraform's tls provider. */
const ATTRIBUTE_TYPES: Readonly<Record<keyof DistinguishedNameProps, string>> = {
  country: "countryName",
  province: "stateOrProvinceName",
  locality: "localityName",
  organization: "organizationName",
  organizationalUnit: "organizationalUnitName",
  commonName: "commonName",
  emailAddress: "emailAddress",
};

/**
 * Custody `machine`: openssl makes keys and certificates on the machine that applies, and a key is in its file alone.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioner, `openssl.sh`, the work. State and plan
 * hold what is declared, and a token for each certificate, which is in its record too. Where the plan has a new token, the
 * certificate is issued: `openssl-plan.ts` has the rules.
 */
export class OpensslIssuer implements Issuer {
  public readonly issued: IssuedCertificate;

  private readonly path: string;
  /** The same, from the stack's folder. */
  private readonly directory: string;
  private readonly script: string;
  /** The authority's record: an expression. */
  private readonly record: string;
  /** The tokens of all brokers, by their folders: an expression. */
  private readonly tokens: string;
  private readonly servers = new Map<string, Server>();

  /**
   * @param authority the construct to whom it belongs
   * @throws InvalidInputError where the directory cannot be used, or is another construct's
   */
  constructor(
    private readonly authority: Construct,
    private readonly spec: CertificateAuthoritySpec,
    directory: string,
    private readonly resourceName: string | undefined,
  ) {
    this.path = checkPemDirectory(directory);
    this.directory = fromStackFolder(authority, this.path);
    claimPemDirectory(authority, this.path);
    this.refuseWhatIsInTheWay([AUTHORITY_CERTIFICATE, AUTHORITY_KEY]);
    authority.node.addValidation({ validate: () => flawsOfBackend(authority) });
    const script = { path: join(__dirname, "openssl.sh"), type: AssetType.FILE };
    this.script = new TerraformAsset(authority, "openssl", script).path;

    const servers = this.local("servers", Lazy.anyValue({ produce: () => this.sortedServers() }));
    const own = this.createAuthority(this.createRemover(servers));
    // Not known before the authority is made. The path is spelled in another way than where the authority's own plan
    // reads the record, for engines do not let a file that was read in the plan change before it is read again.
    this.record = this.local(
      "record",
      `\${jsondecode(file("${this.directory}/./ca.json\${substr(${own}.id, 0, 0)}"))}`,
    );
    this.tokens = this.local(
      "tokens",
      `\${{for folder, server in ${servers} : folder => ${tokenFor(this.serverFiles())}}}`,
    );
    this.createGuard(own, servers);
    this.issued = this.pems([AUTHORITY_CERTIFICATE, AUTHORITY_KEY], own);
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, the address has a certificate already, or something stands
   *   in the way of the files
   */
  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    const { address } = spec;
    const files = [serverCertificateFile(address), serverKeyFile(address)] as const;
    this.refuseWhatIsInTheWay(files);
    if (TerraformStack.of(scope) !== TerraformStack.of(this.authority)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack");
    }
    if (this.servers.has(serverFolder(address))) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once");
    }
    return this.pems(files, this.createServer(scope, spec, resourceName));
  }

  private refuseWhatIsInTheWay(files: readonly PemFile[]): void {
    const problems = new Problems();
    for (const file of files) {
      checkPemFile(this.path, file, "", problems);
    }
    problems.throwIfAny(`"${this.authority.node.path}"`);
  }

  private pems([certificate, key]: readonly [PemFile, PemFile], madeBy: string): IssuedCertificate {
    const { authority, path } = this;
    return {
      certificatePem: new OpensslPem(authority, path, certificate, madeBy),
      privateKeyPem: new OpensslPem(authority, path, key, madeBy),
    };
  }

  /** @returns its address */
  private createAuthority(remover: string): string {
    const { spec, directory, path } = this;
    const declared: Declared = {
      folder: ".",
      subject: subjectOf(spec.subject),
      days: spec.durationHours / 24,
      key: KeyAlgorithm.nameOf(spec.keyParameters),
      extensions: authorityExtensions(spec),
    };
    const files: OpensslFiles = {
      folder: directory,
      name: "ca",
      key: JSON.stringify(declared.key),
      intent: JSON.stringify(hashOf(declared)),
      issuer: '""',
      // Nothing replaces an authority because it comes to its end: every client would have to know.
      renewBefore: "0",
    };
    return this.data(this.authority, "authority", this.resourceName, {
      triggers_replace: { ...declared, token: `\${${tokenFor(files)}}` },
      // And so before every broker: what is there is looked at before anything is made.
      depends_on: [remover],
      lifecycle: {
        precondition: [
          {
            // An engine wants a condition to look at more than files.
            condition: `\${${remover}.id != "" && ${isOurs(files, directory)}}`,
            error_message: `${path}/ca.key is not the key that its record, ca.json, tells of. Put that one back, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
          },
        ],
      },
      provisioner: [this.issues("authority", declared, '""', 0)],
    });
  }

  /**
   * Stops a plan that would harm: the checks for all brokers in one place, and that for the place itself. Where a state is
   * not at home, an authority would be made anew.
   */
  private createGuard(authority: string, servers: string): void {
    const { path, directory, record, tokens } = this;
    const files = this.serverFiles();
    const foreign = `[for folder, server in ${servers} : folder if !(${isOurs(files, directory)})]`;
    const end = endOf(`${tokens}[folder]`, "server.days");
    const late = `[for folder, server in ${servers} : basename(folder) if timecmp(${end}, ${record}.not_after) > 0]`;
    this.data(this.authority, "guard", this.resourceName && "machine", {
      depends_on: [authority],
      lifecycle: {
        precondition: [
          {
            condition: `\${length(${foreign}) == 0}`,
            error_message: `In \${join(", ", ${foreign})}, below ${path}, is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, create an empty file ${path}/take-over to take it over.`,
          },
          {
            condition: `\${length(${late}) == 0}`,
            error_message: `Certificates would end after their authority's, and be refused from then on: \${join(", ", ${late})}. Give them a shorter duration, or their authority a longer one.`,
          },
        ],
        postcondition: [
          {
            condition: `\${fileexists("${directory}/././ca.key\${substr(self.id, 0, 0)}")}`,
            error_message: `${path}/ca.key is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${path} here.`,
          },
        ],
      },
    });
  }

  /**
   * Removes the files of brokers that are declared no longer. A provisioner for destruction goes with the declaration that
   * it stands in: this one stays, and waits for the end of the fleet.
   */
  private createRemover(servers: string): string {
    const { directory } = this;
    return this.data(this.authority, "remover", this.resourceName && "files", {
      triggers_replace: { removal: `\${${removalOf(directory, `keys(${servers})`)}}` },
      // So, a replacement does not run the provisioner for destruction.
      lifecycle: { create_before_destroy: true },
      provisioner: [
        this.runs("remove", { DIRECTORY: directory, REMOVAL: "${self.triggers_replace.removal}" }),
        this.runs("remove", { DIRECTORY: directory, REMOVAL: "all" }, "destroy"),
      ],
    });
  }

  /** @returns its address */
  private createServer(scope: Construct, spec: ServerCertificateSpec, resourceName: string | undefined): string {
    const declared: Declared = {
      folder: serverFolder(spec.address),
      subject: subjectOf(spec.subject),
      days: spec.durationHours / 24,
      key: KeyAlgorithm.nameOf(spec.keyParameters),
      extensions: serverExtensions(spec),
    };
    this.servers.set(declared.folder, {
      key: declared.key,
      intent: hashOf(declared),
      days: declared.days,
      renew_before_hours: spec.renewBeforeHours,
    });
    const issuer = `${this.record}.sha256.certificate`;
    return this.data(scope, "certificate", resourceName, {
      triggers_replace: {
        ...declared,
        issuer: `\${${issuer}}`,
        token: `\${${this.tokens}["${declared.folder}"]}`,
      },
      provisioner: [this.issues("server", declared, issuer, spec.renewBeforeHours)],
    });
  }

  /** A broker's files, in the terms of a loop over the table of brokers. */
  private serverFiles(): OpensslFiles {
    return {
      folder: `${this.directory}/\${folder}`,
      name: "server",
      key: "server.key",
      intent: "server.intent",
      issuer: `${this.record}.sha256.certificate`,
      renewBefore: "server.renew_before_hours",
    };
  }

  /** In whatever order they were declared. */
  private sortedServers(): Record<string, Server> {
    return Object.fromEntries([...this.servers].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** A provisioner that issues. */
  private issues(command: string, declared: Declared, issuer: string, renewBeforeHours: number): object {
    const attributes = Object.entries(declared.subject).map(([type, text]) => [`DN_${type}`, text] as const);
    const token = "self.triggers_replace.token";
    return this.runs(command, {
      DIRECTORY: this.directory,
      FOLDER: declared.folder,
      TOKEN: `\${${token}}`,
      INTENT: hashOf(declared),
      ISSUER: `\${${issuer}}`,
      KEY: declared.key,
      DAYS: `${declared.days}`,
      NOT_AFTER: `\${${endOf(token, `${declared.days}`)}}`,
      RENEW_BEFORE: `${renewBeforeHours * 3600}`,
      // As Terraform's tls provider chooses it for the authority's key.
      DIGEST: this.spec.keyParameters.ecdsaCurve === "P384" ? "-sha384" : "-sha256",
      EXTENSIONS: declared.extensions.join("\n"),
      ...Object.fromEntries(attributes),
    });
  }

  /** A provisioner that runs the script. What it is told is in the environment, whatever it holds. */
  private runs(command: string, environment: Readonly<Record<string, string>>, when?: "destroy"): object {
    return {
      "local-exec": { command: `sh ${this.script} ${command}`, quiet: true, environment, ...(when && { when }) },
    };
  }

  /**
   * Creates a `terraform_data`, and returns its address. (cdktf's DataResource runs the engine at synth, to ask for its
   * version.)
   */
  private data(scope: Construct, id: string, name: string | undefined, config: object): string {
    const resource = new TerraformResource(scope, id, { terraformResourceType: "terraform_data" });
    for (const [key, value] of Object.entries(config)) {
      resource.addOverride(key, value);
    }
    return `terraform_data.${nameResource(resource, name).friendlyUniqueId}`;
  }

  private local(id: string, value: unknown): string {
    return `local.${new TerraformLocal(this.authority, `local ${id}`, value).friendlyUniqueId}`;
  }
}

function subjectOf({ attributes }: DistinguishedName): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, text]) => [ATTRIBUTE_TYPES[name as never], text]));
}

function authorityExtensions({ pathLength, permittedDomains }: CertificateAuthoritySpec): string[] {
  return [
    "keyUsage = critical, keyCertSign, cRLSign",
    `basicConstraints = critical, CA:TRUE${pathLength === undefined ? "" : `, pathlen:${pathLength}`}`,
    "subjectKeyIdentifier = hash",
    ...(permittedDomains === undefined
      ? []
      : [`nameConstraints = critical, ${permittedDomains.map((domain) => `permitted;DNS:${domain}`).join(", ")}`]),
  ];
}

function serverExtensions({ keyParameters, dnsNames, ipAddresses, subject }: ServerCertificateSpec): string[] {
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
  return [
    // Key encipherment is RSA's alone: a signature algorithm encrypts nothing (RFC 5480, section 3; RFC 8410, section 5).
    `keyUsage = critical, digitalSignature${keyParameters.algorithm === "RSA" ? ", keyEncipherment" : ""}`,
    "extendedKeyUsage = serverAuth",
    "basicConstraints = critical, CA:FALSE",
    "subjectKeyIdentifier = hash",
    "authorityKeyIdentifier = keyid",
    // Critical where there is no other name (RFC 5280, section 4.2.1.6).
    `subjectAltName = ${subject.isEmpty ? "critical, " : ""}${names.join(", ")}`,
  ];
}

/** What a certificate is to say, hashed. A change of this re-issues every certificate of every user. */
function hashOf({ subject, days, key, extensions }: Declared): string {
  return createHash("sha256")
    .update(JSON.stringify([subject, days, key, extensions]))
    .digest("hex");
}

/** HCP Terraform and its like run each plan and apply on a machine that is thrown away, with the keys on it. */
function flawsOfBackend(construct: Construct): string[] {
  const backends = TerraformStack.of(construct).node.children;
  const isRemote = backends.some((child) => child instanceof RemoteBackend || child instanceof CloudBackend);
  return isRemote
    ? [
        'custody "machine" keeps private keys on the machine that applies, and this backend applies on machines that are thrown away: choose custody "state", or a backend that holds the state alone',
      ]
    : [];
}

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
  /** The record of the authority: an expression. */
  private readonly record: string;
  /** What removes the files of brokers that are declared no longer. */
  private readonly remover: string;
  private readonly folders = new Set<string>();

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

    const own = this.createAuthority();
    this.createGuard(own);
    this.remover = this.createRemover();
    // Not known before the authority is made. The path is spelled in another way than where the authority's own plan
    // reads the record, for engines do not let a file that was read in the plan change before it is read again.
    this.record = this.local(
      "record",
      `\${jsondecode(file("${this.directory}/./ca.json\${substr(${own}.id, 0, 0)}"))}`,
    );
    this.issued = this.pems([AUTHORITY_CERTIFICATE, AUTHORITY_KEY], own);
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, the address has a certificate already, or something stands
   *   in the way of the files
   */
  public issue(scope: Construct, spec: ServerCertificateSpec, resourceName?: string): IssuedCertificate {
    const { address } = spec;
    const folder = serverFolder(address);
    const files = [serverCertificateFile(address), serverKeyFile(address)] as const;
    this.refuseWhatIsInTheWay(files);
    if (TerraformStack.of(scope) !== TerraformStack.of(this.authority)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack");
    }
    if (this.folders.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once");
    }
    this.folders.add(folder);
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
  private createAuthority(): string {
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
      key: declared.key,
      intent: hashOf(declared),
      issuer: '""',
      // Nothing replaces an authority because it comes to its end: every client would have to know.
      renewBeforeHours: 0,
    };
    return this.data(this.authority, "authority", this.resourceName, {
      triggers_replace: { ...declared, token: `\${${tokenFor(files)}}` },
      lifecycle: {
        precondition: [
          {
            condition: condition(isOurs(files, directory)),
            error_message: `${path}/ca.key is not the key that its record, ca.json, tells of. Put that one back, from a backup. If it is another fleet's or another custody's, move it away; or, to take it over, create an empty file ${path}/take-over.`,
          },
        ],
      },
      provisioner: [this.issues("authority", declared, files)],
    });
  }

  /** Fails the plan where this state is not at home: there, an authority would be made anew. */
  private createGuard(authority: string): void {
    this.data(this.authority, "guard", this.resourceName && "machine", {
      depends_on: [authority],
      lifecycle: {
        postcondition: [
          {
            condition: `\${fileexists("${this.directory}/././ca.key\${substr(self.id, 0, 0)}")}`,
            error_message: `${this.path}/ca.key is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${this.path} here.`,
          },
        ],
      },
    });
  }

  /** A provisioner for destruction goes with the declaration that it stands in: here is one that stays. */
  private createRemover(): string {
    const folders = this.local("folders", Lazy.listValue({ produce: () => [...this.folders].sort() }));
    return this.data(this.authority, "remover", this.resourceName && "files", {
      triggers_replace: { removal: `\${${removalOf(this.directory, folders)}}` },
      provisioner: [
        this.runs("remove", {
          DIRECTORY: this.directory,
          REMOVAL: "${self.triggers_replace.removal}",
        }),
      ],
    });
  }

  /** @returns its address */
  private createServer(scope: Construct, spec: ServerCertificateSpec, resourceName: string | undefined): string {
    const { directory, path, record } = this;
    const declared: Declared = {
      folder: serverFolder(spec.address),
      subject: subjectOf(spec.subject),
      days: spec.durationHours / 24,
      key: KeyAlgorithm.nameOf(spec.keyParameters),
      extensions: serverExtensions(spec),
    };
    const files: OpensslFiles = {
      folder: `${directory}/${declared.folder}`,
      name: "server",
      key: declared.key,
      intent: hashOf(declared),
      issuer: `${record}.sha256.certificate`,
      renewBeforeHours: spec.renewBeforeHours,
    };
    return this.data(scope, "certificate", resourceName, {
      triggers_replace: { ...declared, issuer: `\${${files.issuer}}`, token: `\${${tokenFor(files)}}` },
      // Before the first new folder is there.
      depends_on: [this.remover],
      lifecycle: {
        // So, what is replaced does not run the provisioner for destruction.
        create_before_destroy: true,
        precondition: [
          {
            condition: condition(isOurs(files, directory)),
            error_message: `In ${path}/${declared.folder} is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, create an empty file ${path}/take-over to take it over.`,
          },
        ],
        postcondition: [
          {
            condition: `\${timecmp(${endOf("self.triggers_replace.token", declared.days)}, ${record}.not_after) <= 0}`,
            error_message: `The certificate of ${spec.address.text} ends after its authority's, and would be refused from then on. Give it a shorter duration, or its authority a longer one.`,
          },
        ],
      },
      provisioner: [
        this.issues("server", declared, files),
        this.runs("remove", { DIRECTORY: directory, REMOVAL: `removes ${declared.folder}` }, "destroy"),
      ],
    });
  }

  /** A provisioner that issues. */
  private issues(command: string, { folder, subject, days, extensions }: Declared, files: OpensslFiles): object {
    const attributes = Object.entries(subject).map(([type, text]) => [`DN_${type}`, text] as const);
    return this.runs(command, {
      DIRECTORY: this.directory,
      FOLDER: folder,
      TOKEN: "${self.triggers_replace.token}",
      INTENT: files.intent,
      ISSUER: `\${${files.issuer}}`,
      KEY: files.key,
      DAYS: `${days}`,
      NOT_AFTER: `\${${endOf("self.triggers_replace.token", days)}}`,
      RENEW_BEFORE: `${files.renewBeforeHours * 3600}`,
      // As Terraform's tls provider chooses it for the authority's key.
      DIGEST: this.spec.keyParameters.ecdsaCurve === "P384" ? "-sha384" : "-sha256",
      EXTENSIONS: extensions.join("\n"),
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

/** Engines want a condition to look beyond itself, and do not count files. */
function condition(expression: string): string {
  return `\${path.module != "" && ${expression}}`;
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

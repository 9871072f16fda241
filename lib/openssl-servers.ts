import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { invalid } from "./errors";
import type { IssuedCertificate } from "./issuer";
import { type DeclaredServer, declareServer } from "./openssl-declaration";
import { afterwards } from "./openssl-generation";
import { type Condition, createLocal, type OpensslSigner } from "./openssl-generation-files";
import { OpensslGuard } from "./openssl-guard";
import { OpensslPem } from "./openssl-pem";
import { endAfter, inHcl, isOurs, type OpensslFiles, planFor, recordOf } from "./openssl-plan";
import type { OpensslScript } from "./openssl-script";
import { type PemFile, refuseWhatIsInTheWay, serverCertificateFile, serverFolder, serverKeyFile } from "./pem-paths";
import { ensurePasswordVariable } from "./secret-variable";
import { TerraformData } from "./terraform-data";
import type { ServerCertificateSpec } from "./values/server-certificate-spec";
import { fromStackFolder } from "./working-directory";

export interface OpensslServersProps {
  /** The PEM directory, as a user knows it. */
  readonly path: string;
  readonly script: OpensslScript;
  /** An expression for the table of `servers`. */
  readonly declared: string;
  /** What is issued in the stack, by folder. */
  readonly servers: Map<string, DeclaredServer>;
  readonly localsPrefix: string | undefined;
  /** The name of the guard. */
  readonly resourceName: string | undefined;
  /** Those that sign. */
  readonly generations: ReadonlyMap<number, OpensslSigner>;
  /** What comes before the guard, and so before every broker. */
  readonly dependsOn: TerraformData[];
  /** What else the guard is to look at, where `records` has the record of each broker. */
  readonly preconditions: (records: string) => readonly Condition[];
  readonly postconditions?: readonly Condition[];
}

/** The brokers of one stack in a PEM directory of custody `machine`. */
export class OpensslServers {
  /** The PEM directory, from the stack's folder. */
  private readonly directory: string;
  /** The record of each broker's certificate, by its folder: an expression. */
  private readonly records: string;
  /** What becomes of it: likewise. */
  private readonly plans: string;
  /** What a plan shows of each broker: likewise. */
  private readonly shown: string;
  /** What the script is told for each broker: likewise. */
  private readonly orders: string;

  /** @param owner the construct to whom they belong */
  constructor(
    private readonly owner: Construct,
    private readonly props: OpensslServersProps,
  ) {
    this.directory = fromStackFolder(owner, props.path);
    const tables = this.createTables();
    ({ records: this.records, plans: this.plans, shown: this.shown, orders: this.orders } = tables);
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, the address has a certificate already, or something stands
   *   in the way of the files
   */
  public issue(
    scope: Construct,
    spec: ServerCertificateSpec,
    generation: number,
    resourceName?: string,
  ): IssuedCertificate {
    const { path, servers, script } = this.props;
    const { address, password, request } = spec;
    const folder = serverFolder(address);
    const pem = serverCertificateFile(address);
    const key = request === undefined ? serverKeyFile(address) : undefined;
    refuseWhatIsInTheWay(this.owner, path, key === undefined ? [pem] : [pem, key]);
    if (TerraformStack.of(scope) !== TerraformStack.of(this.owner)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack");
    }
    if (servers.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once");
    }
    if (password !== undefined) {
      ensurePasswordVariable(this.owner, password.variable);
    }
    servers.set(folder, declareServer(spec, generation));
    const certificate = new TerraformData(scope, "certificate", {
      resourceName,
      attributes: {
        triggers_replace: `\${${this.shown}["${folder}"]}`,
      },
      localExec: [script.runs("server", `\${${this.orders}["${folder}"]}`)],
    });
    const pemOf = (file: PemFile): OpensslPem => new OpensslPem(this.owner, path, file, certificate.address);
    return {
      certificatePem: pemOf(pem),
      privateKeyPem: key && pemOf(key),
      validity: {
        notAfterIn: () => `${this.records}["${folder}"].not_after`,
        // A plan that issues it has the same token in both.
        isDueIn: () => `${certificate.address}.triggers_replace.token != ${this.plans}["${folder}"].token`,
      },
    };
  }

  /** What there is to say of all brokers, and the guard that looks at it before any of them is issued. */
  private createTables(): Readonly<Record<"records" | "plans" | "shown" | "orders", string>> {
    const { declared, resourceName, path, dependsOn, preconditions, postconditions } = this.props;
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
    const foreign = this.local("foreign", `[${all} if !${isOurs(files, this.directory)}]`);
    const late = this.local(
      "late",
      `[for folder, server in ${declared} : basename(folder) if timecmp(${plans}[folder].not_after, ${issuer}.not_after) > 0]`,
    );
    const guard = new OpensslGuard(this.owner, "guard", {
      path,
      resourceName,
      dependsOn,
      preconditions: [
        {
          condition: `\${length(${foreign}) == 0}`,
          errorMessage: `In \${join(", ", ${foreign})}, below ${path}, is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, or its record, server.json, is broken, create an empty file ${path}/take-over to take it over.`,
        },
        {
          condition: `\${length(${late}) == 0}`,
          errorMessage: `Certificates would end after their authority's, and be refused from then on: \${join(", ", ${late})}. Give them a shorter duration, or let a later generation of the authority sign them.`,
        },
        ...preconditions(records),
      ],
      ...(postconditions !== undefined && { postconditions }),
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
  private byGeneration(of: (generation: OpensslSigner) => string): string {
    return objectOf(this.props.generations, of);
  }

  /** @returns its address */
  private local(id: string, expression: string): string {
    return createLocal(this.owner, id, expression, this.props.localsPrefix);
  }
}

/** An object with something of each generation, by its number: an expression. */
export function objectOf<T>(generations: ReadonlyMap<number, T>, of: (generation: T) => string): string {
  return `{${[...generations].map(([generation, it]) => `"${generation}" = ${of(it)}`).join(", ")}}`;
}

function inQuotes(texts: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, JSON.stringify(text)]));
}

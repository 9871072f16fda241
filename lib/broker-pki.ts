import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { CertificateAuthority, type ICertificateAuthority } from "./certificate-authority";
import { refuseUnresolved } from "./check-props";
import { Problems } from "./errors";
import { FleetStack } from "./fleet-stack";
import { ImportedAuthority } from "./imported-authority";
import { PemDirectory } from "./pem-directory";
import { PemOutputs } from "./pem-outputs";
import {
  AUTHORITY_CERTIFICATE,
  AUTHORITY_KEY,
  checkPemDirectory,
  checkPemFile,
  serverCertificateFile,
  serverKeyFile,
} from "./pem-paths";
import { ServerCertificate } from "./server-certificate";
import { checkStateEncryption, encryptState } from "./state-encryption";
import { type Custody, CUSTODY_CONTEXT } from "./values/custody";
import { authorityOf, checkFleet, type FleetBroker, type FleetSpecProps, isImported } from "./values/fleet-spec";
import { hasRequest, ServerCertificateSpec } from "./values/server-certificate-spec";

export interface BrokerPkiProps extends FleetSpecProps {
  /**
   * Whether the PEMs are written as files, on the machine that applies.
   * @default true
   */
  readonly files?: boolean;
  /**
   * Where the files go: relative to the directory where cdktf is run, or absolute.
   * @default "pki"
   */
  readonly directory?: string;
  /**
   * Whether the PEMs are outputs of the stack: `ca_pem`, `server_certificates`, and as sensitive ones `server_keys`
   * and `ca_key`.
   * @default false
   */
  readonly outputs?: boolean;
  /**
   * Whether the authority's key comes out, as `ca.key` and as the output `ca_key`. With custody "state", the state holds it
   * in any case; with custody "machine" it is nowhere else. The key of an authority that was made elsewhere stays there.
   * @default true
   */
  readonly exportAuthorityKey?: boolean;
  /**
   * The name of the Terraform variable that has the passphrase, of at least 16 characters, with which OpenTofu encrypts state
   * and saved plans (AES-GCM, PBKDF2): give it in the environment, as TF_VAR_<name>. Terraform cannot do that, and is refused.
   * @default - state and plans are not encrypted by the engine
   */
  readonly statePassphraseVariable?: string;
}

const PROPERTIES = [
  "authority",
  "brokers",
  "custody",
  ...ServerCertificateSpec.OPTIONS,
  "files",
  "directory",
  "outputs",
  "exportAuthorityKey",
  "statePassphraseVariable",
];

/**
 * The TLS of a fleet of MQTT brokers: one certificate authority, and a key and a server certificate for each broker.
 *
 * It makes a stack with its own id. A backend can be added to that, as to any stack; without one, the state is
 * `terraform.<id>.tfstate` in the directory where cdktf is run.
 */
export class BrokerPki extends Construct {
  public readonly stack: TerraformStack;
  public readonly authority: ICertificateAuthority;
  /** In the order of their addresses. */
  public readonly servers: readonly ServerCertificate[];

  /**
   * @param scope the app, or what stands for it: the fleet's stack cannot be inside of another
   * @throws InvalidInputError with every problem of the fleet, each with its path in the props
   */
  constructor(scope: Construct, id: string, given: BrokerPkiProps) {
    super(scope, id);
    const props = withCustody(this, given);
    const brokers = check(this, props);

    const stack = new FleetStack(this, id);
    this.stack = stack;
    const isOnMachine = props.custody === "machine";
    const authorityProps = authorityOf(props);
    const place = {
      resourceName: "authority",
      ...(isOnMachine && { directory: props.directory ?? "pki", directoryResourceName: "files" }),
    };
    this.authority = isImported(authorityProps)
      ? new ImportedAuthority(stack, "authority", { ...authorityProps, ...place })
      : new CertificateAuthority(stack, "authority", { ...authorityProps, ...place });
    const parent = new Construct(this.stack, "brokers");
    this.servers = brokers.map(
      (broker) =>
        new ServerCertificate(parent, broker.address.text, {
          ...broker.props,
          authority: this.authority,
          resourceName: `broker_${broker.address.resourceName}`,
        }),
    );
    stack.addSelfContained(this.authority);
    stack.addSelfContained(parent);
    if (!isOnMachine && (props.files ?? true)) {
      stack.addSelfContained(this.addFiles(props));
    }
    if (props.outputs ?? false) {
      const authorityKey = props.exportAuthorityKey ?? true;
      new PemOutputs(this.stack, "outputs", { authority: this.authority, servers: this.servers, authorityKey });
    }
    if (props.statePassphraseVariable !== undefined) {
      encryptState(stack, props.statePassphraseVariable);
    }
  }

  private addFiles(props: BrokerPkiProps): PemDirectory {
    const directory = new PemDirectory(this.stack, "files", {
      ...(props.directory !== undefined && { path: props.directory }),
      resourceName: "files",
    });
    directory.addAuthority(this.authority, { key: props.exportAuthorityKey ?? true, resourceName: "authority" });
    for (const server of this.servers) {
      directory.addServer(server);
    }
    return directory;
  }
}

/** What is declared goes before what the app's context has. */
function withCustody(fleet: BrokerPki, props: BrokerPkiProps): BrokerPkiProps {
  const ofApp = fleet.node.tryGetContext(CUSTODY_CONTEXT) as Custody | undefined;
  return props.custody === undefined && ofApp !== undefined ? { ...props, custody: ofApp } : props;
}

function check(fleet: BrokerPki, props: BrokerPkiProps): FleetBroker[] {
  const problems = new Problems();
  const outer = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (outer !== undefined) {
    // cdktf would synthesize the fleet's resources into both.
    problems.add("scope", outer.node.path, "is in a stack, and a fleet makes one of its own", "pass the app");
  }
  refuseUnresolved("", props, problems);
  problems.refuseUnknown("", props, PROPERTIES);
  const brokers = checkFleet(props, problems);
  if (props.custody === "machine") {
    refuseWhatNeedsTheState(props, problems);
  }
  refuseWhatNeedsFiles(props, brokers, problems);
  if (props.statePassphraseVariable !== undefined) {
    checkStateEncryption(props.statePassphraseVariable, problems);
  }
  if (props.files ?? true) {
    checkFiles(props, brokers, problems);
  } else if (!(props.outputs ?? false) && props.custody !== "machine") {
    problems.add("files", false, "leaves the fleet without files and without outputs", "switch one of the two on");
  }
  problems.throwIfAny(`the fleet "${fleet.node.path}"`, BrokerPki);
  return brokers;
}

/** With custody "machine", a key is in its file and nowhere else. */
function refuseWhatNeedsTheState(props: BrokerPkiProps, problems: Problems): void {
  const fix = 'leave it out, or choose custody "state"';
  if (props.files === false) {
    problems.add("files", false, 'leaves the keys no place: with custody "machine" they are in their files alone', fix);
  }
  if (props.outputs === true) {
    problems.add("outputs", true, 'would put private keys into the state, where custody "machine" has none', fix);
  }
  if (props.exportAuthorityKey === false && !isImported(authorityOf(props))) {
    problems.add(
      "exportAuthorityKey",
      false,
      'leaves the authority without a key: with custody "machine" it is in ca.key alone',
      fix,
    );
  }
}

/** A password is for a file: it is not in the state, and not in an output. */
function refuseWhatNeedsFiles(props: BrokerPkiProps, brokers: readonly FleetBroker[], problems: Problems): void {
  const { outputs = false, files = true, exportAuthorityKey } = props;
  const authority = authorityOf(props);
  if (isImported(authority)) {
    if (exportAuthorityKey === true) {
      problems.add("exportAuthorityKey", true, "cannot be: the authority's key was made elsewhere", "leave it out");
    }
  } else if (typeof authority.passwordVariable === "string" && exportAuthorityKey === false) {
    problems.addHidden("authority.passwordVariable", "is for ca.key, which is not written", "leave it out");
  }
  const hasPassword =
    (!isImported(authority) && typeof authority.passwordVariable === "string") ||
    brokers.some((broker) => typeof broker.props.passwordVariable === "string");
  if (hasPassword && (outputs || !files)) {
    problems.add(
      outputs ? "outputs" : "files",
      outputs,
      "would have keys without their passwords, which are for files alone",
      "use files without outputs, or leave the passwords out",
    );
  }
}

function checkFiles(props: BrokerPkiProps, brokers: readonly FleetBroker[], problems: Problems): void {
  const directory = problems.attempt("directory", () => checkPemDirectory(props.directory ?? "pki"));
  if (directory === undefined) {
    return;
  }
  checkPemFile(directory, AUTHORITY_CERTIFICATE, "directory", problems);
  if ((props.exportAuthorityKey ?? true) && !isImported(authorityOf(props))) {
    checkPemFile(directory, AUTHORITY_KEY, "directory", problems);
  }
  for (const { address, index, props: own } of brokers) {
    checkPemFile(directory, serverCertificateFile(address), `brokers[${index}].address`, problems);
    if (!hasRequest(own)) {
      checkPemFile(directory, serverKeyFile(address), `brokers[${index}].address`, problems);
    }
  }
}

import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { AuthorityGenerations } from "./authority-generations";
import type { ICertificateAuthority } from "./certificate-authority";
import { refuseUnresolved } from "./check-props";
import { Problems } from "./errors";
import { FleetStack } from "./fleet-stack";
import { PemDirectory } from "./pem-directory";
import { PemOutputs } from "./pem-outputs";
import {
  authorityKeyFile,
  checkPemDirectory,
  checkPemFile,
  serverCertificateFile,
  serverKeyFile,
  TRUST,
} from "./pem-paths";
import { RolloverGuard } from "./rollover-guard";
import { ServerCertificate } from "./server-certificate";
import { checkStateEncryption, encryptState } from "./state-encryption";
import { ValidityCheck } from "./validity-check";
import { type AuthorityGeneration, generationsOf, isImported } from "./values/authority-generation";
import { type Custody, CUSTODY_CONTEXT } from "./values/custody";
import { checkFleet, type FleetBroker, type FleetSpecProps } from "./values/fleet-spec";
import { isObject } from "./values/plain-data";
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
  "signingGeneration",
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
  /** The generation that signs, where there are several. */
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
    const generations = generationsOf(props.authority, props.custody);
    const signer = props.signingGeneration ?? generations[0]?.generation ?? 1;
    const authorities = new AuthorityGenerations(stack, "authority", {
      generations,
      signing: signer,
      resourceName: "authority",
      ...(isOnMachine && { directory: props.directory ?? "pki", directoryResourceName: "files" }),
    });
    this.authority = authorities.at(signer);
    const parent = new Construct(this.stack, "brokers");
    this.servers = brokers.map(
      (broker) =>
        new ServerCertificate(parent, broker.address.text, {
          ...broker.props,
          authority: authorities.at(broker.generation),
          resourceName: `broker_${broker.address.resourceName}`,
        }),
    );
    const signing = [...new Set(brokers.map(({ generation }) => generation))].sort((one, other) => one - other);
    const guard = isOnMachine
      ? undefined
      : new RolloverGuard(stack, "rollover", { authorities: authorities.all, signing });
    const validity = new ValidityCheck(stack, "validity", {
      authorities: signing.map((generation) => ({
        issued: authorities.at(generation).issued,
        // With custody "machine", the end is known in the plan that makes it.
        isNew: guard?.isNew(generation) ?? "false",
      })),
      servers: this.servers,
    });
    stack.addSelfContained(validity);
    stack.addSelfContained(authorities);
    stack.addSelfContained(parent);
    if (!isOnMachine && (props.files ?? true)) {
      stack.addSelfContained(this.addFiles(props, authorities));
    }
    if (props.outputs ?? false) {
      const authorityKey = props.exportAuthorityKey ?? true;
      const [authority = this.authority, ...otherAuthorities] = authorities.all.values();
      new PemOutputs(this.stack, "outputs", { authority, otherAuthorities, servers: this.servers, authorityKey });
    }
    if (props.statePassphraseVariable !== undefined) {
      encryptState(stack, props.statePassphraseVariable);
    }
  }

  private addFiles(props: BrokerPkiProps, authorities: AuthorityGenerations): PemDirectory {
    const directory = new PemDirectory(this.stack, "files", {
      ...(props.directory !== undefined && { path: props.directory }),
      resourceName: "files",
    });
    for (const [generation, authority] of authorities.all) {
      directory.addAuthority(authority, {
        key: props.exportAuthorityKey ?? true,
        generation,
        resourceName: "authority",
      });
    }
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
  if (props.exportAuthorityKey === false && ownGenerations(props).length > 0) {
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
  const own = ownGenerations(props);
  if (own.length === 0 && exportAuthorityKey === true) {
    problems.add("exportAuthorityKey", true, "cannot be: the authority's key was made elsewhere", "leave it out");
  }
  const protectedOnes = own.filter((generation) => typeof generation.props.passwordVariable === "string");
  for (const { path } of exportAuthorityKey === false ? protectedOnes : []) {
    problems.addHidden(`${path}.passwordVariable`, "is for ca.key, which is not written", "leave it out");
  }
  const hasPassword =
    protectedOnes.length > 0 || brokers.some((broker) => typeof broker.props.passwordVariable === "string");
  if (hasPassword && (outputs || !files)) {
    problems.add(
      outputs ? "outputs" : "files",
      outputs,
      "would have keys without their passwords, which are for files alone",
      "use files without outputs, or leave the passwords out",
    );
  }
}

/** The generations whose keys are made here. */
function ownGenerations({ authority, custody }: BrokerPkiProps): AuthorityGeneration[] {
  return generationsOf(authority, custody).filter(({ props }) => isObject(props) && !isImported(props));
}

function checkFiles(props: BrokerPkiProps, brokers: readonly FleetBroker[], problems: Problems): void {
  const directory = problems.attempt("directory", () => checkPemDirectory(props.directory ?? "pki"));
  if (directory === undefined) {
    return;
  }
  checkPemFile(directory, TRUST, "directory", problems);
  for (const { generation } of (props.exportAuthorityKey ?? true) ? ownGenerations(props) : []) {
    checkPemFile(directory, authorityKeyFile(generation), "directory", problems);
  }
  for (const { address, index, props: own } of brokers) {
    checkPemFile(directory, serverCertificateFile(address), `brokers[${index}].address`, problems);
    if (!hasRequest(own)) {
      checkPemFile(directory, serverKeyFile(address), `brokers[${index}].address`, problems);
    }
  }
}

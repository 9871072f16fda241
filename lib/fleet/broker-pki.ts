import type { Construct } from "constructs";
import { AuthorityGenerations } from "../constructs/authority-generations";
import { type TerraformBackend, TerraformStack } from "../cdk";
import type { ICertificateAuthority } from "../custody/issuer";
import { refuseUnresolved } from "../constructs/check-props";
import { Problems } from "../errors";
import { addBrokers, type FleetPart, shardPart, signingGenerations } from "./fleet-part";
import { FleetStack } from "./fleet-stack";
import { PemDirectory } from "../constructs/pem-directory";
import { PemOutputs } from "../constructs/pem-outputs";
import {
  authorityKeyFile,
  checkPemDirectory,
  checkPemFile,
  type PemFile,
  refuseLinks,
  serverCertificateFile,
  serverKeyFile,
  TRUST,
} from "../custody/pem-paths";
import { RolloverGuard } from "../custody/state/rollover-guard";
import type { ServerCertificate } from "../constructs/server-certificate";
import { checkStateEncryption, encryptState } from "../terraform/state-encryption";
import { type AuthorityGeneration, generationsOf, isImported } from "../spec/authority-generation";
import { type Custody, CUSTODY_CONTEXT } from "../values/custody";
import { withOrigin } from "../fleet-file/origin";
import { checkFleet, type FleetBroker, type FleetSpecProps } from "../spec/fleet-spec";
import { isObject } from "../values/plain-data";
import { byText, hasRequest, ServerCertificateSpec } from "../spec/server-certificate-spec";
import { shardNames } from "../spec/shard";
import { hintForSize } from "./stack-size";

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
  /**
   * Gives a stack its backend: called with each stack of the fleet, whose id tells them apart. No secret belongs into it, for it
   * becomes a part of the synthesized text: backends take theirs from the environment.
   * @default - local state, in `terraform.<id of the stack>.tfstate`
   */
  readonly backend?: (stack: TerraformStack) => TerraformBackend;
}

const PROPERTIES = [
  "authority",
  "signingGeneration",
  "brokers",
  "shards",
  "custody",
  ...ServerCertificateSpec.OPTIONS,
  "files",
  "directory",
  "outputs",
  "exportAuthorityKey",
  "statePassphraseVariable",
  "backend",
];

/**
 * The TLS of a fleet of MQTT brokers: one certificate authority, and a key and a server certificate for each broker.
 *
 * It is a stack. Where there are shards, the brokers are in stacks beside it, whose ids are its own, a hyphen and the name of
 * the shard. Without a backend, the state is `terraform.<id of the stack>.tfstate` in the directory where the CDK is run.
 */
export class BrokerPki extends FleetStack {
  /** The stacks of the brokers, by the names of the shards; none where there are no shards. */
  public readonly shards: ReadonlyMap<string, TerraformStack>;
  /** The generation that signs, where there are several. */
  public readonly authority: ICertificateAuthority;
  /** In the order of their addresses. */
  public readonly servers: readonly ServerCertificate[];

  /**
   * @param scope the app. A construct that groups stacks will do with CDK for Terraform; CDK Terrain refuses those in new projects
   * @throws InvalidInputError with every problem of the fleet, each with its path in the props
   */
  constructor(scope: Construct, id: string, given: BrokerPkiProps) {
    super(scope, id);
    const props = withCustody(this, given);
    const brokers = check(this, scope, props);

    const isOnMachine = props.custody === "machine";
    props.backend?.(this);
    const names = shardNames(
      props.shards,
      brokers.flatMap(({ shard }) => shard ?? []),
    );
    const generations = generationsOf(props.authority, props.custody);
    const signer = props.signingGeneration ?? generations[0]?.generation ?? 1;
    const authorities = new AuthorityGenerations(this, "authority", {
      generations,
      signing: signer,
      resourceName: "authority",
      ...(isOnMachine && {
        directory: props.directory ?? "pki",
        directoryResourceName: "files",
        brokersResourceName: "brokers",
        ownerResourceName: "owner",
      }),
    });
    this.addSelfContained(authorities);
    const guard = isOnMachine
      ? undefined
      : new RolloverGuard(this, "rollover", { authorities: authorities.all, signing: signingGenerations(brokers) });
    const whole: FleetPart = {
      stack: this,
      brokers,
      authorities: authorities.all,
      // With custody "machine", the end is known in the plan that makes it.
      isNew: (generation) => guard?.isNew(generation) ?? "false",
      files: isOnMachine || props.files === false ? undefined : addDirectory(this, props),
      hasOutputs: props.outputs ?? false,
    };
    const shards = new Map(
      names.map((name) => {
        const stack = new FleetStack(scope, `${id}-${name}`);
        props.backend?.(stack);
        const part = { stack, brokers: brokers.filter(({ shard }) => shard === name) };
        return [name, shardPart(whole, authorities, part)];
      }),
    );
    const parts = shards.size > 0 ? [...shards.values()] : [whole];
    this.shards = new Map([...shards].map(([name, part]) => [name, part.stack]));
    this.authority = authorities.at(signer);
    this.servers = parts.flatMap(addBrokers).sort((one, other) => byText(one.spec.address, other.spec.address));
    addPems(whole, props);
    if (props.statePassphraseVariable !== undefined) {
      encryptState(this, props.statePassphraseVariable, { readsOthers: false });
      for (const shard of shards.values()) {
        encryptState(shard.stack, props.statePassphraseVariable, { readsOthers: true });
      }
    }
    if (!isOnMachine) {
      hintAtSize(parts);
    }
  }
}

function addDirectory(stack: FleetStack, { directory }: BrokerPkiProps): PemDirectory {
  return new PemDirectory(stack, "files", {
    ...(directory !== undefined && { path: directory }),
    resourceName: "files",
  });
}

/** The authority's files and outputs: what clients trust, and what signs. */
function addPems({ stack, authorities, files, hasOutputs }: FleetPart, props: BrokerPkiProps): void {
  const authorityKey = props.exportAuthorityKey ?? true;
  for (const [generation, authority] of authorities) {
    files?.addAuthority(authority, { key: authorityKey, generation, resourceName: "authority" });
  }
  if (files !== undefined) {
    stack.addSelfContained(files);
  }
  const [authority, ...otherAuthorities] = authorities.values();
  if (hasOutputs && authority !== undefined) {
    new PemOutputs(stack, "outputs", { authority, otherAuthorities, authorityKey });
  }
}

/** Once, for the largest. */
function hintAtSize(parts: readonly FleetPart[]): void {
  const [largest] = parts.toSorted((one, other) => other.brokers.length - one.brokers.length);
  const hint = hintForSize(largest?.brokers.length ?? 0, process.env["TERRAFORM_BINARY_NAME"]);
  if (hint !== undefined) {
    largest?.stack.hintIfLocal(hint);
  }
}

/** What is declared goes before what the app's context has. */
function withCustody(fleet: BrokerPki, props: BrokerPkiProps): BrokerPkiProps {
  const ofApp = fleet.node.tryGetContext(CUSTODY_CONTEXT) as Custody | undefined;
  return props.custody === undefined && ofApp !== undefined ? { ...props, custody: ofApp } : props;
}

function check(fleet: BrokerPki, scope: Construct, props: BrokerPkiProps): FleetBroker[] {
  const problems = new Problems();
  const outer = scope.node.scopes.find((construct) => TerraformStack.isStack(construct));
  if (outer !== undefined) {
    // The CDK would synthesize the fleet's resources into both.
    problems.add("scope", outer.node.path, "is in a stack, and a fleet is one itself", "pass the app");
  }
  refuseUnresolved("", props, problems);
  problems.refuseUnknown("", props, PROPERTIES);
  const brokers = checkFleet(props, problems);
  if (props.custody === "machine") {
    refuseWhatNeedsTheState(props, brokers, problems);
  }
  refuseWhatNeedsFiles(props, brokers, problems);
  if (props.backend !== undefined && typeof props.backend !== "function") {
    const fix = 'write it as in (stack) => new S3Backend(stack, { bucket: "states", key: stack.node.id })';
    problems.add("backend", props.backend, "is not a function, which is called with each stack", fix);
  }
  if (props.statePassphraseVariable !== undefined) {
    checkStateEncryption(props.statePassphraseVariable, problems);
  }
  if (props.files ?? true) {
    checkFiles(props, brokers, problems);
  } else if (!(props.outputs ?? false) && props.custody !== "machine") {
    problems.add("files", false, "leaves the fleet without files and without outputs", "switch one of the two on");
  }
  const located = new Problems();
  located.attempt(
    (path) => withOrigin(path, props.brokers),
    () => {
      problems.throwIfAny("the fleet");
    },
  );
  located.throwIfAny(`the fleet "${fleet.node.path}"`, BrokerPki);
  return brokers;
}

/** With custody "machine", a key is in its file and nowhere else, and one resource makes all of a fleet's certificates. */
function refuseWhatNeedsTheState(props: BrokerPkiProps, brokers: readonly FleetBroker[], problems: Problems): void {
  const fix = 'leave it out, or choose custody "state"';
  const reason = 'spreads the fleet over stacks, which custody "machine" does without: it makes ten thousand in one';
  if (props.shards !== undefined) {
    problems.add("shards", props.shards, reason, fix);
  } else {
    for (const { shard, index } of brokers) {
      if (shard !== undefined) {
        problems.add(`brokers[${index}].shard`, shard, reason, fix);
      }
    }
  }
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
  const checkFile = (file: PemFile, path: string): void => {
    checkPemFile(directory, file, path, problems);
    if (props.custody === "machine") {
      refuseLinks(directory, file, path, problems);
    }
  };
  checkFile(TRUST, "directory");
  for (const { generation } of (props.exportAuthorityKey ?? true) ? ownGenerations(props) : []) {
    checkFile(authorityKeyFile(generation), "directory");
  }
  for (const { address, index, props: own } of brokers) {
    checkFile(serverCertificateFile(address), `brokers[${index}].address`);
    if (!hasRequest(own)) {
      checkFile(serverKeyFile(address), `brokers[${index}].address`);
    }
  }
}

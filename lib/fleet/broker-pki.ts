import type { Construct } from "constructs";
import { type TerraformBackend, TerraformStack } from "../cdk";
import type { ServerCertificate } from "../constructs/server-certificate";
import { CUSTODIES } from "../custody/custodies";
import type { ICertificateAuthority } from "../custody/issuer";
import { invalid, listed, Problems } from "../errors";
import { withOrigin } from "../fleet-file/origin";
import { type Fleet, readFleet, soundFleet } from "../spec/fleet";
import type { FleetSpecProps } from "../spec/fleet-props";
import { SERVER_OPTIONS } from "../spec/properties/broker";
import { FLEET, FLEET_OUTPUT } from "../spec/properties/fleet";
import { namesIn } from "../spec/properties/property";
import { refuseUnresolved } from "../terraform/check-props";
import { encryptState } from "../terraform/state-encryption";
import { Address, byText } from "../values/address";
import { type Custody, CUSTODY_CONTEXT } from "../values/custody";
import { refuseUnlessVariable } from "../values/key-password";
import { AuthorityGenerations } from "./authority-generations";
import { addAuthorities, addBrokers, type FleetPart, shardPart } from "./fleet-part";
import { FleetStack } from "./fleet-stack";

export interface BrokerPkiProps extends FleetSpecProps {
  /**
   * Gives a stack its backend: called with each stack of the fleet, whose id tells them apart. No secret belongs into it, for it
   * becomes a part of the synthesized text: backends take theirs from the environment.
   * @default - local state, in `terraform.<id of the stack>.tfstate`
   */
  readonly backend?: (stack: TerraformStack) => TerraformBackend;
}

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

  private readonly byAddress: ReadonlyMap<string, ServerCertificate>;

  /**
   * @param scope the app. A construct that groups stacks will do with CDK for Terraform; CDK Terrain refuses those in new projects
   * @throws InvalidInputError with every problem of the fleet, each with its path in the props
   */
  constructor(scope: Construct, id: string, given: BrokerPkiProps) {
    super(scope, id);
    const props = withCustody(this, given);
    const fleet = read(this, scope, props);
    props.backend?.(this);
    const authorities = new AuthorityGenerations(this, "authority", fleet);
    this.addSelfContained(authorities);
    const whole: FleetPart = {
      stack: this,
      brokers: fleet.brokers,
      authorities: authorities.all,
      custody: CUSTODIES[fleet.custody].createParts(this, fleet, authorities.all),
    };
    const shards = fleet.shards.map((name) => {
      const stack = new FleetStack(scope, `${id}-${name}`);
      props.backend?.(stack);
      const brokers = fleet.brokers.filter(({ shard }) => shard === name);
      return { name, ...shardPart(whole, authorities, { stack, brokers }) };
    });
    const parts = shards.length > 0 ? shards : [whole];
    this.shards = new Map(shards.map(({ name, stack }) => [name, stack]));
    this.authority = authorities.signing;
    this.servers = parts.flatMap(addBrokers).sort((one, other) => byText(one.address, other.address));
    this.byAddress = new Map(this.servers.map((server) => [server.address.text, server]));
    addAuthorities(whole);
    if (props.statePassphraseVariable !== undefined) {
      encryptState(this, props.statePassphraseVariable, { readsOthers: false });
      for (const { stack } of shards) {
        encryptState(stack, props.statePassphraseVariable, { readsOthers: true });
      }
    }
  }

  /**
   * The certificate of one of its brokers.
   *
   * @param address the broker's own, in any spelling
   * @throws InvalidInputError where it has no such broker
   */
  public server(address: string): ServerCertificate {
    const found = this.byAddress.get(Address.parse(address).text);
    if (found === undefined) {
      const fix = `the brokers are ${listed([...this.byAddress.keys()])}`;
      throw invalid(`the fleet "${this.node.path}"`, address, "is the address of no broker here", fix);
    }
    return found;
  }
}

/** What is declared goes before what the app's context has. */
function withCustody(fleet: BrokerPki, props: BrokerPkiProps): BrokerPkiProps {
  const ofApp = fleet.node.tryGetContext(CUSTODY_CONTEXT) as Custody | undefined;
  return props.custody === undefined && ofApp !== undefined ? { ...props, custody: ofApp } : props;
}

const PROPERTIES = namesIn(FLEET, SERVER_OPTIONS, FLEET_OUTPUT);

/** @throws InvalidInputError with all that is wrong */
function read(stack: BrokerPki, scope: Construct, props: BrokerPkiProps): Fleet {
  const problems = new Problems();
  const outer = scope.node.scopes.find((construct) => TerraformStack.isStack(construct));
  if (outer !== undefined) {
    // The CDK would synthesize the fleet's resources into both.
    problems.add("scope", outer.node.path, "is in a stack, and a fleet is one itself", "pass the app");
  }
  refuseUnresolved("", props, problems);
  problems.refuseUnknown("", props, PROPERTIES);
  const declared = readFleet(props, problems);
  CUSTODIES[declared.custody].checkFleet(declared, problems);
  if (props.backend !== undefined && typeof props.backend !== "function") {
    const fix = 'write it as in (stack) => new S3Backend(stack, { bucket: "states", key: stack.node.id })';
    problems.add("backend", props.backend, "is not a function, which is called with each stack", fix);
  }
  if (props.statePassphraseVariable !== undefined) {
    refuseUnlessVariable(problems, "statePassphraseVariable", props.statePassphraseVariable);
  }
  const located = new Problems();
  located.attempt(
    (path) => withOrigin(path, props.brokers),
    () => {
      problems.throwIfAny("the fleet");
    },
  );
  located.throwIfAny(`the fleet "${stack.node.path}"`, BrokerPki);
  return soundFleet(declared);
}

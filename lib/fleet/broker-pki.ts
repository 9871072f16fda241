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

/** The props of {@link BrokerPki}. */
export interface BrokerPkiProps extends FleetSpecProps {
  /**
   * A function that gives a stack its backend. It is called with each stack of the fleet; use the id of the stack for the place
   * of its state. Put no secret into the backend, because the synthesized text contains it: backends read secrets from the
   * environment.
   *
   * @example
   * ```ts
   * new BrokerPki(app, "mqtt", {
   *   authority: { subject: { commonName: "Plant MQTT CA" } },
   *   brokers: [{ address: "mqtt-1.example.com" }],
   *   backend: (stack) => new S3Backend(stack, { bucket: "states", key: stack.node.id }),
   * });
   * ```
   *
   * @default - local state, in `terraform.<id of the stack>.tfstate`
   */
  readonly backend?: (stack: TerraformStack) => TerraformBackend;
}

/**
 * The TLS of a fleet of MQTT brokers: one certificate authority, and a key and a server certificate for each broker.
 *
 * It is a stack. With shards, the brokers are in further stacks, whose ids are the id of the fleet, a hyphen and the name of
 * the shard. Without a backend, the state is `terraform.<id of the stack>.tfstate` in the directory where the CDK is run.
 *
 * @example
 * ```ts
 * new BrokerPki(app, "mqtt", {
 *   authority: { subject: { commonName: "Plant MQTT CA" } },
 *   brokers: [{ address: "mqtt-1.example.com" }, { address: "192.0.2.10" }],
 * });
 * ```
 */
export class BrokerPki extends FleetStack {
  /** The stacks of the brokers, by the names of the shards; empty without shards. */
  public readonly shards: ReadonlyMap<string, TerraformStack>;
  /** The authority that signs: with several generations, the signing one. */
  public readonly authority: ICertificateAuthority;
  /** The server certificates of all brokers, in the order of their addresses. */
  public readonly servers: readonly ServerCertificate[];

  private readonly byAddress: ReadonlyMap<string, ServerCertificate>;

  /**
   * Declares a fleet.
   *
   * @param scope the app. CDK for Terraform also accepts a construct that groups stacks; CDK Terrain refuses that in new projects
   * @param id the id of the stack, unique in the app
   * @param given the declaration of the fleet
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
   * The server certificate of a broker.
   *
   * @example
   * ```ts
   * const pem = fleet.server("mqtt-1.example.com").certificatePem;
   * ```
   *
   * @param address the broker's own address, in any spelling; alternative addresses do not count
   * @throws InvalidInputError if the fleet has no such broker
   */
  public server(address: string): ServerCertificate {
    const found = this.byAddress.get(Address.parse(address).text);
    if (found === undefined) {
      const fix = `the brokers are ${listed([...this.byAddress.keys()])}`;
      throw invalid(`the fleet "${this.node.path}"`, address, "is not the address of a broker of this fleet", fix);
    }
    return found;
  }
}

/** A declared custody overrides that of the app's context. */
function withCustody(fleet: BrokerPki, props: BrokerPkiProps): BrokerPkiProps {
  const ofApp = fleet.node.tryGetContext(CUSTODY_CONTEXT) as Custody | undefined;
  return props.custody === undefined && ofApp !== undefined ? { ...props, custody: ofApp } : props;
}

const PROPERTIES = namesIn(FLEET, SERVER_OPTIONS, FLEET_OUTPUT);

/** @throws InvalidInputError with every problem of the fleet */
function read(stack: BrokerPki, scope: Construct, props: BrokerPkiProps): Fleet {
  const problems = new Problems();
  const outer = scope.node.scopes.find((construct) => TerraformStack.isStack(construct));
  if (outer !== undefined) {
    // The CDK would synthesize the fleet's resources into both stacks.
    problems.add("scope", outer.node.path, "is in a stack, but a fleet is a stack itself", "pass the app");
  }
  refuseUnresolved("", props, problems);
  problems.refuseUnknown("", props, PROPERTIES);
  const declared = readFleet(props, problems);
  CUSTODIES[declared.custody].checkFleet(declared, problems);
  if (props.backend !== undefined && typeof props.backend !== "function") {
    const fix =
      'write a function, which is called with each stack, as in (stack) => new S3Backend(stack, { bucket: "states", key: stack.node.id })';
    problems.add("backend", props.backend, "is not a function", fix);
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

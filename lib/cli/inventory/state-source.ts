import { createPublicKey } from "node:crypto";
import { isObject } from "../../values/plain-data";
import type { ReadCertificate } from "../read/certificate";
import { State, type StateResource } from "../terraform/state";
import { keyId } from "./authority";
import { Collection } from "./collection";
import { type MachineRecord, machineRecords } from "./machine-record";
import type { Source } from "./source";

/** A certificate in a resource of the tls provider. */
interface Issued {
  readonly pem: string;
  /** The time before expiry at which it is renewed, in hours; 0 if it is not renewed. */
  readonly renewBefore: number;
}

/** A hundred years: longer times may lead to a date that cannot be represented. */
const LONGEST_IN_HOURS = 876_000;

/** Texts with certificates, in the order in which they are searched: the first place of a certificate becomes its location. */
interface Texts {
  readonly resources: Map<string, Issued>;
  readonly files: Map<string, string>;
  readonly issuers: Map<string, string>;
}

/**
 * The certificates of a state, of this library or of another configuration. Nothing else is kept.
 *
 * @param name the file, as the user named it
 * @throws InputError if the file is not a state
 */
export function stateSource(name: string, bytes: Uint8Array): Source {
  const state = State.fromBytes(name, bytes);
  const texts: Texts = { resources: new Map(), files: new Map(), issuers: new Map() };
  const generations = new Map<string, number>();
  const records: MachineRecord[] = [];
  state.forEachResource((resource) => {
    keepTexts(texts, resource);
    keepGeneration(generations, resource);
    for (const record of recordsOf(resource)) {
      records.push(record);
    }
  });
  for (const [output, value] of state.outputs) {
    keepOutput(texts.files, `output.${output}`, value);
  }
  const collection = new Collection();
  const renewals = new Map<string, number>();
  const together = [
    ...[...texts.resources].map(([location, { pem, renewBefore }]) => {
      const certificates = collection.addSingle(location, pem);
      if (renewBefore > 0) {
        certificates.forEach(({ facts }) => renewals.set(facts.fingerprint, renewBefore));
      }
      return certificates;
    }),
    ...[...texts.files].map(([location, text]) => collection.addFile(location, text)),
  ];
  for (const [text, location] of texts.issuers) {
    collection.addSingle(location, text);
  }
  const roots = together.filter(areAuthorities).flat().filter(isSelfIssued);
  return { name, collection, trusted: roots.length > 0 ? roots : undefined, generations, renewals, records };
}

function keepTexts({ resources, files, issuers }: Texts, { address, type, values }: StateResource): void {
  switch (type) {
    case "tls_self_signed_cert":
    case "tls_locally_signed_cert": {
      resources.set(address, { pem: textOf(values, "cert_pem"), renewBefore: hoursOf(values, "early_renewal_hours") });
      const issuer = textOf(values, "ca_cert_pem");
      issuers.set(issuer, issuers.get(issuer) ?? `${address}.ca_cert_pem`);
      break;
    }
    case "local_file":
      files.set(address, textOf(values, "content"));
  }
}

function keepOutput(files: Texts["files"], location: string, value: unknown): void {
  if (typeof value === "string") {
    files.set(location, value);
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries<unknown>({ ...value })) {
      keepOutput(files, `${location}[${JSON.stringify(key)}]`, inner);
    }
  }
}

function keepGeneration(generations: Map<string, number>, resource: StateResource): void {
  const generation = generationOf(resource);
  if (generation !== undefined && ["tls_private_key", "tls_public_key"].includes(resource.type)) {
    try {
      generations.set(keyId(createPublicKey(textOf(resource.values, "public_key_pem"))), generation);
    } catch {
      // A key that cannot be read here signs no certificate that can.
    }
  }
}

function recordsOf({ type, address, values }: StateResource): MachineRecord[] {
  return type === "terraform_data" ? machineRecords(address, values.get("triggers_replace")?.value()) : [];
}

/** From the names that this library gives to the resources of authorities: `authority`, `authority_2`, … */
function generationOf({ name }: StateResource): number | undefined {
  const [isOurs, number = "1"] = /^authority(?:_(\d+))?$/.exec(name) ?? [];
  return isOurs === undefined ? undefined : Number(number);
}

function textOf(values: StateResource["values"], member: string): string {
  const value = values.get(member)?.value();
  return typeof value === "string" ? value : "";
}

function hoursOf(values: StateResource["values"], member: string): number {
  const value = values.get(member)?.value();
  return typeof value === "number" && value <= LONGEST_IN_HOURS ? value : 0;
}

/** Certificates after a broker's certificate help clients to build the chain; they are not trust anchors. */
function areAuthorities(certificates: readonly ReadCertificate[]): boolean {
  return certificates.every(({ facts }) => facts.isAuthority);
}

function isSelfIssued({ x509 }: ReadCertificate): boolean {
  return x509.issuer === x509.subject;
}

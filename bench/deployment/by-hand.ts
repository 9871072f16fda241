import assert from "node:assert/strict";
import { AUTHORITY } from "../support/fleet";
import type { Variant } from "./deploy";

type Block = Readonly<Record<string, unknown>>;

/** Terraform's JSON, as far as the bench looks into it. */
export interface Configuration {
  readonly terraform: {
    readonly backend: Block;
    readonly required_providers: Readonly<Record<string, { readonly source: string; readonly version: string }>>;
  };
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

/** A block for each type of resource. */
type Blocks = Readonly<Record<string, Block>>;

/** What one writes by hand for the certificates and files that the library makes, without any of its safeguards. */
export function writeByHand(
  addresses: readonly string[],
  providers: Configuration["terraform"]["required_providers"],
): Configuration {
  const brokers = addresses.map((address) => ({ address, name: `broker_${address.replaceAll(".", "_")}` }));
  return configurationOf(providers, [
    ["authority", authorityBlocks()],
    ...brokers.map(({ address, name }) => [name, brokerBlocks(address, name)] as const),
  ]);
}

/** The same in the way in which most people write it: with `for_each` over the addresses. */
export function writeForEach(
  addresses: readonly string[],
  providers: Configuration["terraform"]["required_providers"],
): Configuration & { readonly locals: Block } {
  const broker = Object.entries(brokerBlocks("${each.key}", "broker[each.key]")).map(
    ([type, block]) => [type, { for_each: "${toset(local.addresses)}", ...block }] as const,
  );
  const written = configurationOf(providers, [
    ["authority", authorityBlocks()],
    ["broker", Object.fromEntries(broker)],
  ]);
  return { ...written, locals: { addresses } };
}

function configurationOf(
  providers: Configuration["terraform"]["required_providers"],
  named: readonly (readonly [name: string, blocks: Blocks])[],
): Configuration {
  const resource: Record<string, Record<string, Block>> = {};
  for (const [name, blocks] of named) {
    for (const [type, block] of Object.entries(blocks)) {
      (resource[type] ??= {})[name] = block;
    }
  }
  return {
    terraform: { required_providers: providers, backend: { local: { path: "terraform.tfstate" } } },
    resource,
  };
}

const KEY = { algorithm: "ECDSA", ecdsa_curve: "P256" };

function authorityBlocks(): Blocks {
  const { commonName: common_name, organization, country } = AUTHORITY;
  return {
    tls_private_key: KEY,
    tls_self_signed_cert: {
      private_key_pem: "${tls_private_key.authority.private_key_pem}",
      subject: [{ common_name, organization, country }],
      is_ca_certificate: true,
      set_subject_key_id: true,
      allowed_uses: ["cert_signing", "crl_signing"],
      validity_period_hours: 3650 * 24,
    },
    local_sensitive_file: file("tls_private_key.authority.private_key_pem_pkcs8", "pki/ca.key", "0600"),
    local_file: file("tls_self_signed_cert.authority.cert_pem", "pki/ca.pem", "0644"),
  };
}

/** @param name of its resources, as expressions have it */
function brokerBlocks(address: string, name: string): Blocks {
  const folder = `pki/brokers/${address}`;
  return {
    tls_private_key: KEY,
    tls_cert_request: {
      private_key_pem: `\${tls_private_key.${name}.private_key_pem}`,
      subject: [{ common_name: address }],
      dns_names: [address],
    },
    tls_locally_signed_cert: {
      cert_request_pem: `\${tls_cert_request.${name}.cert_request_pem}`,
      ca_cert_pem: "${tls_self_signed_cert.authority.cert_pem}",
      ca_private_key_pem: "${tls_private_key.authority.private_key_pem_pkcs8}",
      set_subject_key_id: true,
      allowed_uses: ["digital_signature", "server_auth"],
      validity_period_hours: 825 * 24,
      early_renewal_hours: 90 * 24,
    },
    local_sensitive_file: file(`tls_private_key.${name}.private_key_pem_pkcs8`, `${folder}/server.key`, "0600"),
    local_file: file(`tls_locally_signed_cert.${name}.cert_pem`, `${folder}/server.pem`, "0644"),
  };
}

function file(content: string, filename: string, mode: string): Block {
  return { content: `\${${content}}`, filename, file_permission: mode, directory_permission: "0700" };
}

/** Makes sure that a comparison is one of like with like: the same resources with the same attributes. */
export function assertSameWork(ours: Configuration, byHand: Configuration): void {
  assert.deepEqual(work(ours), work(byHand), "What is written by hand is not what the library makes.");
}

/** The arguments for the providers, independent of the folder, without the library's safeguards. */
function work({ resource }: Configuration): unknown {
  const safeguards = ["terraform_data", "lifecycle", "depends_on"];
  return JSON.parse(JSON.stringify(resource).replaceAll("../", ""), (name, value: unknown) =>
    name === "//" || safeguards.includes(name) ? undefined : value,
  );
}

/** The providers of custody `state`. */
export function requiredProviders(state: Variant): Configuration["terraform"]["required_providers"] {
  return synthesizedConfiguration(state).terraform.required_providers;
}

/** The configuration that is synthesized. */
export function synthesizedConfiguration({ files }: Variant): Configuration {
  return JSON.parse(files["cdk.tf.json"] ?? "") as Configuration;
}

import { createHash } from "node:crypto";
import { isList, isObject } from "../../values/plain-data";
import { ipText } from "../../x509/alternative-names";
import { property } from "../read/json";
import { type MachineText, readMachineText } from "../read/machine-text";
import { publicText } from "../show/public-text";

/** An attribute whose value the plan does not know yet. */
export const UNKNOWN = Symbol("known after apply");

/** `undefined` where it is not set. */
export type Planned<T> = T | typeof UNKNOWN | undefined;

/** What stands for a private key: enough to tell two of them apart, and nothing that can be turned back. */
export type KeyDigest = string;

export interface KeyAttributes {
  readonly role: "key";
  /** `RSA 2048`, `ECDSA P-256`, `Ed25519` */
  readonly keyType: string;
  /** Of each encoding in which others may refer to it. */
  readonly digests: readonly KeyDigest[];
}

export interface RequestAttributes {
  readonly role: "request";
  readonly key: Planned<KeyDigest>;
  readonly pem: Planned<string>;
  readonly names: Planned<readonly string[]>;
  readonly subject: Planned<string>;
}

export interface CertificateAttributes {
  readonly role: "certificate";
  readonly pem: Planned<string>;
  /** Of who signs; of a self-signed one `undefined`. */
  readonly issuerPem: Planned<string>;
  /** As {@link issuerPem}. */
  readonly requestPem: Planned<string>;
  /** Of a self-signed one alone: the others have these in their request. */
  readonly key: Planned<KeyDigest>;
  readonly names: Planned<readonly string[]>;
  readonly subject: Planned<string>;
  readonly isSelfSigned: boolean;
  readonly isAuthority: Planned<boolean>;
  readonly uses: Planned<readonly string[]>;
  readonly hours: Planned<number>;
  readonly isDue: Planned<boolean>;
}

export interface FileAttributes {
  readonly role: "file";
  readonly path: Planned<string>;
  /** Where it is a certificate, or several: their PEM. */
  readonly certificates: Planned<string>;
  /** Where it may be a key. */
  readonly key: Planned<KeyDigest>;
  readonly mode: Planned<string>;
}

/** Keys and certificates that are made where the plan is applied (custody "machine"). */
export interface MachineAttributes extends MachineText {
  readonly role: "machine";
}

/** Of any other type nothing is kept. */
interface OtherAttributes {
  readonly role: "other";
}

export type Attributes =
  KeyAttributes | RequestAttributes | CertificateAttributes | FileAttributes | MachineAttributes | OtherAttributes;

/** One instance of a resource in a plan. Of what the plan has, this is all that is kept: no private key is among it. */
export interface ResourceChange {
  readonly address: string;
  /** Empty for the root module. */
  readonly module: string;
  readonly isData: boolean;
  readonly type: string;
  readonly name: string;
  /** The key of for_each, or the number of count. */
  readonly index: string | number | undefined;
  readonly isDeposed: boolean;
  readonly previousAddress: string | undefined;
  readonly isImported: boolean;
  readonly actions: readonly string[];
  /** Why it is replaced: names of attributes. */
  readonly replacePaths: readonly string[];
  readonly reason: string;
  readonly before: Attributes | undefined;
  readonly after: Attributes | undefined;
}

/** @param value an element of `resource_changes`, or of `resource_drift` */
export function toResourceChange(value: unknown): ResourceChange {
  const change = property(value, "change");
  const type = textOf(value, "type");
  const index = property(value, "index");
  const previousAddress = textOf(value, "previous_address");
  const { before, after } = sides(type, change);
  return {
    address: publicText(textOf(value, "address")),
    module: textOf(value, "module_address"),
    isData: property(value, "mode") === "data",
    type: publicText(type),
    name: textOf(value, "name"),
    index: typeof index === "string" || typeof index === "number" ? index : undefined,
    isDeposed: property(value, "deposed") !== undefined,
    previousAddress: previousAddress === "" ? undefined : publicText(previousAddress),
    isImported: isObject(property(change, "importing")),
    actions: listOf(property(change, "actions")).map((action) => publicText(String(action))),
    replacePaths: listOf(property(change, "replace_paths")).map((path) => publicText(String(listOf(path)[0]))),
    reason: publicText(textOf(value, "action_reason")),
    before,
    after,
  };
}

function sides(type: string, change: unknown): Pick<ResourceChange, "before" | "after"> {
  const [before, after] = [property(change, "before"), property(change, "after")];
  return {
    before: isObject(before) ? attributesOf(type, new Reader(before, undefined)) : undefined,
    after: isObject(after) ? attributesOf(type, new Reader(after, property(change, "after_unknown"))) : undefined,
  };
}

function attributesOf(type: string, values: Reader): Attributes {
  switch (type) {
    case "tls_private_key":
      return keyOf(values);
    case "tls_cert_request":
      return requestOf(values);
    case "tls_locally_signed_cert":
    case "tls_self_signed_cert":
      return certificateOf(type, values);
    case "local_file":
    case "local_sensitive_file":
      return fileOf(values);
    case "terraform_data":
      return machineOf(values) ?? { role: "other" };
    default:
      return { role: "other" };
  }
}

function keyOf(values: Reader): KeyAttributes {
  const algorithm = values.shown("algorithm");
  const curve = String(values.shown("ecdsa_curve")).replace(/^P/, "P-");
  const size = { RSA: ` ${String(values.number("rsa_bits"))}`, ECDSA: ` ${curve}` };
  const digests = ["private_key_pem", "private_key_pem_pkcs8", "private_key_openssh"].map((name) =>
    values.digest(name),
  );
  return {
    role: "key",
    keyType: algorithm === "RSA" || algorithm === "ECDSA" ? algorithm + size[algorithm] : "Ed25519",
    digests: digests.filter((digest) => typeof digest === "string"),
  };
}

function requestOf(values: Reader): RequestAttributes {
  return {
    role: "request",
    key: values.digest("private_key_pem"),
    pem: values.text("cert_request_pem"),
    names: namesOf(values),
    subject: subjectOf(values),
  };
}

function certificateOf(type: string, values: Reader): CertificateAttributes {
  return {
    role: "certificate",
    pem: values.text("cert_pem"),
    issuerPem: values.text("ca_cert_pem"),
    requestPem: values.text("cert_request_pem"),
    key: values.digest("private_key_pem"),
    names: namesOf(values),
    subject: subjectOf(values),
    isSelfSigned: type === "tls_self_signed_cert",
    isAuthority: values.flag("is_ca_certificate"),
    uses: values.shownList("allowed_uses"),
    hours: values.number("validity_period_hours"),
    isDue: values.flag("ready_for_renewal"),
  };
}

function fileOf(values: Reader): FileAttributes {
  const [name = "content"] = ["content", "sensitive_content"].filter((each) => values.text(each) !== undefined);
  const content = values.text(name);
  const isCertificate = typeof content === "string" && content.includes("-----BEGIN CERTIFICATE-----");
  return {
    role: "file",
    path: values.shown("filename"),
    certificates: content === UNKNOWN || isCertificate ? content : undefined,
    key: values.digest(name),
    mode: values.shown("file_permission"),
  };
}

function machineOf(values: Reader): MachineAttributes | undefined {
  const text = values.text("triggers_replace");
  const read = typeof text === "string" ? readMachineText(text) : undefined;
  return read && { role: "machine", ...read };
}

/** The subject alternative names that are asked for: DNS names, IP addresses, and URIs with their kind. */
function namesOf(values: Reader): Planned<readonly string[]> {
  const kinds = [
    values.shownList("dns_names"),
    values.shownList("ip_addresses", ipText),
    values.shownList("uris", (uri) => `URI:${uri}`),
  ];
  return kinds.includes(UNKNOWN) ? UNKNOWN : kinds.flatMap((names) => (typeof names === "object" ? names : []));
}

/** The attributes of the provider's `subject` block, in the order of their names here, by their short names (RFC 4514). */
const SUBJECT: readonly (readonly [attribute: string, name: string])[] = [
  ["country", "C"],
  ["province", "ST"],
  ["locality", "L"],
  ["postal_code", "postalCode"],
  ["street_address", "street"],
  ["organization", "O"],
  ["organizational_unit", "OU"],
  ["common_name", "CN"],
  ["email_address", "emailAddress"],
  ["serial_number", "serialNumber"],
];

function subjectOf(values: Reader): Planned<string> {
  const subject = values.nested("subject");
  if (subject.isUnknown) {
    return UNKNOWN;
  }
  const attributes = SUBJECT.map(([attribute, name]) => [name, subject.shown(attribute)] as const);
  return attributes.some(([, value]) => value === UNKNOWN)
    ? UNKNOWN
    : attributes
        .flatMap(([name, value]) =>
          typeof value === "string" ? [`${name}=${value.replace(/[,+"\\<>;]/g, "\\$&")}`] : [],
        )
        .join(", ");
}

/** The values of a resource, and beside them which of these are not known yet. */
class Reader {
  constructor(
    private readonly values: unknown,
    private readonly unknown: unknown,
  ) {}

  public get isUnknown(): boolean {
    return this.unknown === true;
  }

  /** As it is: not to be shown. */
  public text(name: string): Planned<string> {
    return this.read(name, (value) => (typeof value === "string" ? value : undefined));
  }

  public shown(name: string): Planned<string> {
    return this.read(name, (value) => (typeof value === "string" ? publicText(value) : undefined));
  }

  public shownList(name: string, show: (text: string) => string = (text) => text): Planned<readonly string[]> {
    const unknown = property(this.unknown, name);
    return isList(unknown) && unknown.includes(true)
      ? UNKNOWN
      : this.read(name, (value) => (isList(value) ? value.map((item) => show(publicText(String(item)))) : undefined));
  }

  public number(name: string): Planned<number> {
    return this.read(name, (value) => (typeof value === "number" ? value : undefined));
  }

  public flag(name: string): Planned<boolean> {
    return this.read(name, (value) => (typeof value === "boolean" ? value : undefined));
  }

  public digest(name: string): Planned<KeyDigest> {
    return this.read(name, (value) =>
      typeof value === "string" ? createHash("sha256").update(value.trim()).digest("base64") : undefined,
    );
  }

  /** An object, or the first of a list of them. */
  public nested(name: string): Reader {
    const [value, unknown] = [this.values, this.unknown].map((side) => property(side, name));
    return new Reader(isList(value) ? value[0] : value, isList(unknown) ? unknown[0] : unknown);
  }

  private read<T>(name: string, convert: (value: unknown) => T | undefined): Planned<T> {
    return this.isUnknown || property(this.unknown, name) === true ? UNKNOWN : convert(property(this.values, name));
  }
}

function textOf(value: unknown, name: string): string {
  const text = property(value, name);
  return typeof text === "string" ? text : "";
}

function listOf(value: unknown): readonly unknown[] {
  return isList(value) ? value : [];
}

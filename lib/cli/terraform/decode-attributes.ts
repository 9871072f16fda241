import { ipText } from "../../x509/alternative-names";
import { shownName } from "../read/certificate";
import { knownKeyType } from "../read/key-type";
import { readMachineText } from "../read/machine-text";
import { subjectText } from "../read/subject";
import type {
  Attributes,
  CertificateAttributes,
  FileAttributes,
  KeyAttributes,
  MachineAttributes,
  ReloadAttributes,
  RequestAttributes,
} from "./attributes";
import { type Planned, type PlannedValues, UNKNOWN } from "./planned-values";

/** The part of a resource's values that is kept. It contains no private key. */
export function attributesOf(type: string, values: PlannedValues): Attributes {
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
      return machineOf(values) ?? reloadOf(values) ?? { role: "other" };
    default:
      return { role: "other" };
  }
}

function keyOf(values: PlannedValues): KeyAttributes {
  const digests = ["private_key_pem", "private_key_pem_pkcs8", "private_key_openssh"].map((name) =>
    values.digest(name),
  );
  return {
    role: "key",
    keyType: keyTypeOf(values),
    digests: digests.filter((digest) => typeof digest === "string"),
  };
}

/** The key type in the words of certificates: `RSA 2048`, `ECDSA P-256`, `Ed25519`; or `unknown`. */
function keyTypeOf(values: PlannedValues): string {
  switch (values.text("algorithm")) {
    case "RSA":
      return knownKeyType(`RSA ${String(values.number("rsa_bits"))}`);
    case "ECDSA":
      return knownKeyType(`ECDSA ${String(values.text("ecdsa_curve")).replace(/^P/, "P-")}`);
    case "ED25519":
      return "Ed25519";
    default:
      return "unknown";
  }
}

function requestOf(values: PlannedValues): RequestAttributes {
  return {
    role: "request",
    key: values.digest("private_key_pem"),
    pem: values.text("cert_request_pem"),
    names: namesOf(values),
    subject: subjectOf(values),
  };
}

function certificateOf(type: string, values: PlannedValues): CertificateAttributes {
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

function fileOf(values: PlannedValues): FileAttributes {
  const [name = "content"] = ["content", "sensitive_content"].filter((each) => values.text(each) !== undefined);
  const content = values.text(name);
  return {
    role: "file",
    path: values.shown("filename"),
    certificates: content === UNKNOWN ? content : certificatesIn(content),
    key: values.digest(name),
    mode: values.shown("file_permission"),
  };
}

/** A text that contains certificates, unchanged; undefined for any other value. */
export function certificatesIn(value: unknown): string | undefined {
  return typeof value === "string" && value.includes("-----BEGIN CERTIFICATE-----") ? value : undefined;
}

function machineOf(values: PlannedValues): MachineAttributes | undefined {
  const text = values.text("triggers_replace");
  const read = typeof text === "string" ? readMachineText(text) : undefined;
  return read && { role: "machine", ...read };
}

function reloadOf(values: PlannedValues): ReloadAttributes | undefined {
  const input = values.nested("input");
  const [address, command] = [input.shown("address"), input.shown("reload_command")];
  return typeof address === "string" && typeof command === "string" ? { role: "reload", address, command } : undefined;
}

/** The requested subject alternative names: DNS names, IP addresses, and URIs with their kind. */
function namesOf(values: PlannedValues): Planned<readonly string[]> {
  const kinds = [
    values.shownList("dns_names", (value) => shownName({ kind: "DNS", value })),
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

function subjectOf(values: PlannedValues): Planned<string> {
  const subject = values.nested("subject");
  if (subject.isUnknown) {
    return UNKNOWN;
  }
  const attributes = SUBJECT.map(([attribute, name]) => [name, subject.shown(attribute)] as const);
  return attributes.some(([, value]) => value === UNKNOWN)
    ? UNKNOWN
    : subjectText(attributes.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}

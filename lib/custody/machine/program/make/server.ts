import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { CertificationRequest } from "@peculiar/asn1-csr";
import { join } from "node:path";
import { type DeclaredServer, NO_KEY, parsePassword } from "../../../../machine-format/declared";
import { type CertificateRecord, sha256 } from "../../../../machine-format/record";
import { type Rule, SERVER_FILES } from "../../../../machine-format/rules";
import { pemBlocks, toPem } from "../../../../x509/pem";
import type { KeyAlgorithmName } from "../../../../values/key-algorithm";
import { timestamp } from "../../../../values/time";
import { type Context, suffixOf, tokenOf, validityOf } from "../context";
import { keyFile, openKeyFile, presentPassword } from "./existing-key";
import { isDue } from "../../../../values/renewal";
import { Failure } from "../failure";
import { saysTheSame } from "./issued-certificate";
import { algorithmOf, generateKey, samePublicKey } from "./key";
import { accessOf, trustedUsers } from "../files/access";
import type { Made } from "../files/placing";
import type { OpenedAuthority } from "./opened-authority";
import { hashTrusted, readPem } from "../files/trusted-file";
import { foreignForms, makeServerForms, staleForms } from "./forms/server-forms";

/** A broker whose key or certificate is due. */
export interface DueServer {
  /** Below the PEM directory. */
  readonly folder: string;
  readonly declared: DeclaredServer;
  readonly record: CertificateRecord | undefined;
  readonly rule: Rule;
  /** The words of the rule, or of the plan. */
  readonly words: string;
}

/** A broker's key. */
interface ServerKey {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Buffer;
  /** The content of its file; undefined if the key is elsewhere. */
  readonly file: string | undefined;
}

/** @throws Failure if it cannot be made, or the existing files cannot be adopted */
export async function makeServer(context: Context, due: DueServer, authority: OpenedAuthority): Promise<Made> {
  const { folder: name, declared, record, rule, words } = due;
  const folder = join(context.directory, name);
  const owners = trustedUsers([declared.access, record?.access]);
  const read = (file: string): string | undefined => readPem(join(folder, file), owners);
  const access = accessOf(declared.access);
  // Existing files get the new owners too.
  const isForOthers = (record?.access ?? "") !== (declared.access ?? "");
  const present = { key: read(SERVER_FILES.key), certificate: read(SERVER_FILES.certificate) };
  const key = await keyFor(context, due, present);
  const { pem: certificate, notAfter } = certificateFor(context, due, key, { authority, there: present.certificate });
  const isElsewhere = declared.key === NO_KEY;
  const forms =
    key.file === undefined
      ? []
      : await makeServerForms(context, name, declared, { key: key.file, certificate, mode: access.keyMode });
  const isRecorded = (content: string | undefined): boolean =>
    content === undefined ||
    content === "" ||
    [record?.key_sha256, record?.certificate_sha256].includes(sha256(content));
  const files = [
    { name: SERVER_FILES.key, content: key.file, there: present.key, mode: access.keyMode },
    { name: SERVER_FILES.certificate, content: certificate, there: present.certificate, mode: 0o644 },
  ];
  const made = files.flatMap(({ content, there, ...file }) =>
    content === undefined || (content === there && !isForOthers) ? [] : [{ ...file, content }],
  );
  // Files that someone else put here cannot be made again.
  const lost = files.filter(
    ({ name: file, there }) =>
      made.some((one) => one.name === file && one.content !== there) &&
      !isRecorded(there) &&
      (file !== SERVER_FILES.key || rule.key === "new"),
  );
  const gone = [
    // The key is on the broker from now on.
    ...(isElsewhere && present.key !== undefined && sha256(present.key) === record?.key_sha256
      ? [SERVER_FILES.key]
      : []),
    // The record that custody "state" kept of a key with a password.
    ...(rule.kind === "adopted" ? [`${SERVER_FILES.key}.json`] : []),
    ...staleForms(record, declared, (file) => hashTrusted(join(folder, file), owners)),
  ];
  return {
    key: name,
    folder,
    files: [...made, ...forms],
    record: {
      token: tokenOf(context, words),
      intent: declared.intent,
      issuer: authority.issuer,
      key: declared.key,
      key_version: declared.key_version,
      password: declared.password,
      not_after: timestamp(notAfter),
      key_sha256: key.file === undefined ? "" : sha256(key.file),
      certificate_sha256: sha256(certificate),
      ...(declared.forms !== undefined && {
        forms: declared.forms,
        forms_sha256: forms.map(({ content }) => sha256(content)).join(" "),
      }),
      ...(declared.access !== undefined && { access: declared.access }),
    },
    ...((isForOthers || declared.access !== undefined) && { access }),
    keep: {
      names: [...lost.map((file) => file.name), ...foreignForms(folder, forms, record, owners)],
      suffix: suffixOf(context),
    },
    gone,
  };
}

async function keyFor(
  context: Context,
  { folder, declared, record, rule }: DueServer,
  present: { readonly key: string | undefined; readonly certificate: string | undefined },
): Promise<ServerKey> {
  if (declared.request !== undefined) {
    return { publicKey: publicKeyOf(declared.request), file: undefined };
  }
  const { secrets } = context;
  const password = parsePassword(declared.password);
  const path = join(context.shown, folder, SERVER_FILES.key);
  if (rule.key === "new" || present.key === undefined || present.key === "") {
    const made = await generateKey(declared.key as KeyAlgorithmName);
    return { publicKey: made.publicKey, file: await keyFile(made.privateKey, password, secrets, made.pem) };
  }
  const hasOtherPassword = record !== undefined && record.password !== declared.password;
  if (record !== undefined && !hasOtherPassword && present.certificate !== undefined) {
    const isVouchedFor =
      sha256(present.key) === record.key_sha256 && sha256(present.certificate) === record.certificate_sha256;
    if (isVouchedFor) {
      // Opening a key takes longer than making one.
      const { publicKey } = new X509Certificate(present.certificate);
      return { publicKey: publicKey.export({ type: "spki", format: "der" }), file: present.key };
    }
  }
  const opened = openKeyFile(
    path,
    present.key,
    presentPassword((record ?? declared).password, declared.password),
    secrets,
  );
  if (record === undefined) {
    const algorithm = algorithmOf(opened);
    if (algorithm !== declared.key) {
      throw new Failure(
        `${path} is a key of ${algorithm}, and ${declared.key} is declared. To adopt it, declare its algorithm.`,
      );
    }
  }
  return {
    publicKey: createPublicKey(opened).export({ type: "spki", format: "der" }),
    file: hasOtherPassword ? await keyFile(opened, password, secrets) : present.key,
  };
}

/** A certificate with the chain that clients need. */
interface ServerPem {
  readonly pem: string;
  readonly notAfter: Date;
}

/** The existing certificate, if it stays; otherwise a new one. */
function certificateFor(
  context: Context,
  due: DueServer,
  key: ServerKey,
  { authority, there }: { readonly authority: OpenedAuthority; readonly there: string | undefined },
): ServerPem {
  const { folder, declared, rule } = due;
  if (rule.kind !== "adopted" && rule.certificate === "new") {
    return signServer(context, due, key, authority);
  }
  const path = join(context.shown, folder);
  const publicKey = createPublicKey({ key: key.publicKey, type: "spki", format: "der" });
  const present = there === undefined ? undefined : new X509Certificate(there);
  if (rule.kind === "adopted") {
    if (present !== undefined && !isOurs(present, publicKey, authority)) {
      const file = join(path, declared.key === NO_KEY ? SERVER_FILES.certificate : SERVER_FILES.key);
      throw new Failure(`${file} was not made for this fleet. Move it away, or restore the original.`);
    }
    const fresh = signServer(context, due, key, authority);
    // A key without a certificate comes from another fleet, whose authority signed the certificate.
    if (
      present === undefined ||
      !stays(present, fresh.pem, context, due) ||
      there?.includes(authority.chain) !== true
    ) {
      return fresh;
    }
  } else if (present === undefined || !samePublicKey(publicKey, present)) {
    throw new Failure(
      `${join(path, SERVER_FILES.certificate)} does not belong to the key next to it. Plan and deploy again.`,
    );
  }
  return { pem: there ?? "", notAfter: new Date(present.validTo) };
}

function signServer(
  context: Context,
  { declared }: DueServer,
  { publicKey }: ServerKey,
  { signer, chain, notBefore: earliest, notAfter: latest }: OpenedAuthority,
): ServerPem {
  const { notBefore, notAfter } = validityOf(context, declared.hours);
  if (notAfter > latest) {
    throw new Failure(
      `its certificate would expire after its authority's, which is valid until ${timestamp(latest)}. Give it a shorter duration, or have a later generation of the authority sign it.`,
    );
  }
  const certificate = signer.sign(
    {
      subject: declared.attributes,
      notBefore: notBefore < earliest ? earliest : notBefore,
      notAfter,
      usage: {
        kind: "server",
        dnsNames: declared.dns_names,
        ipAddresses: declared.ip_addresses,
        canEncipher: declared.can_encipher,
        clientAuth: declared.client_auth ?? false,
      },
    },
    publicKey,
  );
  return { pem: toPem("CERTIFICATE", certificate) + chain, notAfter };
}

/** Whether the authority signed a certificate without a record, for the key. */
function isOurs(certificate: X509Certificate, key: KeyObject, { certificate: issuer }: OpenedAuthority): boolean {
  return samePublicKey(key, certificate) && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Whether the existing certificate has the same content as a new one, and is not due. */
function stays(there: X509Certificate, fresh: string, { time }: Context, { declared }: DueServer): boolean {
  const isStillGood = !isDue(new Date(there.validTo), declared.renew_before_hours, time);
  return isStillGood && saysTheSame(there, new X509Certificate(fresh), "server");
}

/** The public key of a CSR. The declaration checked its signature. */
function publicKeyOf(request: string): Buffer {
  const [block] = pemBlocks(request);
  const { certificationRequestInfo } = AsnConvert.parse(block?.data ?? new Uint8Array(), CertificationRequest);
  return Buffer.from(AsnConvert.serialize(certificationRequestInfo.subjectPKInfo));
}

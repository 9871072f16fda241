/**
 * What a plan makes of the files that are there, in Terraform's language: the rules of custody `machine`.
 *
 * Beside each certificate stands a record of it, which `openssl.sh` writes:
 *
 *     {"token": …, "intent": …, "issuer": …, "key": …, "key_version": …, "not_after": …, "sha256": {"key": …, "certificate": …}}
 *
 * Engines read the text of a resource again and again, and that is most of the time of a large plan. So what there is to say
 * of all brokers is said once, in tables that are worked out once, and each broker's resource has little more than its place
 * in them. And each broker has a resource of its own: as instances of one, they would cost time that grows with the square of
 * the fleet.
 */

/** A key, a certificate and their record, and what is declared for them: expressions, but for paths, which are templates. */
export interface OpensslFiles {
  /** The folder that they are in. */
  readonly folder: string;
  /** What key and record are called, without their suffixes. */
  readonly name: "ca" | "server";
  /** What the certificate is called. */
  readonly certificate: string;
  /** What it is called where the authority has other generations beside it, or no longer has them. */
  readonly otherCertificate?: string;
  /** The record: what {@link recordOf} makes of it. */
  readonly record: string;
  /** The key's algorithm; {@link NO_KEY} where it is elsewhere. */
  readonly key: string;
  /** Its version, as text: empty where it is the first. */
  readonly keyVersion: string;
  /** A hash of all that the certificate is to say. */
  readonly intent: string;
  /** What changes with the authority's certificate. */
  readonly issuer: string;
  /** What its key's file has for a password: empty where it has none. */
  readonly password: string;
  /** When one that is issued now ends, from `token`, which begins with the time. */
  readonly end: string;
  /** How long before its end the certificate is due: hours. */
  readonly renewBefore: string;
}

/** An object, as an expression. */
export function inHcl(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([name, expression]) => `${name} = ${expression}`);
  return `{${pairs.join(", ")}}`;
}

/** In place of an algorithm: the key was made elsewhere, and stays there. */
export const NO_KEY = "none";

/** The hash of a file without content, such as a power failure leaves: nothing in it could be lost. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The length of a time in RFC 3339, with which each token begins. */
const TIME = "2006-01-02T15:04:05Z".length;

/**
 * An expression for the record, whose `state` is
 *
 * - `made`: what it tells of is there in full, beside its place, and was stopped on its way there;
 * - `placed`: what it tells of is in its place;
 * - `none`: there is none, or none that makes sense.
 */
export function recordOf(folder: string, name: OpensslFiles["name"]): string {
  const fields = {
    token: `format("%s%s", timeadd(substr(r.token, 0, ${TIME}), "0s"), substr(r.token, ${TIME}, -1))`,
    not_after: 'timeadd(r.not_after, "0s")',
    intent: "tostring(r.intent)",
    issuer: "tostring(r.issuer)",
    key: "tostring(r.key)",
    key_version: 'try(r.key_version, "")',
    password: 'try(r.password, "")',
    key_sha256: "tostring(r.sha256.key)",
    certificate_sha256: "tostring(r.sha256.certificate)",
  };
  const read = (path: string, state: string) =>
    `[for r in [jsondecode(file("${path}"))] : ${inHcl({ state: `"${state}"`, ...fields })}][0]`;
  const empty = Object.fromEntries(Object.keys(fields).map((field) => [field, '""']));
  const none = inHcl({ state: '"none"', ...empty });
  return `try(${read(`${folder}/.new/${name}.json`, "made")}, ${read(`${folder}/${name}.json`, "placed")}, ${none})`;
}

/**
 * An expression for `token` and `not_after`: those of the record where all is as it says and nothing is due. Else the token
 * is new: it begins with the time of the plan, and tells a reviewer what will be made, and why.
 */
export function planFor(files: OpensslFiles): string {
  const { folder, name, certificate, otherCertificate, record, key, keyVersion } = files;
  const { intent, issuer, password, end, renewBefore } = files;
  const path = `${folder}/${name}`;
  const has = (file: string) => `try(filesha256("${folder}/${file}"), "") == r.certificate_sha256`;
  const isElsewhere = `${key} == "${NO_KEY}"`;
  const newCertificate = `new certificate\${${isElsewhere} ? "" : ", same key"}`;
  const reasons: readonly (readonly [condition: string, reason: string])[] = [
    // Not with the old token: the state may have it, of the deployment that was stopped.
    ['r.state == "made"', "finished: a deployment was stopped"],
    [
      `r.state == "none" && (${isElsewhere} ? fileexists("${folder}/${certificate}") : fileexists("${path}.key"))`,
      `taken over: a \${${isElsewhere} ? "certificate" : "key"} is there`,
    ],
    [`r.state == "none"`, "new"],
    [`!(${isElsewhere}) && !fileexists("${path}.key")`, `new key and certificate: ${name}.key is missing`],
    [
      `r.key != ${key}`,
      `new \${${isElsewhere} ? "certificate: its key is made elsewhere" : "key and certificate: another algorithm is declared"}`,
    ],
    [`r.key_version != ${keyVersion}`, "new key and certificate: another version of the key is declared"],
    ...(otherCertificate === undefined
      ? []
      : [
          [
            `!(${has(certificate)}) && ${has(otherCertificate)}`,
            `${SAME}: it goes from ${otherCertificate} to ${certificate}`,
          ] as const,
        ]),
    [`!(${has(certificate)})`, `${newCertificate}: ${certificate} is missing or changed`],
    [`r.intent != ${intent}`, `${newCertificate}: another is declared`],
    [`r.issuer != ${issuer}`, `${newCertificate}: its authority has another`],
    [
      `timecmp(plantimestamp(), timeadd(r.not_after, "-\${${renewBefore}}h")) >= 0`,
      `${newCertificate}: the old one is due`,
    ],
    [`r.password != ${password}`, `${SAME}: another password is declared`],
  ];
  const fresh = reasons.map(([condition, reason]) => `${condition} ? "\${plantimestamp()} ${reason}" : `).join("");
  const isKept = `r.state == "made" || ${keepsCertificate("token", "r.token")}`;
  return `[for r in [${record}] : [for token in [${fresh}r.token] : {token = token, not_after = ${isKept} ? r.not_after : ${end}}][0]][0]`;
}

/** What a reason begins with that leaves the certificate alone. */
const SAME = "same key and certificate";

/** Whether the certificate stays as it is, where a plan has `token` and the record `recorded`: expressions. */
export function keepsCertificate(token: string, recorded: string): string {
  return `(${token} == ${recorded} || length(regexall("${SAME}", ${token})) > 0)`;
}

/** The end of what is valid for `days`, an expression: at the earliest, for a plan may be applied later. */
export function endAfter(days: string): string {
  return `timeadd(substr(token, 0, ${TIME}), "\${${days} * 24}h")`;
}

/**
 * Whether what is there is this fleet's: the key is the one in the record; or there is no record, and neither key nor
 * certificate, or the consent to take them over. A broker's key may be missing, for another can be made.
 *
 * @param directory the PEM directory
 */
export function isOurs({ folder, name, certificate, record }: OpensslFiles, directory: string): string {
  const path = `${folder}/${name}`;
  const isThere = `fileexists("${path}.key") || fileexists("${folder}/${certificate}")`;
  const isFree = `!(${isThere}) || fileexists("${directory}/take-over")`;
  const isRecorded = `filesha256("${path}.key") == r.key_sha256`;
  // Not with "or", of which engines evaluate both sides.
  const isNothing = `!fileexists("${path}.key") ? true : filesha256("${path}.key") == "${EMPTY}" ? true`;
  // What cannot be read is not ours.
  const isSound = name === "ca" ? isRecorded : `${isNothing} : ${isRecorded}`;
  return `[for r in [${record}] : r.state == "made" || (r.state == "none" ? ${isFree} : try(${isSound}, false))][0]`;
}

/**
 * Whether what is there of an authority whose key is elsewhere may be written over: there is a record of one, or nothing but
 * what would be written; or the consent.
 *
 * @param trustAnchor the hash of what is to be written: an expression
 */
export function isReplaceable(
  { folder, certificate, record }: OpensslFiles,
  trustAnchor: string,
  directory: string,
): string {
  const isTheSame = `try(filesha256("${folder}/${certificate}"), ${trustAnchor}) == ${trustAnchor}`;
  const isOurs = `r.state != "none" && r.key == "${NO_KEY}"`;
  return `[for r in [${record}] : ${isOurs} || ${isTheSame} || fileexists("${directory}/take-over")][0]`;
}

/** Whether an authority stays who it is: clients know it by its certificate, which is for its key, and not over. */
export function staysTheSame({ record, key, intent }: OpensslFiles): string {
  const isSame = `r.key == ${key} && r.intent == ${intent} && timecmp(plantimestamp(), r.not_after) < 0`;
  return `[for r in [${record}] : r.state == "none" ? true : ${isSame}][0]`;
}

/**
 * An expression for the record of what clients trust, where that is several certificates in one file: the files that they
 * come from, their hashes, and the hash of the one file. Empty where there is none, or none that makes sense.
 */
export function trustRecordOf(directory: string): string {
  const fields = {
    token: `format("%s%s", timeadd(substr(r.token, 0, ${TIME}), "0s"), substr(r.token, ${TIME}, -1))`,
    files: "tostring(r.files)",
    certificates: "tostring(r.certificates)",
    sha256: "tostring(r.sha256)",
  };
  const none = Object.fromEntries(Object.keys(fields).map((field) => [field, '""']));
  return `try([for r in [jsondecode(file("${directory}/trust.json"))] : ${inHcl(fields)}][0], ${inHcl(none)})`;
}

/**
 * Whether an authority that clients trust already is here: its files may be lost while others' are not.
 *
 * @param trustRecord what {@link trustRecordOf} makes, and `file`, the one with its certificate, below the directory
 */
export function isHereIfTrusted({ record }: OpensslFiles, trustRecord: string, file: string): string {
  return `${record}.state != "none" || !contains(split(" ", ${trustRecord}.files), "${file}")`;
}

/**
 * An expression for the token of what clients trust: that of the record, or a new one.
 *
 * @param record and `certificates`, the hashes of those that are declared: expressions
 */
export function trustPlanFor(directory: string, record: string, certificates: string): string {
  const reasons: readonly (readonly [condition: string, reason: string])[] = [
    ['r.token == ""', "new"],
    [`r.certificates != ${certificates}`, "other certificates"],
    [`try(filesha256("${directory}/ca.pem"), "") != r.sha256`, "ca.pem is missing or changed"],
  ];
  const fresh = reasons.map(([condition, reason]) => `${condition} ? "\${plantimestamp()} ${reason}" : `).join("");
  return `[for r in [${record}] : ${fresh}r.token][0]`;
}

/**
 * Whether what is there of what clients trust may be written over: there is a record; or nothing, or one certificate that a
 * record vouches for; or the consent.
 *
 * @param records those of the generations, and `record`, of the trust: expressions
 */
export function isTrustReplaceable(directory: string, record: string, records: readonly string[]): string {
  const known = `[${records.map((one) => `${one}.certificate_sha256`).join(", ")}]`;
  const isKnown = `contains(${known}, try(filesha256("${directory}/ca.pem"), ${records[0]}.certificate_sha256))`;
  return `[for r in [${record}] : r.token != "" || ${isKnown} || fileexists("${directory}/take-over")][0]`;
}

/**
 * What tells that files are to be removed: it names the folders of brokers that are declared no longer, until they are gone.
 *
 * @param declared their folders: an expression
 */
export function removalOf(directory: string, declared: string): string {
  // A name that no broker of ours has is nobody's to be removed, and might mean something to a shell.
  const found = ["server.json", ".new/*"].map((file) => `fileset("${directory}", "brokers/*/${file}")`);
  const folder = 'regex("^(brokers/[a-z0-9._-]+)/", path)[0]';
  const there = `[for path in setunion(${found.join(", ")}) : ${folder} if can(${folder})]`;
  const old = `try(jsondecode(file("${directory}/removed.json")).token, "")`;
  return `[for gone in [join(" ", setsubtract(${there}, ${declared}))] : gone == "" ? ${old} : "\${plantimestamp()} removes \${gone}"][0]`;
}

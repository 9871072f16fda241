/**
 * What a plan makes of the files that are there, in Terraform's language: the rules of custody `machine`.
 *
 * Beside each certificate stands a record of it, which `openssl.sh` writes:
 *
 *     {"token": …, "intent": …, "issuer": …, "key": …, "not_after": …, "sha256": {"key": …, "certificate": …}}
 *
 * Engines read an expression anew, text and all, whenever they look at its resource. So what there is to say of each broker
 * is said once, in a table that is worked out once. And each broker has a resource of its own: as instances of one, they
 * would cost time that grows with the square of the fleet.
 */

/** A key, a certificate and their record, and what is declared for them: expressions, but for paths, which are templates. */
export interface OpensslFiles {
  /** The folder that they are in. */
  readonly folder: string;
  /** What they are called, without their suffixes. */
  readonly name: "ca" | "server";
  /** The key's algorithm. */
  readonly key: string;
  /** A hash of all that the certificate is to say. */
  readonly intent: string;
  /** What changes with the authority's certificate. */
  readonly issuer: string;
  /** How long before its end the certificate is due: hours. */
  readonly renewBefore: string;
}

/** The hash of a file without content, such as a power failure leaves: nothing in it could be lost. */
const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** The length of a time in RFC 3339, with which each token begins. */
const TIME = "2006-01-02T15:04:05Z".length;

/**
 * The record's token where all is as it says and nothing is due; and else a new one, which begins with the time of the
 * plan and tells a reviewer what will be made, and why.
 */
export function tokenFor(files: OpensslFiles): string {
  const { folder, name, key, intent, issuer, renewBefore } = files;
  const path = `${folder}/${name}`;
  const reasons: readonly (readonly [condition: string, reason: string])[] = [
    ["r == null", "new"],
    [`!fileexists("${path}.key")`, `new key and certificate: ${name}.key is missing`],
    [`r.key != ${key}`, "new key and certificate: another algorithm is declared"],
    [
      `try(filesha256("${path}.pem"), "") != r.sha256.certificate`,
      `new certificate, same key: ${name}.pem is missing or changed`,
    ],
    [`r.intent != ${intent}`, "new certificate, same key: another is declared"],
    [`r.issuer != ${issuer}`, "new certificate, same key: its authority has another"],
    [
      `timecmp(plantimestamp(), timeadd(r.not_after, "-\${${renewBefore}}h")) >= 0`,
      "new certificate, same key: the old one is due",
    ],
  ];
  const fresh = reasons.map(([condition, reason]) => `${condition} ? "\${plantimestamp()} ${reason}" : `).join("");
  // What was stopped between two renames is finished with the token that it was begun with.
  return withRecord(files, `try(jsondecode(file("${folder}/.new/${name}.json")).token, ${fresh}r.token)`);
}

/** When a certificate ends that was issued by the plan of a token: at the earliest, for a plan may be applied later. */
export function endOf(token: string, days: string): string {
  return `timeadd(substr(${token}, 0, ${TIME}), "\${${days} * 24}h")`;
}

/**
 * Whether what is there is this fleet's: the key is the one in the record; or there is no record, and neither key nor
 * certificate, or the consent to take them over. A broker's key may be missing, for another can be made.
 *
 * @param directory the PEM directory
 */
export function isOurs(files: OpensslFiles, directory: string): string {
  const { folder, name } = files;
  const path = `${folder}/${name}`;
  const isFree = `!fileexists("${path}.key") && !fileexists("${path}.pem") || fileexists("${directory}/take-over")`;
  const isRecorded = `filesha256("${path}.key") == r.sha256.key`;
  const isNothing = `!fileexists("${path}.key") || filesha256("${path}.key") == "${EMPTY}"`;
  const isSound = name === "ca" ? isRecorded : `${isNothing} || ${isRecorded}`;
  // Terraform evaluates both sides of an "or": what cannot be read is not ours.
  const isSafe = `r == null ? ${isFree} : try(${isSound}, false)`;
  return withRecord(files, `fileexists("${folder}/.new/${name}.json") || (${isSafe})`);
}

/**
 * What tells that files are to be removed: it names the folders of brokers that are declared no longer, until they are gone.
 *
 * @param declared their folders: an expression
 */
export function removalOf(directory: string, declared: string): string {
  // A name that no broker of ours has is nobody's to be removed, and might mean something to a shell.
  const there = `[for path in fileset("${directory}", "brokers/*/server.json") : dirname(path) if can(regex("^brokers/[a-z0-9._-]+$", dirname(path)))]`;
  const old = `try(jsondecode(file("${directory}/removed.json")).token, "")`;
  return `[for gone in [join(" ", setsubtract(${there}, ${declared}))] : gone == "" ? ${old} : "\${plantimestamp()} removes \${gone}"][0]`;
}

/** An expression in which `r` is the record: null where there is none, or none that can be read. */
function withRecord({ folder, name }: OpensslFiles, expression: string): string {
  return `[for r in [try(jsondecode(file("${folder}/${name}.json")), null)] : ${expression}][0]`;
}

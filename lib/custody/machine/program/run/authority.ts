import { join } from "node:path";
import { type DeclaredAuthority, type ImportedAuthority, isImported } from "../../../../machine-format/declared";
import { type CertificateRecord, sha256, toLines, type TrustRecord } from "../../../../machine-format/record";
import { authorityFiles, ruleWith } from "../../../../machine-format/rules";
import { type Context, isAlone, refuseUnlessPlanned, tokenOf } from "../context";
import { isForeign, ruleFor, type Situation, trustWordsFor, wordsFor } from "../decide";
import { Failure } from "../failure";
import { type DueAuthority, makeAuthority } from "../make/authority";
import { finish, place, removeFile, stage } from "../files/placing";
import { RecordFiles, toAuthorityRecords } from "../files/record-files";
import { authorityPath } from "../make/opened-authority";
import { decideTrustForms, type KnownTrustForms, truststorePassword, writeTrustForms } from "./trust-forms";
import { putInPlace, writeBeside } from "../files/replacing";
import { hashTrusted, readPem } from "../files/trusted-file";
import { openFolder } from "../files/trusted-folder";

/** The records of an authority. */
export interface KnownAuthorities {
  readonly records: Map<string, CertificateRecord>;
  /** The journal of a stopped run. */
  readonly stopped: ReadonlyMap<string, CertificateRecord>;
  readonly trust: TrustRecord | undefined;
  readonly forms: KnownTrustForms;
}

export function readAuthorities(directory: string): KnownAuthorities {
  const files = new RecordFiles(directory, "authorities");
  const { generations, trust, forms } = toAuthorityRecords(files.read());
  return { records: new Map(Object.entries(generations)), stopped: files.readJournal(), trust, forms };
}

/** Makes the parts of the authority that are due, and the trust anchors. */
export async function runAuthority(context: Context): Promise<void> {
  const { directory, declared } = context;
  const known = readAuthorities(directory);
  const generations = Object.entries(declared.authorities);
  const situations = new Map(
    generations.map(([generation, authority]) => [generation, situationOf(context, known, generation, authority)]),
  );
  const words = new Map([...situations].map(([generation, situation]) => [generation, wordsFor(situation)]));
  const certificates = trustedCertificates(context, known, words);
  const trust = isAlone(context) ? undefined : trustWords(context, known, certificates);
  const forms = decideTrustForms(context, known.forms, certificates);
  const tokensOfForms = [...forms].map(([form, { token }]) => [`trust/${form}`, token] as const);
  refuseUnlessPlanned(context, new Map([...tokensOf(context, known, words, trust), ...tokensOfForms]));
  for (const [generation, situation] of situations) {
    refuseForeign(context, generation, situation);
  }

  const password = truststorePassword(context, forms);
  const files = new RecordFiles(directory, "authorities");
  const due = [...words].filter(([, one]) => one !== "");
  for (const [generation, one] of due) {
    const authority = declared.authorities[generation];
    if (authority !== undefined) {
      await renew(context, files, known, { generation, authority, words: one });
    }
  }
  const nextTrust =
    trust === undefined || trust === ""
      ? known.trust
      : writeTrust(context, known, trust, (record) => {
          files.write(toText(known.records, record, known.forms));
        });
  const nextForms = await writeTrustForms(context, known.forms, forms, {
    trusted: trustSources(context).map(({ path, generation }) => ({ generation, pem: readPem(path) ?? "" })),
    certificates: madeCertificates(context, known),
    password,
  });
  files.write(toText(known.records, isAlone(context) ? undefined : nextTrust, nextForms));
  if (isAlone(context)) {
    removeFile(join(directory, "authority.pem"));
  }
}

function situationOf(
  context: Context,
  { records, stopped }: KnownAuthorities,
  generation: string,
  declared: DeclaredAuthority | ImportedAuthority,
): Situation {
  const folder = authorityPath(context.directory, generation);
  const isThere = openFolder(folder);
  return {
    files: authorityFiles(Number(generation), isAlone(context)),
    record: stopped.get(generation) ?? records.get(generation),
    isStopped: stopped.has(generation),
    declared: { ...declared, key_version: "1", renew_before_hours: 0 },
    issuer: "",
    hashOf: (file) => (isThere ? hashTrusted(join(folder, file)) : undefined),
    time: context.time,
  };
}

/** The plan's tokens of each generation and of the trust anchors. */
function tokensOf(
  context: Context,
  { records, trust }: KnownAuthorities,
  words: ReadonlyMap<string, string>,
  trustWords: string | undefined,
): Map<string, string> {
  const tokenFor = (one: string, recorded: string | undefined): string =>
    one === "" ? (recorded ?? "") : tokenOf(context, one);
  return new Map([
    ...[...words].map(([generation, one]) => [generation, tokenFor(one, records.get(generation)?.token)] as const),
    ...(trustWords === undefined ? [] : [["trust", tokenFor(trustWords, trust?.token)] as const]),
  ]);
}

/** The hash of a generation's trust anchor: empty if the plan replaces it. */
function trustedHash(context: Context, known: KnownAuthorities, generation: string, words: string): string {
  const authority = context.declared.authorities[generation];
  if (authority !== undefined && isImported(authority)) {
    return sha256(authority.trust_anchor);
  }
  return issuerHash(context, known, generation, words);
}

/**
 * The hash of the certificate that a generation signs with, as a plan knows it: empty if the plan replaces it.
 *
 * @param words the words of the plan; empty if it stays
 */
export function issuerHash(
  context: Context,
  { records, stopped }: KnownAuthorities,
  generation: string,
  words: string,
): string {
  const authority = context.declared.authorities[generation];
  if (authority !== undefined && isImported(authority)) {
    return authority.fingerprint;
  }
  const rule = ruleWith(words);
  if (rule?.kind === "adopted") {
    const files = authorityFiles(Number(generation), isAlone(context));
    return hashTrusted(join(authorityPath(context.directory, generation), files.certificate)) ?? "";
  }
  const record = stopped.get(generation) ?? records.get(generation);
  return rule?.certificate === "new" ? "" : (record?.certificate_sha256 ?? "");
}

/** The hashes of the trust anchors, as a plan knows them. */
function trustedCertificates(context: Context, known: KnownAuthorities, words: ReadonlyMap<string, string>): string {
  return context.declared.trust
    .map((generation) => trustedHash(context, known, generation, words.get(generation) ?? ""))
    .join(" ");
}

/** The hashes of the trust anchors, once they are made. */
function madeCertificates({ declared }: Context, { records }: KnownAuthorities): string {
  return declared.trust.map((generation) => records.get(generation)?.certificate_sha256 ?? "").join(" ");
}

function trustWords(context: Context, known: KnownAuthorities, certificates: string): string {
  return trustWordsFor(known.trust, certificates, hashTrusted(join(context.directory, "ca.pem")));
}

/** The files of the trust anchors, in order. */
function trustSources(context: Context): { path: string; generation: string; certificate: string }[] {
  return context.declared.trust.map((generation) => {
    const { certificate } = authorityFiles(Number(generation), isAlone(context));
    return { path: join(authorityPath(context.directory, generation), certificate), generation, certificate };
  });
}

function refuseForeign({ declared, hasConsent, shown }: Context, generation: string, situation: Situation): void {
  const authority = declared.authorities[generation];
  const isElsewhere = authority === undefined || isImported(authority);
  if (!isElsewhere && isForeign(situation, { hasConsent, mayKeyBeMissing: false })) {
    throw new Failure(
      `${join(authorityPath(shown, generation), situation.files.key)} is missing, or is not the key in its record. Restore both from a backup.`,
    );
  }
}

async function renew(
  context: Context,
  files: RecordFiles,
  known: KnownAuthorities,
  {
    generation,
    authority,
    words,
  }: { generation: string; authority: DeclaredAuthority | ImportedAuthority; words: string },
): Promise<void> {
  let situation = situationOf(context, known, generation, authority);
  const noted = known.stopped.get(generation);
  if (noted !== undefined) {
    const folder = authorityPath(context.directory, generation);
    const isWhole = finish(folder, situation.files, noted);
    const record = isWhole ? noted : known.records.get(generation);
    situation = { ...situation, record, isStopped: false };
    if (record !== undefined) {
      known.records.set(generation, { ...record, token: tokenOf(context, words) });
    }
  }
  const rule = ruleFor(situation);
  if (rule === undefined) {
    return;
  }
  const due: DueAuthority = {
    generation,
    declared: authority,
    files: situation.files,
    record: situation.record,
    rule,
    words,
  };
  const made = await makeAuthority(context, due);
  stage(made, { sync: true });
  files.note([[generation, made.record]]);
  place(made);
  known.records.set(generation, made.record);
}

/**
 * Writes several trust anchors to one file.
 *
 * @param note writes the record, before the file is in place: without one, the next plan would refuse the file of a stopped run
 */
function writeTrust(
  context: Context,
  known: KnownAuthorities,
  words: string,
  note: (record: TrustRecord) => void,
): TrustRecord {
  const sources = trustSources(context);
  const content = sources
    .map(({ path }) => readPem(path) ?? "")
    .map((pem) => (pem.endsWith("\n") ? pem : `${pem}\n`))
    .join("");
  const path = join(context.directory, "ca.pem");
  const record = {
    token: tokenOf(context, words),
    files: sources
      .map(({ generation, certificate }) =>
        generation === "1" ? certificate : `authorities/${generation}/${certificate}`,
      )
      .join(" "),
    certificates: madeCertificates(context, known),
    sha256: sha256(content),
  };
  writeBeside(path, content, 0o644);
  note(record);
  putInPlace(path);
  return record;
}

/** The text of the records. Removed generations keep their records, as they keep their files. */
function toText(
  records: ReadonlyMap<string, CertificateRecord>,
  trust: TrustRecord | undefined,
  forms: KnownTrustForms,
): string {
  const fields = [`"trust": ${JSON.stringify(trust ?? NO_TRUST)}`, `"forms": ${toLines(Object.entries(forms))}`];
  return `{"generations": ${toLines(records)}, ${fields.join(", ")}}\n`;
}

const NO_TRUST: TrustRecord = { token: "", files: "", certificates: "", sha256: "" };

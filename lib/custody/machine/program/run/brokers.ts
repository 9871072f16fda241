import { join } from "node:path";
import { type DeclaredServer, NO_KEY } from "../../../../machine-format/declared";
import { type CertificateRecord, toLines } from "../../../../machine-format/record";
import { SERVER_FILES } from "../../../../machine-format/rules";
import { type Context, isAlone, refuseUnlessPlanned, tokenOf } from "../context";
import { isForeign, ruleFor, type Situation, wordsFor } from "../decide";
import type { DirectoryLock } from "../lock/directory-lock";
import { Failure, reasonOf } from "../failure";
import { staleForms } from "../make/forms/server-forms";
import { makeServer } from "../make/server";
import { accessOf, giveFolder, trustedUsers } from "../files/access";
import { finish, type Made, place, removeFile, stage } from "../files/placing";
import type { Progress } from "../progress";
import { RecordFiles, toBrokerRecords } from "../files/record-files";
import { recordsOf, removeServer, sweep } from "./remove";
import { SeenFiles } from "./seen-files";
import { issuerHash, type KnownAuthorities, readAuthorities } from "./authority";
import { openAuthority, type OpenedAuthority } from "../make/opened-authority";
import { hashTrusted } from "../files/trusted-file";
import { openFolder } from "../files/trusted-folder";

/** The number of certificates that are put in place together, with one write to the journal. */
const BATCH = 128;

/** The number of brokers at a time: enough to keep all of Node's threads busy with keys. */
const AT_ONCE = 8;

interface KnownServers {
  readonly records: Map<string, CertificateRecord>;
  readonly stopped: ReadonlyMap<string, CertificateRecord>;
  readonly removed: string;
}

/** The result of a run. */
export interface Outcome {
  readonly made: number;
  /** The reasons of the brokers that could not be made or removed, by folder. */
  readonly failures: ReadonlyMap<string, string>;
}

/** A broker that is due. */
interface Due {
  readonly folder: string;
  readonly declared: DeclaredServer;
  readonly situation: Situation;
  readonly words: string;
}

/** Makes the brokers' files that are due, and deletes the files of removed brokers. */
export async function runBrokers(context: Context, lock: DirectoryLock, progress: Progress): Promise<Outcome> {
  const { directory } = context;
  const files = new RecordFiles(directory, "brokers");
  const { removed, brokers } = toBrokerRecords(files.read());
  const known: KnownServers = { records: new Map(Object.entries(brokers)), stopped: files.readJournal(), removed };
  const authorities = readAuthorities(directory);
  const { due, flaws, gone, tokens, nextRemoved } = decide(context, known, authorities);
  refuseUnlessPlanned(context, tokens);
  const signers = openSigners(context, authorities, due);

  sweep(directory, known.stopped);
  files.note([]);
  const failures = new Map(flaws);
  // The journal's entries that are not in place.
  const unfinished = new Map(known.stopped);
  let made = 0;
  for (let start = 0; start < due.length; start += BATCH) {
    const batch = due.slice(start, start + BATCH);
    const results = await makeAll(context, known, batch, signers, failures);
    lock.assertHeld();
    const staged = results.filter((one) => succeeds(failures, one.key, stage, one));
    files.note(staged.map(({ key, record }) => [key, record] as const));
    for (const one of staged) {
      unfinished.set(one.key, one.record);
      if (succeeds(failures, one.key, place, one)) {
        known.records.set(one.key, one.record);
        made += 1;
      }
    }
    for (const { folder } of batch) {
      forgetUnlessFailed(unfinished, failures, folder);
    }
    progress.tell(start + batch.length, due.length);
  }
  const removeGone = (folder: string): void => {
    removeServer(directory, folder, recordsOf(folder, known));
  };
  for (const folder of gone) {
    if (succeeds(failures, folder, removeGone, folder)) {
      known.records.delete(folder);
    }
    forgetUnlessFailed(unfinished, failures, folder);
  }
  files.write(`{"removed": ${JSON.stringify(nextRemoved)}, "brokers": ${toLines(known.records)}}\n`, unfinished);
  return { made, failures };
}

function forgetUnlessFailed(
  unfinished: Map<string, CertificateRecord>,
  failures: ReadonlyMap<string, string>,
  folder: string,
): void {
  if (!failures.has(folder)) {
    unfinished.delete(folder);
  }
}

/** The work to do, as the plan decided it. */
function decide(
  context: Context,
  known: KnownServers,
  authorities: KnownAuthorities,
): {
  readonly due: readonly Due[];
  /** Why the files of some brokers must not be used, by folder. */
  readonly flaws: ReadonlyMap<string, string>;
  readonly gone: readonly string[];
  readonly tokens: Map<string, string>;
  readonly nextRemoved: string;
} {
  const { declared, directory } = context;
  const hasFolders = openFolder(join(directory, "brokers"));
  // The authority is already made: this run replaces none of it.
  const issuers = new Map(
    Object.keys(declared.authorities).map((generation) => [
      generation,
      issuerHash(context, authorities, generation, ""),
    ]),
  );
  const tokens = new Map<string, string>();
  const due: Due[] = [];
  const flaws = new Map<string, string>();
  for (const [folder, server] of Object.entries(declared.brokers)) {
    const seen = new SeenFiles(join(directory, folder), hasFolders, ownersOf(known, folder, server));
    const situation: Situation = {
      files: SERVER_FILES,
      record: recordOf(known, folder),
      isStopped: known.stopped.has(folder),
      declared: server,
      issuer: issuers.get(server.generation) ?? "",
      hashOf: seen.hashOf,
      time: context.time,
    };
    const words = wordsFor(situation);
    tokens.set(folder, words === "" ? (situation.record?.token ?? "") : tokenOf(context, words));
    if (seen.flaw !== undefined) {
      flaws.set(folder, seen.flaw);
    } else if (words !== "") {
      due.push({ folder, declared: server, situation, words });
    }
  }
  const all = new Set([...known.records.keys(), ...known.stopped.keys()]);
  const gone = [...all].filter((folder) => declared.brokers[folder] === undefined).sort();
  const nextRemoved = gone.length === 0 ? known.removed : tokenOf(context, `removes ${gone.join(" ")}`);
  tokens.set("removed", nextRemoved);
  return { due, flaws, gone, tokens, nextRemoved };
}

/** The hashes of the files in a folder. Each file is read once, and not at all if the folder is missing. */
function hashes(folder: string, isThere: boolean, owners: readonly number[]): Situation["hashOf"] {
  const known = new Map<string, string | undefined>();
  return (file) => {
    if (isThere && !known.has(file)) {
      known.set(file, hashTrusted(join(folder, file), owners));
    }
    return known.get(file);
  };
}

/** The further users who may own a broker's files. */
function ownersOf({ records, stopped }: KnownServers, folder: string, declared: DeclaredServer): readonly number[] {
  return trustedUsers([declared.access, records.get(folder)?.access, stopped.get(folder)?.access]);
}

function recordOf({ records, stopped }: KnownServers, folder: string): CertificateRecord | undefined {
  return stopped.get(folder) ?? records.get(folder);
}

/** @throws Failure if a generation cannot sign: then no broker's certificate can be made */
function openSigners(
  context: Context,
  authorities: KnownAuthorities,
  due: readonly Due[],
): ReadonlyMap<string, OpenedAuthority> {
  const { directory, declared, secrets } = context;
  const generations = new Set(due.map((one) => one.declared.generation));
  return new Map(
    [...generations].map((generation) => {
      const authority = declared.authorities[generation];
      if (authority === undefined) {
        throw new Failure(`Generation ${generation} of the authority is not declared.`);
      }
      const record = authorities.records.get(generation);
      const place = { record, isAlone: isAlone(context), secrets };
      return [generation, openAuthority(directory, generation, authority, place)];
    }),
  );
}

/** @returns the new files. The reasons of failed brokers go to `failures` */
async function makeAll(
  context: Context,
  known: KnownServers,
  batch: readonly Due[],
  signers: ReadonlyMap<string, OpenedAuthority>,
  failures: Map<string, string>,
): Promise<Made[]> {
  const made: Made[] = [];
  const waiting = batch.values();
  const worker = async (): Promise<void> => {
    for (const due of waiting) {
      try {
        const one = await makeOne(context, known, due, signers);
        made.push(...(one === undefined ? [] : [one]));
      } catch (error) {
        failures.set(due.folder, reasonOf(error));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return made;
}

async function makeOne(
  context: Context,
  known: KnownServers,
  { folder, declared, situation, words }: Due,
  signers: ReadonlyMap<string, OpenedAuthority>,
): Promise<Made | undefined> {
  if (isForeign(situation, { hasConsent: context.hasConsent, mayKeyBeMissing: true })) {
    throw new Failure("its key or certificate was not made for this fleet. Restore the original, or move it away.");
  }
  const present = situation.isStopped ? finished(context, known, { folder, declared, situation }) : situation;
  const rule = ruleFor(present);
  const authority = signers.get(declared.generation);
  if (rule === undefined || authority === undefined) {
    if (present.record !== undefined) {
      known.records.set(folder, { ...present.record, token: tokenOf(context, words) });
    }
    return undefined;
  }
  return makeServer(context, { folder, declared, record: present.record, rule, words }, authority);
}

/** Finishes a stopped run for a broker: its staged files are put in place, or the old files stay. */
function finished(
  { directory }: Context,
  known: KnownServers,
  { folder, declared, situation }: Omit<Due, "words">,
): Situation {
  const path = join(directory, folder);
  const owners = ownersOf(known, folder, declared);
  const noted = known.stopped.get(folder);
  const isThere = openFolder(path);
  const hashOf = hashes(path, isThere, owners);
  const isOurs =
    noted !== undefined &&
    isThere &&
    (finish(path, SERVER_FILES, noted, owners) || hashOf(SERVER_FILES.key) === noted.key_sha256);
  const before = known.records.get(folder);
  if (isOurs && noted.key === NO_KEY && hashTrusted(join(path, SERVER_FILES.key), owners) === before?.key_sha256) {
    // The key is on the broker from now on.
    removeFile(join(path, SERVER_FILES.key));
  }
  if (isOurs && (noted.access ?? before?.access) !== undefined) {
    giveFolder(path, accessOf(noted.access));
  }
  for (const file of isOurs ? staleForms(before, noted, hashes(path, isThere, owners)) : []) {
    removeFile(join(path, file));
  }
  return {
    ...situation,
    record: isOurs ? noted : before,
    isStopped: false,
    hashOf: hashes(path, isThere, owners),
  };
}

/** Whether an action succeeds. If not, the reason goes to `failures`. */
function succeeds<T>(failures: Map<string, string>, folder: string, act: (subject: T) => void, subject: T): boolean {
  try {
    act(subject);
    return true;
  } catch (error) {
    failures.set(folder, reasonOf(error));
    return false;
  }
}

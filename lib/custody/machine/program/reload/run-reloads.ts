import { join, resolve } from "node:path";
import { type DeclaredServer, NO_KEY } from "../../../../machine-format/declared";
import { recordedForms } from "../../../../machine-format/forms";
import type { CertificateRecord } from "../../../../machine-format/record";
import type { ReloadRecord } from "../../../../machine-format/reload";
import { SERVER_FILES } from "../../../../machine-format/rules";
import type { ReloadEnvironment } from "../../../../values/files/reload-command";
import { type Context, refuseUnlessPlanned, tokenOf } from "../context";
import { Failure, reasonOf } from "../failure";
import { RecordFiles, toBrokerRecords } from "../files/record-files";
import { trustedUsers } from "../files/access";
import { hashTrusted } from "../files/trusted-file";
import { openFolder } from "../files/trusted-folder";
import type { DirectoryLock } from "../lock/directory-lock";
import type { Progress } from "../progress";
import { reloadWordsFor } from "./decide-reloads";
import { ReloadFiles } from "./reload-files";
import { runCommand } from "./run-command";

/** The number of commands at a time: they mostly wait for other machines. */
const AT_ONCE = 8;

/** The result of a run. */
export interface ReloadOutcome {
  readonly run: number;
  /** The reasons of the failed ones, by folder. */
  readonly failures: ReadonlyMap<string, string>;
}

/** A broker whose command is due. */
interface Due {
  readonly folder: string;
  readonly declared: DeclaredServer;
  readonly command: string;
  /** The record of its files. */
  readonly record: CertificateRecord | undefined;
  readonly words: string;
}

/**
 * Runs the commands that are due, as the plan decided, for files that are in place.
 *
 * @param unmade the brokers that failed, with the reasons, by folder: their commands do not run
 */
export async function runReloads(
  context: Context,
  lock: DirectoryLock,
  progress: Progress,
  unmade?: ReadonlyMap<string, string>,
): Promise<ReloadOutcome> {
  const files = new ReloadFiles(context.directory);
  const records = files.readAll();
  const { all, tokens } = decide(context, records);
  if (unmade === undefined) {
    refuseUnlessPlanned(context, tokens);
  }
  const due = all.filter(({ folder, words }) => words !== "" && unmade?.has(folder) !== true);
  const failures = new Map<string, string>();
  let done = 0;
  const waiting = due.values();
  const worker = async (): Promise<void> => {
    for (const one of waiting) {
      try {
        const record = await runOne(context, one);
        lock.assertHeld();
        files.note([[one.folder, record]]);
        records.set(one.folder, record);
      } catch (error) {
        failures.set(one.folder, reasonOf(error));
      }
      done += 1;
      progress.tell(done, due.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  lock.assertHeld();
  const declared = new Set(all.map(({ folder }) => folder));
  files.writeAll([...records].filter(([folder]) => declared.has(folder)));
  return { run: due.length - failures.size, failures: new Map([...failures].sort(byFolder)) };
}

/** Whether a broker has a command. */
export function hasReloads({ declared }: Context): boolean {
  return Object.values(declared.brokers).some(({ reload }) => reload !== undefined);
}

/** The commands that are due, in the order of the folders. */
function decide(
  context: Context,
  records: ReadonlyMap<string, ReloadRecord>,
): { readonly all: readonly Due[]; readonly tokens: ReadonlyMap<string, string> } {
  const { directory, declared, settings } = context;
  const made = toBrokerRecords(new RecordFiles(directory, "brokers").read()).brokers;
  const all = Object.entries(declared.brokers).flatMap(([folder, server]): Due[] => {
    const record = made[folder];
    const words = reloadWordsFor(record?.token ?? "", records.get(folder), settings.time);
    return server.reload === undefined ? [] : [{ folder, declared: server, command: server.reload, record, words }];
  });
  const tokens = all.map(
    ({ folder, words }) =>
      [folder, words === "" ? (records.get(folder)?.token ?? "") : tokenOf(context, words)] as const,
  );
  return { all: all.sort((one, other) => (one.folder < other.folder ? -1 : 1)), tokens: new Map(tokens) };
}

async function runOne(context: Context, { folder, declared, command, record, words }: Due): Promise<ReloadRecord> {
  if (record === undefined || !isInPlace(join(context.directory, folder), record)) {
    throw new Failure("it was not run, because its files differ from their record: plan and deploy again");
  }
  const env = { ...inherited(process.env), ...environmentFor(context, folder, declared) };
  await runCommand(command, { cwd: resolve(context.declared.commands ?? "."), env, umask: context.umask });
  return { token: tokenOf(context, words), of: record.token };
}

function isInPlace(folder: string, record: CertificateRecord): boolean {
  const { key, key_sha256, certificate_sha256, access } = record;
  const owners = trustedUsers([access]);
  const files = [
    ...(key === NO_KEY ? [] : [[SERVER_FILES.key, key_sha256] as const]),
    [SERVER_FILES.certificate, certificate_sha256] as const,
    ...recordedForms(record),
  ];
  return openFolder(folder) && files.every(([name, hash]) => hashTrusted(join(folder, name), owners) === hash);
}

/** The environment of a command: with the declared paths, links not resolved. */
function environmentFor(context: Context, folder: string, declared: DeclaredServer): ReloadEnvironment {
  const { directory } = context.declared;
  const path = resolve(directory, folder);
  return {
    MQTT_PKI_ADDRESS: declared.address ?? "",
    MQTT_PKI_FOLDER: path,
    MQTT_PKI_KEY: declared.key === NO_KEY ? "" : join(path, SERVER_FILES.key),
    MQTT_PKI_CERTIFICATE: join(path, SERVER_FILES.certificate),
    MQTT_PKI_CA: resolve(directory, "ca.pem"),
  };
}

/** This program's environment, without secrets, its own settings and the variables that were emptied for it. */
function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(
      ([name, value]) =>
        !/^(TF_VAR_|TF_TOKEN_|TF_ENCRYPTION$|MQTT_PKI_)/i.test(name) &&
        !(/^(NODE|OPENSSL)_/.test(name) && value === ""),
    ),
  );
}

function byFolder([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

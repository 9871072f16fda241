/**
 * Makes, renews and removes the keys and certificates of a PEM directory: what custody `machine` runs, once for a deployment's
 * authority, once for its brokers, and once for their commands, as `node mqtt-pki.cjs authority|brokers|reload|remove DECLARED`.
 *
 * It is bundled into one file, next to a stack's text. `settings.ts` has its parameters.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectPath } from "../../../values/files/project-path";
import { flawOfNode } from "../../../values/node-version";
import { type Context, hasConsent, readDeclared } from "./context";
import { DirectoryLock } from "./lock/directory-lock";
import { Failure, reasonOf } from "./failure";
import { claimDirectory, isOwn, readOwner } from "./files/owner";
import { Progress } from "./progress";
import { setMode } from "./files/access";
import { removeEmptyFolder } from "./files/placing";
import { ReloadFiles } from "./reload/reload-files";
import { hasReloads, type ReloadOutcome, runReloads } from "./reload/run-reloads";
import { removeAll } from "./run/remove";
import { runAuthority } from "./run/authority";
import { type Outcome, runBrokers } from "./run/brokers";
import { Secrets } from "./secrets";
import { readSettings, type Settings } from "./settings";
import { ensureFolder, ensureRealFolder, openFolder } from "./files/trusted-folder";

async function main(): Promise<void> {
  const flaw = flawOfNode();
  if (flaw !== undefined) {
    throw new Failure(flaw);
  }
  // No file gets more than this, even if it is created with another mode.
  const umask = process.umask(0o077);
  const settings = readSettings(process.argv.slice(2), process.env);
  const declared = readDeclared(settings.declaredFile);
  if (settings.command === "remove") {
    await remove(declared.directory, settings, umask);
    return;
  }
  const directory = ensureRealFolder(declared.directory, umask);
  const lock = await DirectoryLock.acquire(directory);
  try {
    const consent = hasConsent(directory);
    claimDirectory(directory, declared.fleet, settings, consent);
    const context: Context = {
      settings,
      declared,
      secrets: new Secrets(process.env),
      directory,
      shown: projectPath(declared.directory),
      time: new Date(settings.time),
      hasConsent: consent,
      umask,
    };
    switch (settings.command) {
      case "authority":
        await runAuthority(context);
        letOthersPass(context, ["trust"]);
        break;
      case "brokers":
        await brokers(context, lock);
        break;
      case "reload":
        reportReloads(await runReloads(context, lock, new Progress(console.log, RELOADS)));
    }
  } finally {
    await lock.release();
  }
}

/** Makes the brokers' files. If one broker fails, the engine stops here, so the commands of the others run now. */
async function brokers(context: Context, lock: DirectoryLock): Promise<void> {
  const { directory } = context;
  ensureFolder(join(directory, "brokers"));
  letOthersPass(context, [".", "brokers", "trust"]);
  const outcome = await runBrokers(context, lock, new Progress(console.log));
  report(outcome);
  if (!hasReloads(context)) {
    new ReloadFiles(directory).remove();
  } else if (outcome.failures.size > 0) {
    reportReloads(await runReloads(context, lock, new Progress(console.log, RELOADS), outcome.failures));
  }
}

/** Gives existing folders of the directory their declared mode. */
function letOthersPass({ directory, declared }: Context, folders: readonly string[]): void {
  if (declared.directory_mode === undefined) {
    return;
  }
  for (const folder of folders) {
    const path = join(directory, folder);
    if (openFolder(path)) {
      setMode(path, Number.parseInt(declared.directory_mode, 8));
    }
  }
}

async function remove(given: string, settings: Settings, umask: number): Promise<void> {
  if (!existsSync(given)) {
    return;
  }
  const directory = ensureRealFolder(given, umask);
  const lock = await DirectoryLock.acquire(directory);
  try {
    if (isOwn(directory, settings)) {
      removeAll(directory);
    } else {
      console.log(
        `${projectPath(given)} belongs to ${readOwner(directory)?.name ?? "another state"}: nothing is removed.`,
      );
    }
  } finally {
    await lock.release();
  }
  removeEmptyFolder(directory);
}

const RELOADS = "reload commands have run";

const SHOWN_AT_MOST = 20;

function report({ made, failures }: Outcome): void {
  reportFailures(failures, {
    start: `${failures.size} of ${made + failures.size} brokers failed, ${made} succeeded:`,
    end: "Fix this, and deploy again: what was made stays.",
  });
}

function reportReloads({ run, failures }: ReloadOutcome): void {
  reportFailures(failures, {
    start: `The files are in place. ${failures.size} of ${run + failures.size} reload commands failed:`,
    end: "Fix this, and deploy again: only the failed commands run again.",
  });
}

function reportFailures(
  failures: ReadonlyMap<string, string>,
  { start, end }: { readonly start: string; readonly end: string },
): void {
  if (failures.size === 0) {
    return;
  }
  const shown = [...failures].slice(0, SHOWN_AT_MOST);
  const lines = shown.map(([folder, reason]) => `  ${folder}: ${reason}`);
  const rest = failures.size - shown.length;
  console.error([start, ...lines, ...(rest > 0 ? [`  and ${rest} more`] : []), end].join("\n"));
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(reasonOf(error));
  process.exitCode = 1;
});

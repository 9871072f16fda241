import type { Problems } from "../errors";
import type { KeyMode } from "../values/files/file-access";
import type { DeclaredFleet } from "../spec/fleet";
import {
  authorityKeyFile,
  checkPemDirectory,
  checkPemFile,
  isAbsent,
  orWithMode,
  type PemFile,
  refuseLinks,
  serverCertificateFile,
  serverFolder,
  serverKeyFile,
  serverKeyFiles,
  TRUST,
  trustFiles,
} from "./pem-paths";

/** Adds a problem for each declared thing that works only with files: passwords, forms, modes, reload commands and an exported key. */
export function refuseWhatNeedsFiles(declared: DeclaredFleet, problems: Problems): void {
  const { outputs, files, exportAuthorityKey, brokers, generations, trustForms, directoryMode } = declared;
  if (!generations.some(({ isOwn }) => isOwn) && exportAuthorityKey === true) {
    const reason = "is not possible for an imported authority: its key stays where it is";
    problems.add("exportAuthorityKey", true, reason, "leave it out", "conflict");
  }
  if (!files && trustForms.names.length > 0) {
    const reason = "leaves no place for the forms that trustForms declares";
    problems.add("files", false, reason, "write the files, or leave trustForms out", "conflict");
  }
  if (!files && (directoryMode !== undefined || brokers.some(({ spec }) => spec?.access !== undefined))) {
    const reason = "leaves no files whose modes could be set";
    problems.add("files", false, reason, "write the files, or leave keyMode and directoryMode out", "conflict");
  }
  const protectedOnes = generations.filter(({ hasPassword }) => hasPassword);
  for (const { path } of exportAuthorityKey === false ? protectedOnes : []) {
    problems.addHidden(`${path}.passwordVariable`, "is for ca.key, which is not written", "leave it out", "conflict");
  }
  if ([...protectedOnes, ...brokers].some(({ hasPassword }) => hasPassword) && (outputs || !files)) {
    problems.add(
      outputs ? "outputs" : "files",
      outputs,
      "would give out keys without their passwords: passwords apply to files only",
      "use files without outputs, or leave the passwords out",
      "conflict",
    );
  }
  if (!files && brokers.some(({ hasReloadCommand }) => hasReloadCommand)) {
    const reason = "leaves no files for reloadCommand to hand out";
    problems.add("files", false, reason, "write the files, or leave reloadCommand out", "conflict");
  }
}

export interface FileCheckOptions {
  /** @default false */
  readonly refusesLinks?: boolean;
  /** The modes that earlier deployments gave the key in a broker's folder: the next deployment changes them if another mode is declared. @default - none */
  readonly modesOnRecord?: (folder: string) => readonly KeyMode[];
}

/** Adds a problem for each obstacle to a fleet's files. */
export function checkFiles(
  { directory: given, exportAuthorityKey = true, generations, brokers, trustForms }: DeclaredFleet,
  problems: Problems,
  { refusesLinks = false, modesOnRecord = () => [] }: FileCheckOptions = {},
): void {
  const directory = problems.attempt("directory", () => checkPemDirectory(given));
  if (directory === undefined) {
    return;
  }
  const checkFile = (file: PemFile, path: string): void => {
    checkPemFile(directory, file, path, problems);
    if (refusesLinks) {
      refuseLinks(directory, file, path, problems);
    }
  };
  const numbers = generations.map(({ generation }) => generation);
  for (const file of [TRUST, ...trustFiles(trustForms.names, numbers)]) {
    checkFile(file, "directory");
  }
  for (const { generation } of exportAuthorityKey ? generations.filter(({ isOwn }) => isOwn) : []) {
    checkFile(authorityKeyFile(generation), "directory");
  }
  for (const { address, index, hasRequest, spec } of brokers) {
    if (isAbsent(directory, serverFolder(address))) {
      continue;
    }
    checkFile(serverCertificateFile(address), `brokers[${index}].address`);
    const given = serverKeyFile(address, undefined);
    const keyFiles = spec === undefined ? (hasRequest ? [] : [given]) : serverKeyFiles(spec);
    const modes = modesOnRecord(serverFolder(address));
    for (const file of keyFiles) {
      checkFile(orWithMode(file, modes), `brokers[${index}].address`);
    }
  }
}

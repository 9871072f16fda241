/** The rules between the brokers of a fleet. */
import type { Problems } from "../errors";
import type { DirectoryMode } from "../values/files/file-access";
import { hasStore } from "../values/files/forms";
import type { CommonOptions, DeclaredBroker } from "./broker";

/** If some brokers name a shard, `shards` must be set for the others. */
export function requireShardForAll(
  brokers: readonly DeclaredBroker[],
  shards: number | undefined,
  problems: Problems,
): void {
  const unplaced = brokers.filter(({ shard }) => shard === undefined).length;
  if (shards === undefined && unplaced > 0 && unplaced < brokers.length) {
    const reason = `is required: ${unplaced} of ${brokers.length} brokers name no shard, but the others do`;
    problems.add(
      "shards",
      shards,
      reason,
      "write a number, such as shards: 1, or give each broker a shard",
      "required",
    );
  }
}

const NAMES_AT_MOST = 20;

/** Files brokers whose generation is not declared: one problem for each generation. */
export function refuseMissingGenerations(
  brokers: readonly DeclaredBroker[],
  generations: readonly number[],
  problems: Problems,
): void {
  const orphans = brokers.filter(({ generation }) => !generations.includes(generation));
  for (const missing of new Set(orphans.map(({ generation }) => generation))) {
    const signed = orphans.filter(({ generation }) => generation === missing);
    const names = signed.map(({ address }) => address.text).sort();
    const shown =
      names.length > NAMES_AT_MOST ? [...names.slice(0, NAMES_AT_MOST), `${names.length - NAMES_AT_MOST} more`] : names;
    problems.add(
      "signingGeneration",
      missing,
      `is not a declared generation, but signs the certificates of ${listed(shown)}`,
      `declare it as long as it signs; to remove it, first let another generation sign, and deploy (declared: ${listed(generations)})`,
      "conflict",
    );
  }
}

/** "a, b and c" */
export function listed(items: readonly (string | number)[]): string {
  const [last, ...others] = items.toReversed();
  return others.length === 0 ? `${last}` : `${others.toReversed().join(", ")} and ${last}`;
}

/** Two brokers may share neither an address nor a folder. */
export function refuseDuplicates(brokers: readonly DeclaredBroker[], problems: Problems): void {
  const byName = new Map<string, DeclaredBroker>();
  for (const broker of brokers) {
    const name = broker.address.fileName;
    const twin = byName.get(name);
    if (twin === undefined) {
      byName.set(name, broker);
      continue;
    }
    const shown = `brokers[${twin.index}].address, ${JSON.stringify(twin.given)}`;
    const path = `brokers[${broker.index}].address`;
    if (broker.address.equals(twin.address)) {
      problems.add(path, broker.given, `is the same broker as ${shown}`, "declare it once", "duplicate");
    } else {
      problems.add(
        path,
        broker.given,
        `has the same folder, ${name}, as ${shown}`,
        "rename one of them, or put it in another fleet",
        "duplicate",
      );
    }
  }
}

/** Two brokers may not share a key: each could impersonate the other. */
export function refuseSharedKeys(brokers: readonly DeclaredBroker[], problems: Problems): void {
  const byKey = new Map<string, DeclaredBroker>();
  for (const broker of brokers) {
    const key = broker.spec?.request?.publicKeyPem;
    const twin = key === undefined ? undefined : byKey.get(key);
    if (key !== undefined && twin === undefined) {
      byKey.set(key, broker);
    } else if (twin !== undefined && !twin.address.equals(broker.address)) {
      problems.addHidden(
        `brokers[${broker.index}].${broker.requestProperty}`,
        `is for the key of brokers[${twin.index}], ${JSON.stringify(twin.given)}: each broker needs its own`,
        `make another request on ${broker.address.text}: ${broker.spec?.requestCommand ?? ""}`,
        "duplicate",
      );
    }
  }
}

/** The fleet's keystore password needs a broker with a keystore. */
export function refuseUnusedKeystorePassword(
  brokers: readonly DeclaredBroker[],
  { sound, unsound }: CommonOptions,
  problems: Problems,
): void {
  const mayUse = unsound.has("forms") || brokers.some(({ spec }) => spec === undefined || hasStore(spec.forms.names));
  if (sound.keystorePasswordVariable !== undefined && !mayUse) {
    const reason = "is for the password of server.p12, which no broker has";
    problems.addHidden("keystorePasswordVariable", reason, 'leave it out, or add "pkcs12" to forms', "conflict");
  }
}

/** The owner and group of a broker's files must be able to reach them. */
export function refuseShutDirectory(
  brokers: readonly DeclaredBroker[],
  directoryMode: DirectoryMode | undefined,
  problems: Problems,
): void {
  const shut = brokers.find(({ spec }) => (spec?.access?.owner ?? spec?.access?.group) !== undefined);
  if (directoryMode === "0700" && shut !== undefined) {
    const reason = `keeps the fileOwner or fileGroup of ${shut.address.text} out`;
    problems.add("directoryMode", directoryMode, reason, 'leave it out, or write "0711"', "conflict");
  }
}

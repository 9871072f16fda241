import type { Entry, Inventory } from "../../../lib/cli/inventory/entry";
import type { CertificateChange, CertificateSide } from "../../../lib/cli/review/certificate-change";
import type { Kind } from "../../../lib/cli/review/kinds";
import type { Review } from "../../../lib/cli/review/review";
import { sentence } from "../../../lib/cli/review/sentence";
import type { Violation } from "../../../lib/cli/rules/violation";
import { changeWith, reviewWith } from "../review/reviews";

const NOW = "2026-11-25T09:30:00Z";
const DAY = 86_400_000;

/** The time that many days after the time of a sample. */
function inDays(days: number): string {
  return new Date(Date.parse(NOW) + days * DAY).toISOString().replace(".000", "");
}

const AUTHORITIES = ["Plant MQTT CA", "Line MQTT CA", "Depot MQTT CA"];

/** An inventory of that many brokers below three authorities, some expired, refused or doubtful; always the same. */
export function sampleInventory(brokers: number): Inventory {
  const authorities = AUTHORITIES.map((name, index): Entry =>
    entryWith({
      kind: "authority",
      location: `authorities/${index + 1}/ca.pem`,
      address: name,
      names: [],
      ...validity(-400, 3650 - 700 * index),
      issuer: { commonName: name, generation: null, verified: true },
      keyType: "RSA 4096",
    }),
  );
  const certificates = [...authorities, ...Array.from({ length: brokers }, (_, index) => sampleBroker(index))];
  return { time: NOW, certificates, unreadable: [], violations: violationsIn(certificates) };
}

function sampleBroker(index: number): Entry {
  const address = `mqtt-${index + 1}.plant.example.com`;
  // Not random, so that it is the same each time.
  const days = ((index * 7919) % 811) + 9;
  const isOver = index % 97 === 3;
  const isDoubtful = index % 131 === 5;
  return entryWith({
    location: `brokers/${address}/server.pem`,
    address,
    names: index % 5 === 0 ? [address, `10.0.${Math.floor(index / 250) % 250}.${(index % 250) + 1}`] : [address],
    serialNumber: (0x5f0c13a9 + index * 7).toString(16).toUpperCase().padStart(32, "0"),
    issuer: { commonName: AUTHORITIES[index % 3] ?? "", generation: null, verified: true },
    keyType: index % 4 === 0 ? "RSA 2048" : "ECDSA P-256",
    ...(isOver ? validity(-860, -(index % 9) - 1) : validity(days - 825, days)),
    ...(!isOver && { renewsAt: inDays(days - 30) }),
    ...(isOver && { accepted: false, reasons: [`expired on ${inDays(-(index % 9) - 1).slice(0, 10)}`] }),
    ...(isDoubtful && { accepted: null, reasons: ["Java refuses it: its serial number is not positive"] }),
  });
}

function validity(from: number, until: number): Pick<Entry, "notBefore" | "notAfter" | "daysLeft"> {
  return { notBefore: inDays(from), notAfter: inDays(until), daysLeft: until };
}

export function entryWith(given: Partial<Entry>): Entry {
  return {
    source: "pki",
    location: "brokers/mqtt-1.example.com/server.pem",
    kind: "broker",
    address: "mqtt-1.example.com",
    names: ["mqtt-1.example.com"],
    serialNumber: "5F0C13A9",
    fingerprint: `A9:EF:01:F0${":A9:21:FC:9E".repeat(7)}`,
    keyFingerprint: null,
    keyPin: null,
    tasmotaFingerprint: null,
    keyType: "ECDSA P-256",
    usages: ["server"],
    generation: null,
    issuer: { commonName: "Plant MQTT CA", generation: null, verified: true },
    ...validity(-100, 725),
    renewsAt: null,
    estimated: false,
    accepted: true,
    reasons: [],
    ...given,
  };
}

function violationsIn(entries: readonly Entry[]): Violation[] {
  return entries
    .filter(({ keyType, kind }) => keyType === "RSA 2048" && kind === "broker")
    .map(({ address, location }) => ({
      rule: "modern-keys",
      level: "fail",
      address,
      location,
      declared: null,
      message: sentence`has a key of RSA 2048, and ECDSA P-256 and Ed25519 are allowed`,
      place: "mqtt-pki.yaml:14:5",
      waiver: null,
    }));
}

const HAPPENS: readonly Partial<CertificateChange>[] = [
  { kinds: ["renewed"] },
  { kinds: ["renewed"] },
  { kinds: ["re-keyed", "re-issued"], key: "new" },
  { kinds: ["issued"], key: "new" },
  { kinds: ["removed"] },
  { kinds: ["addresses-changed"] },
  { kinds: ["re-issued"], authority: "other" },
  { kinds: ["schedule-changed"] },
];

/** A review of plans that change that many brokers, each in one of several ways; always the same. */
export function sampleReview(brokers: number): Review {
  const certificates = Array.from({ length: brokers }, (_, index) => sampleChange(index));
  const next = { subject: "CN=Plant MQTT CA (2)", notAfter: inDays(3650), isEstimated: true, keyType: "ECDSA P-256" };
  const change = changeWith({
    address: "tls_self_signed_cert.authority_2",
    title: "Plant MQTT CA (2)",
    isAuthority: true,
    kinds: ["authority-added"],
    key: "new",
    files: [{ address: "local_file.ca", path: "pki/ca.pem", action: "written" }],
  });
  const added = withSides(change, undefined, next);
  const review = reviewWith({
    authorities: [added],
    certificates,
    unchanged: brokers,
    incomplete: ["plan.json covers only a part of the resources, as with -target."],
    reloads: certificates.slice(0, 3).map(({ title }) => ({
      source: "plan.json",
      address: "terraform_data.reload",
      broker: title,
      command: "systemctl reload mosquitto",
      reason: "its files change",
    })),
    others: [{ source: "plan.json", address: "local_file.readme", action: "update" }],
    outputs: [{ source: "plan.json", address: "ca", action: "update" }],
    drift: [{ source: "plan.json", address: "local_file.ca", action: "delete", detail: "someone removed it" }],
  });
  return { ...review, counts: countsIn([added, ...certificates]) };
}

function countsIn(changes: readonly CertificateChange[]): Review["counts"] {
  const counts: Partial<Record<Kind, number>> = {};
  for (const kind of changes.flatMap(({ kinds }) => kinds)) {
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function sampleChange(index: number): CertificateChange {
  const address = `mqtt-${index + 1}.plant.example.com`;
  const happens = HAPPENS[index % HAPPENS.length] ?? {};
  const [kind] = happens.kinds ?? [];
  const old = {
    names: [address, "10.0.0.7"],
    notBefore: inDays(-800),
    notAfter: inDays((index % 300) + 5),
    fingerprint: `A9:EF:01:F0${":A9:21:FC:9E".repeat(7)}`,
    keyType: "ECDSA P-256",
    issuer: `CN=${AUTHORITIES[index % 3] ?? ""}`,
  };
  const next = {
    names: kind === "addresses-changed" ? [address, "10.0.0.8"] : old.names,
    notBefore: NOW,
    notAfter: inDays(825),
    isEstimated: true,
    keyType: "ECDSA P-256",
    issuer: happens.authority === "other" ? "CN=Plant MQTT CA (2)" : old.issuer,
  };
  const folder = `pki/brokers/${address}`;
  const action = kind === "removed" ? "delete" : "written";
  const change = changeWith({
    title: address,
    address: `tls_locally_signed_cert.broker_mqtt-${index + 1}_plant_example_com`,
    files: [{ address: "local_file.cert", path: `${folder}/server.pem`, action }],
    ...happens,
  });
  return withSides(change, kind === "issued" ? undefined : old, kind === "removed" ? undefined : next);
}

function withSides(
  change: CertificateChange,
  before: CertificateSide | undefined,
  after: CertificateSide | undefined,
): CertificateChange {
  const sides = ["before", "after"];
  const others = Object.fromEntries(Object.entries(change).filter(([name]) => !sides.includes(name)));
  return { ...(others as unknown as CertificateChange), ...(before && { before }), ...(after && { after }) };
}

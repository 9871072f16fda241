import { endOf, type MachineCertificate, readMachineText, startOf } from "../read/machine-text";
import { commonNameIn } from "../read/subject";

/** What the state of custody "machine" has of a certificate, which is in a file. All texts may be shown. */
export interface MachineRecord {
  readonly location: string;
  /** Undefined for a broker. */
  readonly authority: { readonly generation: number } | undefined;
  readonly commonName: string;
  readonly names: readonly string[];
  /** As a certificate's facts have it; undefined where the key is the broker's own business. */
  readonly keyType: string | undefined;
  /** As a certificate's facts have them. */
  readonly usages: readonly string[];
  /** About from when until when it is valid, RFC 3339; undefined where the last deployment left the certificate as it was. */
  readonly validity: { readonly start: string; readonly end: string } | undefined;
}

/**
 * The certificates that a resource shows, but for authorities that were made elsewhere.
 *
 * @param address the resource's
 * @param trigger its `triggers_replace`
 */
export function machineRecords(address: string, trigger: unknown): MachineRecord[] {
  const certificates = typeof trigger === "string" ? readMachineText(trigger)?.certificates : undefined;
  return [...(certificates ?? [])].flatMap(([name, certificate]) =>
    certificate.subject === undefined
      ? []
      : [toRecord(`${address}[${JSON.stringify(name)}]`, name, certificate, certificate.subject)],
  );
}

function toRecord(location: string, name: string, certificate: MachineCertificate, subject: string): MachineRecord {
  const { names, keyType, uses = [] } = certificate;
  const [start, end] = [startOf(certificate), endOf(certificate)];
  return {
    location,
    authority: names === undefined ? { generation: Number(name) } : undefined,
    commonName: commonNameIn(subject) ?? "",
    names: names ?? [],
    keyType,
    usages: uses.map((use) => use.replace(/_auth$/, "")),
    validity: start === undefined || end === undefined ? undefined : { start, end },
  };
}

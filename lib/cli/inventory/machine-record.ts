import { endOf, type MachineCertificate, readMachineText, startOf } from "../read/machine-text";
import { commonNameIn } from "../read/subject";

/** What the state of custody "machine" records about a certificate, which itself is in a file. All texts may be shown. */
export interface MachineRecord {
  readonly location: string;
  /** Undefined for a broker. */
  readonly authority: { readonly generation: number } | undefined;
  readonly commonName: string;
  readonly names: readonly string[];
  /** As in `CertificateFacts`; undefined if the broker makes its own key. */
  readonly keyType: string | undefined;
  /** As in `CertificateFacts`. */
  readonly usages: readonly string[];
  /** Its estimated validity, RFC 3339; undefined if the last deployment did not issue the certificate. */
  readonly validity: { readonly start: string; readonly end: string } | undefined;
}

/**
 * The certificates that a resource shows, except imported authorities.
 *
 * @param address the address of the resource
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

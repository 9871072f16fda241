import { isObject } from "../../values/plain-data";
import { InputError } from "../input-error";
import { parseJson, property } from "../read/json";
import { BrokenJson, JsonSlice } from "../read/json-slice";
import { publicText } from "../show/public-text";
import type { Broker, DeclaredCertificate } from "./broker";
import type { Trust } from "./trust";

const VERSION = 1;

/** Whether a file is what `mqtt-pki inventory --format json` writes. */
export function isInventory(bytes: Uint8Array): boolean {
  try {
    const { members } = JsonSlice.fromBytes(bytes);
    return members.has("version") && members.has("certificates");
  } catch (error) {
    if (error instanceof BrokenJson) {
      return false;
    }
    throw error;
  }
}

/**
 * The brokers of an inventory. An inventory holds no certificates, so the trust anchors come from elsewhere.
 *
 * @param path the file, for messages
 * @throws InputError if the file has another version, or a broker in it does not match the schema
 */
export function brokersOfInventory(path: string, bytes: Uint8Array, trust: Trust | undefined): Broker[] {
  const fix = 'write it with "mqtt-pki inventory --format json"';
  const inventory = parseJson(path, bytes, fix);
  const certificates = property(inventory, "certificates");
  if (property(inventory, "version") !== VERSION || !Array.isArray(certificates)) {
    throw new InputError(path, "is an inventory of an unknown version", fix);
  }
  return certificates
    .filter((entry) => property(entry, "kind") === "broker")
    .map((entry) => {
      const [source, address, names] = [text(entry, "source"), text(entry, "address"), property(entry, "names")];
      if (source === undefined || address === undefined || !Array.isArray(names)) {
        throw new InputError(path, "is an inventory with a broker that has no source, address or names", fix);
      }
      const shown = names.filter((name) => typeof name === "string").map(publicText);
      return { source, address, names: shown, declared: declaredIn(entry), trust };
    });
}

function declaredIn(entry: unknown): DeclaredCertificate | undefined {
  const [serialNumber, fingerprint] = [text(entry, "serialNumber"), text(entry, "fingerprint")];
  const [notBefore, notAfter] = [text(entry, "notBefore"), text(entry, "notAfter")];
  const isKnown = [serialNumber, fingerprint, notBefore, notAfter].every((value) => value !== undefined);
  return isKnown && isObject(entry)
    ? {
        serialNumber: serialNumber ?? "",
        fingerprint: fingerprint ?? "",
        notBefore: notBefore ?? "",
        notAfter: notAfter ?? "",
        keyFingerprint: text(entry, "keyFingerprint"),
      }
    : undefined;
}

function text(entry: unknown, member: string): string | undefined {
  const value = property(entry, member);
  return typeof value === "string" ? publicText(value) : undefined;
}

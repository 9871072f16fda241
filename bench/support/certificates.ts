import "reflect-metadata"; // @peculiar/x509 needs it, first
import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { X509Certificate as ParsedCertificate } from "@peculiar/x509";
import { addresses, PASSWORD } from "./fleet";

/** The content of a certificate, except what differs each time: its serial number, its dates and its keys. */
export interface Facts {
  readonly subject: string;
  readonly issuer: string;
  readonly key: string;
  readonly signature: string;
  readonly days: number;
  readonly extensions: readonly string[];
}

/**
 * Makes sure that every broker has a certificate that is signed by the authority, and the key for it.
 *
 * @param directory where `pki` is
 * @returns what the first broker's certificate says
 */
export function inspect(directory: string, brokers: number): Facts {
  const read = (...path: string[]) => readFileSync(join(directory, "pki", ...path), "utf8");
  const names = addresses(brokers);
  assert.deepEqual(readdirSync(join(directory, "pki/brokers")).sort(), names.toSorted(), "Other brokers' certificates");

  const authority = new X509Certificate(read("ca.pem"));
  for (const name of names) {
    const certificate = new X509Certificate(read("brokers", name, "server.pem"));
    const key = createPrivateKey({ key: read("brokers", name, "server.key"), passphrase: PASSWORD.value });
    assert(certificate.verify(authority.publicKey), `The certificate of ${name} is not signed by its authority.`);
    assert(certificate.checkPrivateKey(key), `The key of ${name} is not that of its certificate.`);
  }
  return factsOf(read("brokers", addresses(1).join(""), "server.pem"));
}

/** Their values are made of the keys. */
const KEY_IDENTIFIERS = ["2.5.29.14", "2.5.29.35"];

function factsOf(pem: string): Facts {
  const { subject, issuer, signatureAlgorithm, notBefore, notAfter, extensions } = new ParsedCertificate(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
  return {
    subject,
    issuer,
    key: `${asymmetricKeyType} ${asymmetricKeyDetails?.namedCurve ?? asymmetricKeyDetails?.modulusLength}`,
    signature: JSON.stringify(signatureAlgorithm),
    // Whole ones: it may begin an hour early, for clients whose clocks are late.
    days: Math.floor((notAfter.getTime() - notBefore.getTime()) / 86_400_000),
    extensions: extensions
      .map(({ type, critical, value }) => {
        const text = KEY_IDENTIFIERS.includes(type) ? "of the key" : Buffer.from(value).toString("hex");
        return `${type}${critical ? " critical" : ""} ${text}`;
      })
      .sort(),
  };
}

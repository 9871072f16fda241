/**
 * Makes an authority and as many brokers' certificates, writes them below a directory as a deployment does, listens for each
 * at its own address on loopback, and writes a file "ready". It ends with its standard input.
 *
 *     node --import tsx bench/check/listeners-child.ts DIRECTORY BROKERS PORT
 */
import { webcrypto } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { addressAt } from "./address-at";

const [directory = "", brokers = "0", port = "0"] = process.argv.slice(2);
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY = 86_400_000;

void main();

async function main(): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const times = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 800 * DAY) };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Bench CA",
    ...times,
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      new x509.BasicConstraintsExtension(true, undefined, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, "ca.pem"), `${ca.toString("pem")}\n`);
  for (let index = 0; index < Number(brokers); index++) {
    await listen(addressAt(index), index, { keys, ca, times });
  }
  process.stdin.resume().on("end", () => process.exit());
  writeFileSync(join(directory, "ready"), "");
}

interface Issuer {
  readonly keys: webcrypto.CryptoKeyPair;
  readonly ca: x509.X509Certificate;
  readonly times: { readonly notBefore: Date; readonly notAfter: Date };
}

async function listen(address: string, index: number, { keys: issuer, ca, times }: Issuer): Promise<void> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: (index + 1000).toString(16).padStart(6, "0"),
    subject: `CN=${address}`,
    issuer: ca.subject,
    ...times,
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: issuer.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: "ip", value: address }]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  const folder = join(directory, "brokers", address);
  mkdirSync(folder, { recursive: true });
  const cert = `${certificate.toString("pem")}\n`;
  writeFileSync(join(folder, "server.pem"), cert);
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey), "PRIVATE KEY");
  // A context takes much memory: each is made when it is asked for.
  const server = createServer((socket: Socket) => {
    const secure = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
    secure.on("error", () => socket.destroy()).resume();
  });
  await new Promise<void>((resolve) => server.listen(Number(port), address, resolve));
}

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AUTHORITY } from "./fleet";
import { inNewDirectory, median, rounds, run } from "./run";

export interface OpensslFigures {
  /** The median of several rounds. */
  readonly seconds: number;
  readonly rounds: readonly number[];
}

/** Times the classic flow: an authority, then a key, a request and a certificate per broker, each by openssl. */
export function measureOpenssl(addresses: readonly string[], count: number): OpensslFigures {
  const measured = rounds(count, `openssl, ${addresses.length} brokers`, () =>
    inNewDirectory((directory) => {
      const start = performance.now();
      issueAll(addresses, directory);
      return (performance.now() - start) / 1000;
    }),
  );
  return { seconds: median(measured), rounds: measured };
}

function issueAll(addresses: readonly string[], directory: string): void {
  const openssl = (command: string, ...parameters: string[]) =>
    run("openssl", [...command.split(" "), ...parameters], directory);
  const { country, organization, commonName } = AUTHORITY;

  openssl("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ca.key");
  openssl(
    "req -new -x509 -days 3650 -extensions v3_ca -key ca.key -out ca.pem -subj",
    `/C=${country}/O=${organization}/CN=${commonName}`,
  );
  for (const address of addresses) {
    const folder = `brokers/${address}`;
    mkdirSync(join(directory, folder), { recursive: true });
    writeFileSync(join(directory, folder, "server.ext"), extensions(address));
    openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${folder}/server.key`);
    openssl(`req -new -key ${folder}/server.key -out ${folder}/server.csr -subj /CN=${address}`);
    const files = `-extfile ${folder}/server.ext -in ${folder}/server.csr -out ${folder}/server.pem`;
    openssl(`x509 -req -days 825 -CA ca.pem -CAkey ca.key -CAcreateserial ${files}`);
  }
}

function extensions(address: string): string {
  return [
    "basicConstraints = critical, CA:FALSE",
    "keyUsage = critical, digitalSignature",
    "extendedKeyUsage = serverAuth",
    "subjectKeyIdentifier = hash",
    "authorityKeyIdentifier = keyid",
    `subjectAltName = DNS:${address}`,
  ].join("\n");
}

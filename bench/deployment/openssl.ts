import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "../support/certificates";
import type { Outcome } from "./outcome";
import { addresses, AUTHORITY, type Size } from "../support/fleet";
import { inNewDirectory, median, Missing, rounds, run, versionOf } from "../support/run";

export interface OpensslFigures {
  readonly brokers: number;
  /** The median of several rounds. */
  readonly seconds: number;
  readonly rounds: readonly number[];
}

/** Times the classic flow: an authority, then a key, a request and a certificate per broker, each by openssl. */
export function measureOpenssl(brokers: number, count: number): OpensslFigures {
  const measured = rounds(count, `openssl, ${brokers} brokers`, () =>
    inNewDirectory((directory) => {
      const start = performance.now();
      issueAll(addresses(brokers), directory);
      return (performance.now() - start) / 1000;
    }),
  );
  return { brokers, seconds: median(measured), rounds: measured };
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
    writeFileSync(join(directory, folder, "server.ext"), extensions(address, "ECDSA_P256"));
    openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${folder}/server.key`);
    openssl(`req -new -key ${folder}/server.key -out ${folder}/server.csr -subj /CN=${address}`);
    const files = `-extfile ${folder}/server.ext -in ${folder}/server.csr -out ${folder}/server.pem`;
    openssl(`x509 -req -days 825 -CA ca.pem -CAkey ca.key -CAcreateserial ${files}`);
  }
}

/**
 * Issues as briefly as openssl can, by a script as one would write it: an authority, then one process per broker, which
 * makes key and certificate.
 *
 * @throws Missing if there is no openssl that can do that
 */
export function bareLoop({ brokers, keyAlgorithm }: Size): Outcome {
  const version = versionOf("openssl");
  if (!/^OpenSSL ([3-9]|\d\d)\./.test(version ?? "")) {
    throw new Missing(version === undefined ? "openssl cannot be run" : `openssl is ${version}, 3.0 is needed`);
  }
  return inNewDirectory((directory) => {
    const files = {
      "ca.cnf": configuration(
        [`C = ${AUTHORITY.country}`, `O = ${AUTHORITY.organization}`, `CN = ${AUTHORITY.commonName}`],
        [
          "basicConstraints = critical, CA:TRUE",
          "keyUsage = critical, keyCertSign, cRLSign",
          "subjectKeyIdentifier = hash",
        ],
      ),
      "server.cnf": configuration(["CN = $ENV::ADDRESS"], [extensions("$ENV::ADDRESS", keyAlgorithm)]),
      "brokers.txt": addresses(brokers).join("\n"),
      "issue.sh": script(NEW_KEY[keyAlgorithm]),
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(directory, name), `${text}\n`);
    }
    const { seconds } = run("sh", ["issue.sh"], directory);
    return { seconds: { deploy: seconds }, certificate: inspect(directory, brokers) };
  });
}

const NEW_KEY = {
  ECDSA_P256: "-newkey ec -pkeyopt ec_paramgen_curve:P-256",
  RSA_2048: "-newkey rsa:2048",
};

function script(newKey: string): string {
  return `set -e
umask 077
mkdir pki pki/brokers
openssl req -x509 -config ca.cnf ${newKey} -noenc -days 3650 -keyout pki/ca.key -out pki/ca.pem
for ADDRESS in $(cat brokers.txt); do
  export ADDRESS
  mkdir "pki/brokers/$ADDRESS"
  openssl req -x509 -config server.cnf ${newKey} -noenc -days 825 -CA pki/ca.pem -CAkey pki/ca.key \\
    -keyout "pki/brokers/$ADDRESS/server.key" -out "pki/brokers/$ADDRESS/server.pem"
done`;
}

function configuration(subject: readonly string[], extensions: readonly string[]): string {
  return [
    "[req]",
    "prompt = no",
    "distinguished_name = subject",
    "x509_extensions = extensions",
    "[subject]",
    ...subject,
    "[extensions]",
    ...extensions,
  ].join("\n");
}

function extensions(address: string, keyAlgorithm: Size["keyAlgorithm"]): string {
  return [
    "basicConstraints = critical, CA:FALSE",
    `keyUsage = critical, digitalSignature${keyAlgorithm === "RSA_2048" ? ", keyEncipherment" : ""}`,
    "extendedKeyUsage = serverAuth",
    "subjectKeyIdentifier = hash",
    "authorityKeyIdentifier = keyid",
    `subjectAltName = DNS:${address}`,
  ].join("\n");
}

import "reflect-metadata"; // @peculiar/x509 needs it, first
import { createPrivateKey, X509Certificate } from "node:crypto";
import { SubjectAlternativeNameExtension, X509Certificate as ParsedCertificate } from "@peculiar/x509";
import type { CertificateRecord } from "../../lib/machine-format/record";
import { parseToken } from "../../lib/machine-format/token";
import { describeEachBareEngine, describeWith } from "./support/machine";
import { Project } from "./support/project";
import { readRecords } from "./support/records";
import { run } from "./support/run";

const ALGORITHMS = ["RSA_2048", "RSA_3072", "RSA_4096", "ECDSA_P256", "ECDSA_P384", "ED25519"] as const;

const HOUR = 3_600_000;

const LONG_NAME = `${"a".repeat(60)}.example.com`;

/** Every attribute, with Unicode and characters that are special in shells, openssl's files and its command line. */
const SUBJECT = {
  country: "de",
  province: `Thüringen, "Freistaat" # 7; $HOME \\ $(id) 'x' + y = z`,
  locality: "ü".repeat(128),
  organization: "Müller & Söhne 🏭",
  organizationalUnit: "Plant (no. 7/8): it's A+B=C?",
};

const EMAIL_ADDRESS = `pki+a,DNS:b.example.com;"c"#$HOME\\/'d'@example.com`;

/** The same for both custodies: every algorithm for a broker of a fleet, and for an authority of single constructs. */
function declaration(custody: "state" | "machine"): string {
  return `
    const custody = "${custody}";
    const subject = ${JSON.stringify(SUBJECT)};
    new BrokerPki(app, "mqtt", {
      custody,
      authority: { subject: { ...subject, commonName: "*.Test @ CA_1", emailAddress: ${JSON.stringify(EMAIL_ADDRESS)} } },
      subject,
      duration: Duration.days(10),
      brokers: [
        ${ALGORITHMS.map((name) => `{ address: "${nameOf(name)}", keyAlgorithm: KeyAlgorithm.${name} }`).join(", ")},
        {
          address: "*.plant.example.com",
          alternativeAddresses: ["plant.example.com", "bücher.example", "192.0.2.7", "2001:db8::7", "*.example.com"],
        },
        { address: "192.0.2.10", alternativeAddresses: ["localhost"] },
        { address: "2001:db8::10" },
        { address: "bücher.example" },
        { address: "${LONG_NAME}" },
      ],
    });
    const own = new TerraformStack(app, "own");
    for (const name of ${JSON.stringify(ALGORITHMS)}) {
      const directory = "own-" + name;
      const authority = new CertificateAuthority(own, name, {
        subject: { commonName: "CA of " + name },
        keyAlgorithm: KeyAlgorithm[name],
        custody,
        ...(custody === "machine" && { directory }),
      });
      const server = new ServerCertificate(own, "broker of " + name, {
        authority,
        address: "${LONG_NAME}",
        keyAlgorithm: KeyAlgorithm.ECDSA_P256,
      });
      if (custody === "state") {
        const files = new PemDirectory(own, "files of " + name, { path: directory });
        files.addAuthority(authority);
        files.addServer(server);
      }
    }`;
}

const DIRECTORIES = ["pki", ...ALGORITHMS.map((name) => `own-${name}`)];

const CERTIFICATES = [
  "pki/ca.pem",
  ...[...ALGORITHMS.map(nameOf), "_wildcard.plant.example.com", "192.0.2.10", "2001-db8--10"].map(inFleet),
  ...["xn--bcher-kva.example", LONG_NAME].map(inFleet),
  ...ALGORITHMS.flatMap((name) => [`own-${name}/ca.pem`, `own-${name}/brokers/${LONG_NAME}/server.pem`]),
];

describeEachBareEngine("the certificates of custody machine", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  beforeAll(async () => {
    project.declare(declaration("machine"));
    await project.deploy();
  });
  afterAll(() => {
    project.remove();
  });

  it("Custody machine makes one certificate for each authority and each broker", () => {
    expect(filesOf(project).filter((path) => path.endsWith(".pem"))).toEqual(CERTIFICATES.toSorted());
  });

  it("Certificates of custody machine pass openssl's strict verification for the names that clients dial", async () => {
    const names = [
      ...ALGORITHMS.map((name) => ["pki", nameOf(name), nameOf(name)] as const),
      ["pki", "_wildcard.plant.example.com", "mqtt-7.plant.example.com"],
      ["pki", "_wildcard.plant.example.com", "xn--bcher-kva.example"],
      ["pki", LONG_NAME, LONG_NAME],
      ...ALGORITHMS.map((name) => [`own-${name}`, LONG_NAME, LONG_NAME] as const),
    ] as const;
    for (const [directory, folder, name] of names) {
      const pem = project.path(directory, "brokers", folder, "server.pem");
      const strict = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", project.path(directory, "ca.pem")];

      expect(await run("openssl", [...strict, "-verify_hostname", name, pem])).toMatchObject({
        status: 0,
        stdout: `${pem}: OK\n`,
      });
      expect((await run("openssl", [...strict, "-verify_hostname", "other.example.org", pem])).status).not.toBe(0);
    }
  });

  it("An authority's e-mail address is its one alternative name with custody machine", () => {
    const [names, ...others] = CERTIFICATES.filter((path) => path.endsWith("/ca.pem")).map((path) =>
      new ParsedCertificate(project.read(path)).getExtension(SubjectAlternativeNameExtension)?.names.toJSON(),
    );

    expect(names).toEqual([{ type: "email", value: EMAIL_ADDRESS }]);
    expect(others).toEqual(ALGORITHMS.map(() => undefined));
  });

  it("Certificates of custody machine fit their keys", () => {
    for (const path of CERTIFICATES) {
      const key = createPrivateKey(project.read(path.replace(".pem", ".key")));

      expect(new X509Certificate(project.read(path)).checkPrivateKey(key)).toBe(true);
    }
  });

  it("Certificates of custody machine are valid from an hour before their plan, for their exact duration", () => {
    const { brokers } = readRecords(project, "brokers");
    const { generations } = readRecords(project, "authorities");
    const recorded: [string, CertificateRecord | undefined, number][] = [
      ["pki/ca.pem", generations["1"], 3650],
      ...Object.entries(brokers).map<[string, CertificateRecord, number]>(([folder, record]) => [
        `pki/${folder}/server.pem`,
        record,
        10,
      ]),
    ];

    expect(recorded).toHaveLength(12);
    for (const [path, record, days] of recorded) {
      const { notBefore, notAfter } = new ParsedCertificate(project.read(path));
      const planned = Date.parse(parseToken(record?.token ?? "").time);

      expect([notBefore.getTime(), notAfter.getTime()]).toEqual([planned - HOUR, planned + days * 24 * HOUR]);
      expect(Date.parse(record?.not_after ?? "")).toBe(notAfter.getTime());
    }
  });

  it("Serial numbers of custody machine are random, positive and at most 20 octets long", () => {
    const serials = CERTIFICATES.map((path) => new ParsedCertificate(project.read(path)).serialNumber);

    for (const serial of serials) {
      // Without leading zeros. Fewer than 8 octets cannot be a random number of this length.
      expect(serial).toMatch(/^[\da-f]{16,40}$/);
      expect(BigInt(`0x${serial}`)).toBeLessThan(2n ** 159n);
    }
    expect(new Set(serials.map((serial) => serial.slice(0, 8))).size).toBe(serials.length);
  });

  describeWith([engine.providers], "certificates of both custodies", () => {
    const other = new Project(engine);

    beforeAll(async () => {
      other.declare(declaration("state"));
      await other.deploy();
    });
    afterAll(() => {
      other.remove();
    });

    it.each(CERTIFICATES)("Certificates of both custodies have the same extensions and encoding: %s", (path) => {
      const except = path === "pki/ca.pem" ? [ALTERNATIVE_NAMES] : [];

      expect(factsOf(project.read(path), { except, early: 1 })).toEqual(factsOf(other.read(path)));
    });

    it("Both custodies write the same file names and modes, except for the records", () => {
      for (const directory of DIRECTORIES) {
        const isPem = (line: string): boolean => /\.(key|pem)$/.test(line);

        expect(modesIn(project, directory).filter(isPem)).toEqual(modesIn(other, directory));
      }
    });

    it("Both custodies make keys of the same kind, as PKCS#8", () => {
      for (const path of CERTIFICATES.map((name) => name.replace(".pem", ".key"))) {
        expect(kindOf(project.read(path))).toEqual(kindOf(other.read(path)));
      }
    });
  });
});

function nameOf(algorithm: string): string {
  return `${algorithm.toLowerCase().replace("_", "-")}.example.com`;
}

function inFleet(folder: string): string {
  return `pki/brokers/${folder}/server.pem`;
}

function filesOf(project: Project): string[] {
  return DIRECTORIES.flatMap((directory) =>
    Object.keys(project.files(directory)).map((path) => `${directory}/${path}`),
  ).sort();
}

function modesIn(project: Project, directory: string): string[] {
  return Object.entries(project.files(directory))
    .map(([path, { mode }]) => `${mode} ${path}`)
    .sort();
}

function kindOf(pem: string): object {
  const key = createPrivateKey(pem);
  return {
    label: /^-----BEGIN (.*)-----\n/.exec(pem)?.[1],
    type: key.asymmetricKeyType,
    details: key.asymmetricKeyDetails,
  };
}

/** Key identifiers differ from key to key, but not in length. */
const KEY_IDENTIFIERS = ["2.5.29.14", "2.5.29.35"];

const ALTERNATIVE_NAMES = "2.5.29.17";

/**
 * The content of a certificate without what differs with every issue: serial number, times, key and signature.
 *
 * @param options `except`: omitted extensions; `early`: the start of its validity before its plan, in hours
 */
function factsOf(
  pem: string,
  { except = [], early = 0 }: { readonly except?: readonly string[]; readonly early?: number } = {},
): object {
  const certificate = new ParsedCertificate(pem);
  const compared = certificate.extensions.filter(({ type }) => !except.includes(type));
  const extensions = compared.map(({ type, critical, value }) => {
    const text = Buffer.from(value).toString("hex");
    return [type, { critical, value: KEY_IDENTIFIERS.includes(type) ? text.length : text }] as const;
  });
  // TBSCertificate of RFC 5280, section 4.1: names with the types of their strings.
  const [signed, signatureAlgorithm] = elementsOf(Buffer.from(certificate.rawData));
  const [version, , signature, issuer, , subject, publicKey] = elementsOf(signed);
  return {
    ...hexOf({ version, signature, signatureAlgorithm, issuer, subject, keyAlgorithm: elementsOf(publicKey)[0] }),
    hours: (certificate.notAfter.getTime() - certificate.notBefore.getTime()) / HOUR - early,
    extensions: Object.fromEntries(extensions),
  };
}

/** The elements of a DER structure, each with its header. */
function elementsOf(der: Buffer | undefined): Buffer[] {
  if (der === undefined) {
    throw new Error("not a certificate");
  }
  const elements: Buffer[] = [];
  for (let rest = der.subarray(headerOf(der).length); rest.length > 0;) {
    const { length, content } = headerOf(rest);
    elements.push(rest.subarray(0, length + content));
    rest = rest.subarray(length + content);
  }
  return elements;
}

/** The lengths of the header and of the content after it. */
function headerOf(der: Buffer): { length: number; content: number } {
  const first = der.readUInt8(1);
  const more = first < 0x80 ? 0 : first - 0x80;
  return { length: 2 + more, content: more === 0 ? first : der.readUIntBE(2, more) };
}

function hexOf(parts: Readonly<Record<string, Buffer | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(parts).map(([name, part]) => {
      if (part === undefined) {
        throw new Error(`a certificate without ${name}`);
      }
      return [name, part.toString("hex")];
    }),
  );
}

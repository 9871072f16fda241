import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Collection } from "../../lib/cli/inventory/collection";
import { inventoryOf } from "../../lib/cli/inventory/inventory";
import { Problems } from "../../lib/errors";
import { DistinguishedName } from "../../lib/values/distinguished-name";
import { CertificateRequest } from "../../lib/x509/certificate-request";
import { Chain } from "../../lib/x509/chain";
import type { Client } from "../../lib/x509/strictness/refusal";
import { type Case, Corpus, HOST } from "./support/corpus/cases";
import { goVerdictsOn, verdictsOn } from "./support/corpus/verdicts";
import { describeWith, machine } from "./support/machine";

/** A case on which the library and a client disagree, and why that is right. */
interface Difference {
  readonly cases: RegExp;
  readonly why: string;
}

/** Cases that clients refuse and the library accepts without a warning. */
const PASSED_OVER: readonly Difference[] = [
  {
    cases: /^rich: 7\.0\.\d\.2\.0\.0\.0\.0 has one octet less$/,
    why: "a permitted domain, one letter short: if there are brokers' names, they are compared with it",
  },
  {
    cases: /^lower: 7\.0\.5\.1\.0\.0\.0\.0 is constructed, or not$/,
    why: "only Go checks the tag bit that marks a distribution point as constructed",
  },
  {
    cases: /^rich: 7\.0\.2\.1\.0 has a long length$/,
    why: "a key identifier with a needless octet: Go refuses it, which the warning says; so does Java, which compares octets",
  },
];

/** Cases that all clients accept and the library refuses or warns of. */
const REFUSED_BEYOND: readonly Difference[] = [
  {
    cases: /indefinite length|is constructed, or not$/,
    why: "not DER: clients accept it in parts that they do not parse",
  },
  {
    cases: /^lower: 7\.0\.2\.1(\.0)? (has one octet more|has a null more|is there twice)$/,
    why: "a key identifier with trailing octets: Java accepts it below a root with another one",
  },
  { cases: /has a long length$/, why: "not DER: Go accepts it in parts that it does not parse" },
  {
    cases: /nameConstraints|^rich: 7\.0\.5\.2/,
    why: "the library does not read constraints of names other than DNS domains",
  },
  { cases: /policyConstraints|inhibitAnyPolicy|policyMappings/, why: "Go before 1.24 does not know them" },
  {
    cases: /^(lower: 7\.0\.[67]\.1|rich: 7\.0\.3\.1)\./,
    why: "the field is not ASN.1 of its type, and Go reads only its beginning",
  },
];

/** Cases that one kind of client refuses and the library refuses instead of a warning. */
const REFUSED_OUTRIGHT: readonly Difference[] = [
  { cases: /indefinite length|is constructed, or not$/, why: "not DER, which every certificate must be" },
  { cases: /: 0\.0 integer/, why: "a version that does not exist" },
  {
    cases: /nameConstraints|^rich: 7\.0\.5\.2/,
    why: "the library does not read constraints of names other than DNS domains",
  },
  {
    cases: /subjectAltName|certificatePolicies|authorityInfoAccess|critical$/,
    why: "critical, although clients may not know it",
  },
];

const { openssl, go, java, python } = machine();
const CLIENTS: readonly Client[] = ["Go", "Java", "OpenSSL", "Python 3.13"];

/** The clients in the library's warnings for a case; undefined if the library refuses it. */
function warnedOf(authority: string, isForProvider: boolean): Set<Client> | undefined {
  const chain = new Problems().attempt("", () => Chain.fromContent(authority, "ca.pem", new Date(), isForProvider));
  return chain && new Set(chain.warnings.flatMap(({ refusals }) => refusals.flatMap(({ by }) => by ?? [])));
}

/** The authorities of a case, the signing one first. */
function authoritiesOf({ trustAnchor, presented }: Case): string {
  return [...presented.slice(1), trustAnchor].join("");
}

/** The names that are not listed, and listed names that do not occur. */
function unlisted(names: readonly string[], listed: readonly Difference[]): { others: string[]; idle: string[] } {
  return {
    others: names.filter((name) => !listed.some(({ cases }) => cases.test(name))),
    idle: listed.filter(({ cases }) => !names.some((name) => cases.test(name))).map(({ why }) => why),
  };
}

const NOTHING = { others: [], idle: [] };

describeWith([openssl, go, java, python], "verdicts of clients on certificates with one fault", () => {
  const folder = mkdtempSync(join(tmpdir(), "mqtt-pki-corpus-"));
  let corpus: Corpus;

  beforeAll(async () => {
    corpus = await Corpus.make(folder);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  describe("authorities with one fault", () => {
    let all: { name: string; given: Case; refusedBy: ReadonlyMap<Client, string>; warned: Set<Client> | undefined }[];

    beforeAll(async () => {
      const cases = [...corpus.authorities()];
      const verdicts = await verdictsOn(cases, folder);
      all = cases.map((given, index) => ({
        name: given.name,
        given,
        refusedBy: verdicts[index] ?? new Map(),
        warned: warnedOf(authoritiesOf(given), false),
      }));
    });

    it("An imported authority that a client refuses is refused at synth or gets a warning", () => {
      const passed = all.filter(
        ({ refusedBy, warned }) => warned !== undefined && [...refusedBy.keys()].some((client) => !warned.has(client)),
      );

      expect(all.length).toBeGreaterThan(1500);
      expect(
        unlisted(
          passed.map(({ name }) => name),
          PASSED_OVER,
        ),
      ).toEqual(NOTHING);
    });

    it("An imported authority that clients accept is neither refused nor warned of", () => {
      const beyond = all.filter(({ refusedBy, warned }) =>
        warned === undefined ? refusedBy.size === 0 : [...warned].some((client) => !refusedBy.has(client)),
      );

      expect(
        unlisted(
          beyond.map(({ name }) => name),
          REFUSED_BEYOND,
        ),
      ).toEqual(NOTHING);
    });

    it("An imported authority that one kind of client refuses gets a warning alone", () => {
      const outright = all.filter(
        ({ refusedBy, warned }) => warned === undefined && refusedBy.size === 1 && !refusedBy.has("OpenSSL"),
      );

      expect(
        unlisted(
          outright.map(({ name }) => name),
          REFUSED_OUTRIGHT,
        ),
      ).toEqual(NOTHING);
    });

    it("Custody state refuses at synth an authority that the tls provider cannot parse", () => {
      const unread = all.filter(
        ({ given, refusedBy, warned }) =>
          refusedBy.get("Go")?.startsWith("parse:") === true &&
          warned !== undefined &&
          warnedOf(authoritiesOf(given), true) !== undefined,
      );

      expect(
        unlisted(
          unread.map(({ name }) => name),
          PASSED_OVER,
        ).others,
      ).toEqual([]);
    });

    it("An inventory does not accept an authority that a client refuses", () => {
      const accepted = thinned(all).filter(({ given, refusedBy }) => refusedBy.size > 0 && acceptedIn(given) === true);

      expect(
        unlisted(
          accepted.map(({ name }) => name),
          PASSED_OVER,
        ).others,
      ).toEqual([]);
    });

    it("A summary counts the authorities that each client refuses", () => {
      const lines = CLIENTS.map((client) => {
        const refused = all.filter(({ refusedBy }) => refusedBy.has(client));
        const said = refused.filter(({ warned }) => warned?.has(client) ?? true);
        return `${client}: refuses ${refused.length}, of which ${said.length} are refused or said`;
      });
      process.stderr.write(`${[`${all.length} authorities`, ...lines].join("\n")}\n`);
    });
  });

  it("An inventory does not accept a server certificate that a client refuses", async () => {
    const cases = thinned([...corpus.servers()]);
    const verdicts = await verdictsOn(cases, join(folder, "servers"));
    const accepted = cases.filter((given, index) => (verdicts[index]?.size ?? 0) > 0 && acceptedIn(given) === true);

    expect(accepted.map(({ name }) => name)).toEqual([]);
  });

  it("Custody state accepts a CSR only if Go, and so the tls provider, parses it", async () => {
    const requests = [...corpus.requests()];
    const verdicts = await goVerdictsOn(
      requests.map(([, pem]) => pem),
      folder,
    );
    const taken = requests.map(([, pem]) => isTaken(pem));
    const missed = requests.filter((_, index) => taken[index] === true && verdicts[index] !== "");

    expect(missed.map(([name]) => name)).toEqual([]);
  });
});

/** Every third case, for checks that give the same result for neighbours. */
function thinned<T>(cases: readonly T[]): T[] {
  return cases.filter((_, index) => index % 3 === 0);
}

/** Whether a client with the trust anchor accepts the server's certificate; undefined for another server's. */
function acceptedIn({ trustAnchor, presented }: Case): boolean | null | undefined {
  const collection = new Collection();
  collection.addFile("server.pem", presented.join(""));
  const trusted = collection.addSingle("ca.pem", trustAnchor);
  const source = {
    name: "pki",
    collection,
    trusted,
    generations: new Map<string, number>(),
    renewals: new Map(),
    records: [],
  };
  return inventoryOf([source], new Date()).certificates.find(({ address }) => address === HOST)?.accepted;
}

function isTaken(pem: string): boolean {
  const expected = {
    subject: DistinguishedName.fromProps({ organization: "Plant North", commonName: HOST }),
    dnsNames: [HOST],
    ipAddresses: [],
    isForProvider: true,
    command: "",
  };
  return new Problems().attempt("", () => CertificateRequest.fromContent(pem, expected)) !== undefined;
}

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImportedAuthoritySpec } from "../../../lib/spec/imported-authority-spec";
import type { Custody } from "../../../lib/values/custody";
import { type AuthorityOptions, type MadeAuthority, makeAuthority, openssl } from "../../support/authorities";
import { problemsOf } from "../../support/problems";
import { resigned } from "../../support/resigned";

const AUTHORITY = "Plant CA";
const [O_UTF8, O_PRINTABLE] = ["0c0b506c616e745f4e6f727468", "130b506c616e745f4e6f727468"] as const;

let folder: string;
let root: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "field-"));
  root = makeAuthority(folder, "Root", { subject: "/O=Example Ltd/CN=Root" });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const make = (options: AuthorityOptions): MadeAuthority =>
  makeAuthority(folder, AUTHORITY, { subject: `/O=Plant_North/CN=${AUTHORITY}`, ...options });

const changed = ({ certificatePem }: MadeAuthority, keyFile: string, octets: readonly [string, string]): string =>
  resigned(certificatePem, readFileSync(keyFile, "utf8"), octets);

const props = (certificatePem: string, custody: Custody) => ({ certificatePem, keyVariable: "unset_here", custody });

/** What is wrong with it at synth. */
const reasons = (certificatePem: string, custody: Custody): string[] =>
  problemsOf(() => ImportedAuthoritySpec.fromProps(props(certificatePem, custody))).map(({ reason }) => reason);

const warnings = (certificatePem: string, custody: Custody): readonly string[] =>
  ImportedAuthoritySpec.fromProps(props(certificatePem, custody)).warnings;

/** Those that Go alone cannot read, and so Terraform's provider cannot either. */
describe.each<[string, what: string, () => string]>([
  [
    "a negative serial number",
    "has a negative serial number (RFC 5280, section 4.1.2.2)",
    () => {
      const lower = makeAuthority(folder, "Lower", { subject: `/CN=${AUTHORITY}`, issuer: root });
      return changed(lower, root.keyFile, serialOf(lower)) + root.certificatePem;
    },
  ],
  [
    "CA:TRUE as 01 instead of FF",
    "has basic constraints with a BOOLEAN that is not in DER (X.690, sections 8 and 11)",
    () => {
      const flawed = make({});
      return changed(flawed, flawed.keyFile, ["30030101ff", "3003010101"]);
    },
  ],
  [
    "an underscore in a PrintableString",
    "has a subject with a PrintableString with a character that is not allowed in it (RFC 5280, section 4.1.2.4)",
    () => {
      const flawed = make({});
      return changed(flawed, flawed.keyFile, [O_UTF8, O_PRINTABLE]);
    },
  ],
])("An authority with %s", (_, what, given) => {
  const refused = "clients in Go refuse it";

  it('An authority that Go cannot read is refused with custody "state"', () => {
    expect(reasons(given(), "state")).toContainEqual(
      expect.stringMatching(
        new RegExp(`which ${escaped(what)}: ${refused}, and Terraform's tls provider cannot read it$`),
      ),
    );
  });

  it('An authority that Go cannot read is accepted with custody "machine", with a warning that names the clients', () => {
    expect(warnings(given(), "machine")).toContainEqual(
      expect.stringContaining(`${what}: ${refused}. To fix it, re-issue`),
    );
  });
});

describe("An authority that only Python 3.13 refuses", () => {
  const refused = "Python 3.13 and later, and programs that verify strictly with OpenSSL refuse it";

  it.each<[string, what: string, () => string]>([
    [
      "as easy-rsa makes it",
      "has basic constraints that are not critical (RFC 5280, section 4.2.1.9)",
      () =>
        make({ extensions: { basicConstraints: "CA:TRUE", authorityKeyIdentifier: "keyid,issuer:always" } })
          .certificatePem,
    ],
    [
      "without a subject key identifier",
      "has no subject key identifier (RFC 5280, section 4.2.1.2)",
      () => make({ extensions: { subjectKeyIdentifier: "none" } }).certificatePem,
    ],
    [
      "below a root whose key it does not name",
      "has no authority key identifier (RFC 5280, section 4.2.1.1)",
      () => make({ issuer: root, extensions: { authorityKeyIdentifier: "none" } }).certificatePem + root.certificatePem,
    ],
  ])(
    "An authority that only Python 3.13 refuses, %s, is accepted with a warning, with both custodies",
    (_, what, given) => {
      for (const custody of ["state", "machine"] as const) {
        expect(warnings(given(), custody)).toEqual([expect.stringContaining(`${what}: ${refused}.`)]);
      }
    },
  );
});

it("A chain with the same names in other encodings is accepted, with a warning for clients in Go", () => {
  const lower = makeAuthority(folder, "Lower", { subject: `/CN=${AUTHORITY}`, issuer: root });
  const given = changed(lower, root.keyFile, ["0c0b4578616d706c65204c7464", "130b4578616d706c65204c7464"]);

  expect(warnings(given + root.certificatePem, "state")).toEqual([
    expect.stringContaining(
      "has the name of its issuer in another encoding than the issuer's certificate (RFC 5280, section 7.1): clients in Go refuse it",
    ),
  ]);
});

it("A root that names another key than its own as its issuer's key is refused", () => {
  const identifiers = { subjectKeyIdentifier: "01020304", authorityKeyIdentifier: "keyid:always" };
  const named = make({ extensions: identifiers });
  const given = changed(named, named.keyFile, ["8004" + "01020304", "8004" + "01020305"]);

  expect(reasons(given, "machine")).toEqual([
    expect.stringContaining("names another key than its own as its issuer's key (RFC 5280, section 4.2.1.1)"),
  ]);
});

it("A flaw in the name of a root is reported once", () => {
  const flawed = make({});
  const problems = reasons(changed(flawed, flawed.keyFile, [O_UTF8, O_PRINTABLE]), "state");

  expect(problems).toEqual([expect.stringContaining("has a subject with a PrintableString")]);
});

it("An intermediate authority with a name that an authority above does not permit is refused", () => {
  const limited = makeAuthority(folder, "Limited", {
    extensions: { nameConstraints: "critical, permitted;DNS:example.com" },
  });
  const lower = (subjectAltName: string): string =>
    makeAuthority(folder, "Named", { issuer: limited, extensions: { subjectAltName } }).certificatePem;

  expect(reasons(lower("DNS:ca.example.org, DNS:CA.example.com") + limited.certificatePem, "machine")).toEqual([
    expect.stringContaining(
      'has "CN=Named", which has the alternative name "ca.example.org", which the name constraints of "CN=Limited" do not permit',
    ),
  ]);
  expect(warnings(lower("DNS:CA.example.com, email:ca@example.org") + limited.certificatePem, "state")).toEqual([]);
});

describe("formatAuthorityCommand", () => {
  const run = (text: string): string => {
    const command = /openssl req .*'/.exec(text)?.[0] ?? "";
    execFileSync("sh", ["-c", command], { cwd: folder, stdio: "pipe" });
    return readFileSync(join(folder, "ca.pem"), "utf8");
  };

  it("formatAuthorityCommand makes a root that all clients accept, with the same key, name, domains and path length", () => {
    const extensions = {
      basicConstraints: "CA:TRUE, pathlen:2",
      nameConstraints: "critical, permitted;DNS:example.com, permitted;DNS:.example.org",
    };
    const flawed = make({ subject: "/O=It's \\+1 \\/ Ltd, Überall/CN=Plant CA", extensions });
    const [warning = ""] = warnings(flawed.certificatePem, "machine");
    writeFileSync(join(folder, "ca.key"), readFileSync(flawed.keyFile), { mode: 0o600 });
    const mended = ImportedAuthoritySpec.fromProps(props(run(warning), "state"));

    expect(mended).toMatchObject({
      warnings: [],
      permittedDomains: [".example.org", "example.com"],
      trustAnchorIdentity: ImportedAuthoritySpec.fromProps(props(flawed.certificatePem, "state")).trustAnchorIdentity,
    });
    expect(openssl(["x509", "-in", join(folder, "ca.pem"), "-noout", "-text"])).toContain("pathlen:2");
  });

  it("formatAuthorityCommand makes a root with all attributes of its name, in their order", () => {
    const subject = "/DC=local/DC=plant/serialNumber=7/CN=Plant CA+OU=One/OU=Two/O=Example Ltd/L=Linz";
    const flawed = make({ subject, extensions: { basicConstraints: "CA:TRUE" } });
    const [warning = ""] = warnings(flawed.certificatePem, "machine");
    writeFileSync(join(folder, "ca.key"), readFileSync(flawed.keyFile), { mode: 0o600 });
    const mended = ImportedAuthoritySpec.fromProps(props(run(warning), "state"));
    const { trustAnchorIdentity } = ImportedAuthoritySpec.fromProps(props(flawed.certificatePem, "state"));

    expect(mended).toMatchObject({ warnings: [], trustAnchorIdentity });
  });

  it("formatAuthorityCommand is refused by openssl if a part of the name must be filled in", () => {
    const flawed = make({ subject: "/CN=Plant CA/businessCategory=Tea", extensions: { basicConstraints: "CA:TRUE" } });
    const [warning = ""] = warnings(flawed.certificatePem, "machine");

    expect(warning).toContain("-subj '…' -addext");
    expect(() => run(warning)).toThrow(/not in that format/);
  });

  it("formatAuthorityCommand makes an intermediate authority that all clients accept, signed by the one above", () => {
    const flawed = make({ issuer: root, extensions: { authorityKeyIdentifier: "none" } });
    const [warning = ""] = warnings(flawed.certificatePem + root.certificatePem, "machine");
    writeFileSync(join(folder, "ca.key"), readFileSync(flawed.keyFile), { mode: 0o600 });
    writeFileSync(join(folder, "issuer.key"), readFileSync(root.keyFile), { mode: 0o600 });
    writeFileSync(join(folder, "issuer.pem"), root.certificatePem);

    expect(warnings(run(warning) + root.certificatePem, "state")).toEqual([]);
  });
});

/** The serial number of a certificate, and one that is negative. */
function serialOf({ certificateFile }: MadeAuthority): readonly [string, string] {
  const serial = openssl(["x509", "-in", certificateFile, "-noout", "-serial"])
    .trim()
    .replace("serial=", "")
    .toLowerCase();
  const [version, integer] = ["a003020102", `02${(serial.length / 2).toString(16).padStart(2, "0")}`];
  return [version + integer + serial, version + integer + "b3" + serial.slice(2)];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

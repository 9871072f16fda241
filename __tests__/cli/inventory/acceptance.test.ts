import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MadeAuthority, makeAuthority, openssl, RSA_2048 } from "../../support/authorities";
import { daysFromNow, inventoried, makeServer } from "./support";

/** The trust anchors of a client, and the certificates that a broker presents to it. */
interface Case {
  readonly trusted: readonly MadeAuthority[];
  readonly server: MadeAuthority;
  readonly chain?: readonly MadeAuthority[];
  /** @default - the first name of the fleet */
  readonly address?: string;
  readonly now?: Date;
}

let folder: string;
let root: MadeAuthority;
let intermediate: MadeAuthority;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "acceptance-"));
  root = makeAuthority(folder, "Root");
  intermediate = makeAuthority(folder, "Intermediate", { issuer: root });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function pem(certificates: readonly MadeAuthority[]): string {
  return certificates.map(({ certificatePem }) => certificatePem).join("");
}

/** The verdict of an inventory about the broker in a directory. */
async function verdict({ trusted, server, chain = [], now }: Case): Promise<{ accepted: boolean | null; why: string }> {
  const files = { "pki/ca.pem": pem(trusted), "pki/brokers/one/server.pem": pem([server, ...chain]) };
  const { certificates } = await inventoried(files, ["pki"], now === undefined ? {} : { now });
  const broker = certificates.find(({ location }) => location === "brokers/one/server.pem");
  return { accepted: broker?.accepted ?? null, why: broker?.reasons.join("; ") ?? "" };
}

/** Whether openssl accepts it in its strictest mode: all of RFC 5280, and the keys and hashes that Debian requires. */
function opensslAccepts({
  trusted,
  server,
  chain = [],
  address = "mqtt-1.example.com",
  now = new Date(),
}: Case): boolean {
  const [trustedFile, chainFile] = [join(folder, "trusted.pem"), join(folder, "chain.pem")];
  writeFileSync(trustedFile, pem(trusted));
  writeFileSync(chainFile, pem(chain));
  const { status } = spawnSync("openssl", [
    ...["verify", "-purpose", "sslserver", "-x509_strict", "-auth_level", "2", "-no-CApath", "-no-CAstore"],
    ...["-attime", String(Math.floor(now.getTime() / 1000)), "-CAfile", trustedFile],
    ...(chain.length > 0 ? ["-untrusted", chainFile] : []),
    ...[isIP(address) === 0 ? "-verify_hostname" : "-verify_ip", address, server.certificateFile],
  ]);
  return status === 0;
}

describe("inventory and openssl accept", () => {
  it.each<[string, () => Case]>([
    ["a certificate signed by a root", () => ({ trusted: [root], server: makeServer(folder, "sound", root) })],
    [
      "a certificate signed by an intermediate authority that is presented",
      () => ({ trusted: [root], server: makeServer(folder, "below", intermediate), chain: [intermediate] }),
    ],
    [
      "a certificate signed by the second of two roots with the same name",
      () => {
        const other = makeAuthority(folder, "Other", { subject: "/CN=Root" });
        return { trusted: [other, root], server: makeServer(folder, "second", root) };
      },
    ],
    [
      "a certificate signed by an authority that expired and was renewed",
      () => {
        const old = makeAuthority(folder, "Old", { days: 10 });
        const renewedFile = join(folder, "renewed.pem");
        const addition = ["-addext", "keyUsage=critical,keyCertSign,cRLSign"];
        openssl([
          "req",
          "-x509",
          "-key",
          old.keyFile,
          "-subj",
          "/CN=Old",
          "-days",
          "900",
          "-out",
          renewedFile,
          ...addition,
        ]);
        const renewed = { ...old, certificateFile: renewedFile, certificatePem: readFileSync(renewedFile, "utf8") };
        return { trusted: [old, renewed], server: makeServer(folder, "kept", old), now: daysFromNow(20) };
      },
    ],
    [
      "a wildcard",
      () => {
        const extensions = { subjectAltName: "DNS:*.example.com" };
        return { trusted: [root], server: makeServer(folder, "wildcard", root, { extensions }) };
      },
    ],
    [
      "an IPv6 address",
      () => {
        const extensions = { subjectAltName: "IP:2001:db8::10" };
        return { trusted: [root], server: makeServer(folder, "ipv6", root, { extensions }), address: "2001:db8::10" };
      },
    ],
    [
      "an IP address that is also a DNS name",
      () => {
        const extensions = { subjectAltName: "DNS:192.0.2.10, IP:192.0.2.10" };
        return { trusted: [root], server: makeServer(folder, "both", root, { extensions }), address: "192.0.2.10" };
      },
    ],
    [
      "a name inside the domain to which its authority is limited",
      () => {
        const limited = makeAuthority(folder, "Inside", {
          extensions: { nameConstraints: "critical, permitted;DNS:example.com" },
        });
        return { trusted: [limited], server: makeServer(folder, "inside", limited) };
      },
    ],
  ])("inventory and openssl accept %s", async (_, make) => {
    const given = make();

    await expect(verdict(given)).resolves.toEqual({ accepted: true, why: "" });
    expect(opensslAccepts(given)).toBe(true);
  });
});

describe("inventory and openssl refuse", () => {
  it.each<[string, () => Case, RegExp]>([
    [
      "an expired certificate",
      () => ({ trusted: [root], server: makeServer(folder, "over", root), now: daysFromNow(101) }),
      /^expired on \d{4}-\d\d-\d\d$/,
    ],
    [
      "a certificate that is not valid yet",
      () => {
        const long = makeAuthority(folder, "Early");
        return { trusted: [long], server: makeServer(folder, "early", long), now: daysFromNow(-1) };
      },
      /^is not valid before \d{4}-\d\d-\d\d; its authority CN=Early is not valid before/,
    ],
    [
      "a certificate signed by an expired authority",
      () => {
        const short = makeAuthority(folder, "Short", { days: 10 });
        return { trusted: [short], server: makeServer(folder, "outlives", short), now: daysFromNow(20) };
      },
      /^its authority CN=Short expired on/,
    ],
    [
      "a certificate signed by another authority with the same name",
      () => {
        const impostor = makeAuthority(folder, "Impostor", { subject: "/CN=Root" });
        return { trusted: [root], server: makeServer(folder, "forged", impostor) };
      },
      /^no chain of signatures leads from it to an authority that clients trust$/,
    ],
    [
      "a certificate signed by an intermediate authority that is not presented",
      () => ({ trusted: [root], server: makeServer(folder, "alone", intermediate) }),
      /^no chain of signatures/,
    ],
    [
      "a certificate signed by an intermediate authority in a ca.pem without the root",
      () => ({ trusted: [intermediate], server: makeServer(folder, "rootless", intermediate) }),
      /^no chain of signatures/,
    ],
    [
      "a certificate that names another key identifier of its issuer",
      () => {
        const file = join(folder, "renamed.pem");
        const additions = [
          "keyUsage=critical,keyCertSign",
          "subjectKeyIdentifier=01020304",
          "authorityKeyIdentifier=none",
        ];
        const more = additions.flatMap((addition) => ["-addext", addition]);
        openssl(["req", "-x509", "-key", root.keyFile, "-subj", "/CN=Root", "-out", file, ...more]);
        const renamed = { ...root, certificateFile: file, certificatePem: readFileSync(file, "utf8") };
        return { trusted: [renamed], server: makeServer(folder, "misnamed", root) };
      },
      /^names a different issuer certificate than that of CN=Root, which signed it$/,
    ],
    [
      "a certificate that is only for clients",
      () => {
        const extensions = { extendedKeyUsage: "clientAuth" };
        return { trusted: [root], server: makeServer(folder, "client", root, { extensions }) };
      },
      /^is not valid for servers \(extended key usage\)$/,
    ],
    [
      "a key that is not for TLS",
      () => {
        const extensions = { keyUsage: "critical, dataEncipherment" };
        return { trusted: [root], server: makeServer(folder, "usage", root, { extensions }) };
      },
      /^has a key that is not valid for TLS \(key usage\)$/,
    ],
    [
      "an IP address as a DNS name",
      () => {
        const extensions = { subjectAltName: "DNS:192.0.2.10" };
        return { trusted: [root], server: makeServer(folder, "kind", root, { extensions }), address: "192.0.2.10" };
      },
      /^is not valid for this address$/,
    ],
    [
      "an unknown critical extension",
      () => {
        const extensions = { "1.2.3.4": "critical, DER:0500" };
        return { trusted: [root], server: makeServer(folder, "unknown", root, { extensions }) };
      },
      /^has the critical extension 1\.2\.3\.4, which clients do not understand$/,
    ],
    [
      "a weak key",
      () => {
        const key = ["RSA", "-pkeyopt", "rsa_keygen_bits:1024"];
        return { trusted: [root], server: makeServer(folder, "weak", root, { key }) };
      },
      /^has an RSA key of 1024 bits \(clients require at least 2048\)$/,
    ],
    [
      "a signature over SHA-1",
      () => {
        const signer = makeAuthority(folder, "Signer", { key: RSA_2048 });
        return { trusted: [signer], server: makeServer(folder, "sha1", signer, { digest: "sha1" }) };
      },
      /^is signed with a broken hash$/,
    ],
    [
      "a name outside the domain to which its authority is limited",
      () => {
        const extensions = { nameConstraints: "critical, permitted;DNS:plant.example.com" };
        const limited = makeAuthority(folder, "Outside", { extensions });
        return { trusted: [limited], server: makeServer(folder, "outside", limited) };
      },
      /^its authority CN=Outside may not certify mqtt-1\.example\.com \(name constraints\)$/,
    ],
    [
      "a common name outside that domain, without other names",
      () => {
        const limited = makeAuthority(folder, "Common", {
          extensions: { nameConstraints: "critical, permitted;DNS:plant.example.com" },
        });
        const extensions = { subjectAltName: "IP:192.0.2.10" };
        const server = makeServer(folder, "common", limited, { subject: "/CN=192.0.2.10", extensions });
        return { trusted: [limited], server, address: "192.0.2.10" };
      },
      /^its authority CN=Common may not certify 192\.0\.2\.10 \(name constraints\)$/,
    ],
    [
      "an IP address as a DNS name, outside the domain to which its authority is limited",
      () => {
        const limited = makeAuthority(folder, "Domain", {
          extensions: { nameConstraints: "critical, permitted;DNS:plant.example.com" },
        });
        const extensions = { subjectAltName: "DNS:192.0.2.10, DNS:mqtt-1.plant.example.com, IP:192.0.2.10" };
        return { trusted: [limited], server: makeServer(folder, "address", limited, { extensions }) };
      },
      /may not certify 192\.0\.2\.10 \(name constraints\)$/,
    ],
    [
      "an authority with a name outside the domain to which its issuer is limited",
      () => {
        const above = makeAuthority(folder, "Above", {
          extensions: { nameConstraints: "critical, permitted;DNS:example.com" },
        });
        const extensions = { subjectAltName: "DNS:ca.example.org" };
        const lower = makeAuthority(folder, "Named", { issuer: above, extensions });
        return { trusted: [above], server: makeServer(folder, "below", lower), chain: [lower] };
      },
      /^its authority CN=Above may not certify ca\.example\.org \(name constraints\)$/,
    ],
    [
      "an intermediate authority below a root with path length 0",
      () => {
        const top = makeAuthority(folder, "Top", { extensions: { basicConstraints: "critical, CA:TRUE, pathlen:0" } });
        const lower = makeAuthority(folder, "Lower", { issuer: top });
        return { trusted: [top], server: makeServer(folder, "far", lower), chain: [lower] };
      },
      /^its authority CN=Top allows 0 authorities below it \(path length\), and has 1$/,
    ],
    [
      "a certificate signed by an authority that may not sign",
      () => {
        const mute = makeAuthority(folder, "Mute", { extensions: { keyUsage: "critical, cRLSign" } });
        return { trusted: [mute], server: makeServer(folder, "unsigned", mute) };
      },
      /^its authority CN=Mute may not sign certificates/,
    ],
    [
      "a certificate signed by a broker's certificate",
      () => {
        const server = makeServer(folder, "layman", root);
        return { trusted: [root], server: makeServer(folder, "laymans", server), chain: [server] };
      },
      /^no chain of signatures/,
    ],
  ])("inventory and openssl refuse %s", async (_, make, why) => {
    const given = make();

    const { accepted, why: said } = await verdict(given);

    expect(accepted).toBe(false);
    expect(said).toMatch(why);
    expect(opensslAccepts(given)).toBe(false);
  });
});

describe("inventory, stricter than openssl", () => {
  it.each(["DNS:.example.com", "DNS:*", "DNS:mqtt-*.example.com", "DNS:mqtt.*.example.com"])(
    "inventory refuses names that no client dials: %s",
    async (subjectAltName) => {
      const server = makeServer(folder, "undialled", root, { extensions: { subjectAltName } });

      await expect(verdict({ trusted: [root], server })).resolves.toEqual({
        accepted: false,
        why: "is not valid for this address",
      });
    },
  );

  it("inventory ignores the common name as clients do, although openssl uses it", async () => {
    const given = {
      trusted: [root],
      server: makeServer(folder, "nameless", root, { extensions: { subjectAltName: undefined } }),
    };

    await expect(verdict(given)).resolves.toEqual({
      accepted: false,
      why: "has no subject alternative name, and clients ignore the common name",
    });
    expect(opensslAccepts(given)).toBe(true);
  });

  it("inventory reports unknown for name constraints that mqtt-pki does not understand", async () => {
    const extensions = { nameConstraints: "critical, permitted;IP:192.0.2.0/255.255.255.0" };
    const limited = makeAuthority(folder, "Network", { extensions });

    await expect(verdict({ trusted: [limited], server: makeServer(folder, "network", limited) })).resolves.toEqual({
      accepted: null,
      why: "its authority CN=Network has name constraints of a kind that this library does not understand",
    });
  });
});

it("inventory lists ten names that an authority may not certify, and counts the others", async () => {
  const limited = makeAuthority(folder, "Many", { extensions: { nameConstraints: "critical, permitted;DNS:a.test" } });
  const names = Array.from({ length: 100 }, (_, index) => `DNS:n${index}.b.test`);
  const extensions = { subjectAltName: ["DNS:mqtt-1.a.test", ...names].join(", ") };
  const { accepted, why } = await verdict({
    trusted: [limited],
    server: makeServer(folder, "many", limited, { extensions }),
  });

  expect(accepted).toBe(false);
  expect(why.match(/may not certify n\d+\.b\.test/g)).toHaveLength(10);
  expect(why).toContain("its authority CN=Many may not certify 90 more names (name constraints)");
});

describe("authorities of one name and key that signed each other", () => {
  let other: MadeAuthority;
  let reissued: MadeAuthority[];
  let server: MadeAuthority;

  beforeAll(() => {
    other = makeAuthority(folder, "Other root");
    const first = makeAuthority(folder, "Self 0", { subject: "/CN=Self" });
    const rest = Array.from({ length: 19 }, (_, index) =>
      makeAuthority(folder, `Self ${index + 1}`, { subject: "/CN=Self", keyOf: first }),
    );
    reissued = [first, ...rest];
    server = makeServer(folder, "selfs", first);
  });

  it("cross-signed authorities without a trusted root form no chain", async () => {
    await expect(verdict({ trusted: [other], server, chain: reissued.slice(0, 10) })).resolves.toEqual({
      accepted: false,
      why: "no chain of signatures leads from it to an authority that clients trust",
    });
  });

  it("inventory limits the search among cross-signed authorities", async () => {
    await expect(verdict({ trusted: [other], server, chain: reissued })).resolves.toEqual({
      accepted: null,
      why: "comes with too many authorities of the same name: not every chain to a trusted one was tried",
    });
  });

  it("inventory finds the trusted root among cross-signed authorities", async () => {
    const trusted = reissued.slice(19);

    await expect(verdict({ trusted, server, chain: reissued })).resolves.toEqual({ accepted: true, why: "" });
    expect(opensslAccepts({ trusted, server, chain: reissued })).toBe(true);
  });
});

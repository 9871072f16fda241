import type { CertificateChange } from "../../../../lib/cli/review/certificate-change";
import { type Review, review } from "../../../../lib/cli/review/review";
import { readPlan } from "../../../../lib/cli/terraform/plan";

const BEFORE = "2026-01-05T09:00:00Z";
const NOW = "2026-11-25T09:00:00Z";

interface Certificate {
  readonly subject: string;
  readonly key: string;
  readonly validity: string;
  readonly token: string;
  readonly names?: string;
}

const AUTHORITY: Certificate = {
  subject: "O=Example Ltd, CN=Plant CA",
  key: "ECDSA-P256",
  validity: "3650 days",
  token: `${BEFORE} new`,
};
const BROKER: Certificate = {
  subject: "CN=mqtt-1.example.com",
  names: "DNS:mqtt-1.example.com",
  key: "ECDSA-P256",
  validity: "825 days",
  token: `${BEFORE} new`,
};
const ELSEWHERE = { key: "ca.key", certificate: "0a", not_after: "2031-01-05T09:00:00Z", token: `${BEFORE} new` };

interface Given {
  readonly actions?: readonly string[];
  readonly reason?: string;
  readonly time?: string;
  readonly previousAddress?: string;
  readonly unknown?: object;
}

/** The review of a plan in which a resource shows one thing before, and another after. */
function reviewOf(address: string, before: unknown, after: unknown, given: Given = {}): Review {
  const { actions = ["delete", "create"], reason, time = NOW, previousAddress, unknown = {} } = given;
  const [type, name] = address.split(".");
  const side = (shown: unknown): object | null =>
    shown === undefined ? null : { triggers_replace: typeof shown === "string" ? shown : JSON.stringify(shown) };
  const change = { actions, before: side(before), after: side(after), after_unknown: unknown };
  const resource = {
    address,
    mode: "managed",
    type,
    name,
    change,
    action_reason: reason,
    previous_address: previousAddress,
  };
  const plan = { format_version: "1.2", timestamp: time, resource_changes: [resource] };
  return review([readPlan("plan.json", Buffer.from(JSON.stringify(plan)))], new Date(0));
}

/** A broker before and after, whose token has these words of this plan. */
function broker(before: object | undefined, after: object | undefined, given?: Given): Review {
  const shown = (certificate: object | undefined): object => ({
    ...(certificate && { "brokers/mqtt-1.example.com": certificate }),
    removed: "",
  });
  return reviewOf("terraform_data.brokers", shown(before), shown(after), given);
}

function authority(before: object | undefined, after: object | undefined, given?: Given): Review {
  return reviewOf("terraform_data.authority", before && { 1: before }, after && { 1: after }, given);
}

function saying(words: string, given: Partial<Certificate> = {}): Certificate {
  return { ...BROKER, token: `${NOW} ${words}`, ...given };
}

/** What happens to the one certificate that changes, in short. */
function inShort({ authorities, certificates }: Review): string[] {
  return [...authorities, ...certificates].map(
    ({ kinds, key, authority: signer }: CertificateChange) => `${kinds.join(" ")}, key ${key}, authority ${signer}`,
  );
}

describe("a broker's certificate in a plan of custody machine", () => {
  it.each([
    ["new", "re-keyed, key new, authority same"],
    ["adopted: a key exists", "re-issued, key same, authority same"],
    ["new key and certificate: server.key is missing", "re-keyed, key new, authority same"],
    ["new key and certificate: another version of the key is declared", "re-keyed, key new, authority same"],
    ["new certificate, same key: server.pem is missing or changed", "re-issued, key same, authority same"],
    ["new certificate, same key: another is declared", "re-issued, key same, authority same"],
    ["new certificate, same key: its authority's certificate changed", "re-issued, key same, authority other"],
    ["new certificate, same key: the old one is due", "renewed, key same, authority same"],
    ["same key and certificate: another password is declared", "files-changed, key same, authority same"],
    ["finished: a deployment was stopped", "undetermined files-changed, key same, authority unknown"],
    ["because it is Wednesday", "undetermined, key unknown, authority unknown"],
    ["", "undetermined, key unknown, authority unknown"],
  ])("an existing certificate of custody machine gets its kind from the rule: %s", (words, expected) => {
    expect(inShort(broker(BROKER, saying(words)))).toEqual([expected]);
  });

  it.each([
    ["new", "issued, key new, authority same"],
    ["adopted: a key exists", "issued, key same, authority same"],
    ["finished: a deployment was stopped", "issued, key same, authority same"],
    ["because it is Wednesday", "undetermined, key unknown, authority unknown"],
  ])("a new certificate of custody machine gets its kind from the rule: %s", (words, expected) => {
    expect(inShort(broker(undefined, saying(words)))).toEqual([expected]);
  });

  it("an interrupted deployment's certificate refers to that deployment's review, and calls no client unaffected", () => {
    const [change] = broker(BROKER, saying("finished: a deployment was stopped")).certificates;

    expect(change?.warnings.map(String)).toEqual([
      "an interrupted deployment made this change: the review of that deployment says what it means",
    ]);
    expect(change).toMatchObject({ remarks: [], isGrave: true });
  });

  it("an interrupted deployment's certificate shows differences between declaration and state", () => {
    const after = saying("finished: a deployment was stopped", { names: "DNS:mqtt-1.example.com, DNS:b.example.com" });

    expect(inShort(broker(BROKER, after))).toEqual([
      "undetermined addresses-changed files-changed, key same, authority unknown",
    ]);
  });

  it("a certificate of custody machine that gains clientAuth is usage-changed", () => {
    const [before, after] = [
      BROKER,
      { ...saying("new certificate, same key: another is declared"), client_auth: true },
    ];
    const [change] = broker(before, after).certificates;

    expect(change).toMatchObject({
      kinds: ["usage-changed"],
      before: { uses: ["server_auth"] },
      after: { uses: ["server_auth", "client_auth"] },
    });
    expect(change?.remarks.map(String)).toContain("the broker may also present the certificate as a client");
  });

  it("a certificate of custody machine has the plan's words as a note, even unknown ones", () => {
    const [change] = broker(BROKER, saying("because it is Wednesday")).certificates;

    expect(change?.notes).toEqual(["because it is Wednesday"]);
    expect(broker(undefined, saying("new")).certificates[0]?.notes).toEqual([]);
  });

  it("a certificate of custody machine has the resource address with its folder, and its own title", () => {
    const [change] = broker(BROKER, undefined).certificates;

    expect(change).toMatchObject({
      address: 'terraform_data.brokers["brokers/mqtt-1.example.com"]',
      title: "mqtt-1.example.com",
      kinds: ["removed"],
    });
  });

  it("a broker of custody machine keeps its address as title if it gets other names", () => {
    const before = { ...BROKER, subject: "CN=192.0.2.10", names: "IP:192.0.2.10" };
    const after = saying("new certificate, same key: another is declared", {
      subject: "CN=192.0.2.10",
      names: "DNS:mqtt.example.com, IP:192.0.2.10",
    });

    expect(broker(before, after).certificates).toMatchObject([{ title: "192.0.2.10", kinds: ["addresses-changed"] }]);
  });

  it("a certificate of custody machine can have several kinds at once", () => {
    const after = saying("new key and certificate: another algorithm is declared", {
      key: "RSA-2048",
      names: "DNS:mqtt-1.example.com, IP:192.0.2.1",
      subject: "O=Example Ltd, CN=mqtt-1.example.com",
      validity: "36 hours",
    });
    const [change] = broker(BROKER, after).certificates;

    expect(change).toMatchObject({
      kinds: ["re-keyed", "addresses-changed", "subject-changed", "usage-changed"],
      before: { keyType: "ECDSA P-256", notBefore: BEFORE, notAfter: "2028-04-09T09:00:00Z", isEstimated: true },
      after: { keyType: "RSA 2048", notBefore: NOW, notAfter: "2026-11-26T21:00:00Z", isEstimated: true },
    });
  });

  it("a certificate of custody machine that stays keeps its times", () => {
    const [change] = broker(BROKER, saying("same key and certificate: another password is declared")).certificates;

    expect(change?.after).toEqual(change?.before);
    expect(change?.after).toMatchObject({ notBefore: BEFORE });
  });

  it("a certificate of custody machine has no times if the words contain none", () => {
    const [change] = broker(saying("finished: a deployment was stopped"), undefined).certificates;

    expect(change?.before).not.toHaveProperty("notAfter");
  });

  it("a certificate of custody machine with another CSR has an unknown key state", () => {
    const [before, after] = [BROKER, saying("new certificate: another is declared")].map((one) => ({
      ...one,
      key: "none",
    }));

    expect(inShort(broker(before, after))).toEqual(["undetermined, key unknown, authority same"]);
  });

  it("a certificate of custody machine is unchanged if only others change", () => {
    const other = { ...BROKER, names: "DNS:mqtt-2.example.com", subject: "CN=mqtt-2.example.com" };
    const found = reviewOf(
      "terraform_data.brokers",
      { "brokers/mqtt-1.example.com": BROKER, removed: "" },
      {
        "brokers/mqtt-1.example.com": BROKER,
        "brokers/mqtt-2.example.com": { ...other, token: `${NOW} new` },
        removed: "",
      },
    );

    expect(found).toMatchObject({ counts: { issued: 1 }, unchanged: 1, others: [] });
  });

  it("a certificate of custody machine is unchanged if only the state lost it", () => {
    const found = reviewOf("terraform_data.brokers", undefined, { a: BROKER, removed: "" }, { actions: ["create"] });

    expect(found).toMatchObject({
      counts: {},
      unchanged: 1,
      others: [{ address: "terraform_data.brokers", action: "create" }],
    });
  });

  it("a certificate of custody machine gets its kind from the rule if the plan has no timestamp", () => {
    expect(inShort(broker(BROKER, saying("new certificate, same key: the old one is due"), { time: "" }))).toEqual([
      "renewed, key same, authority same",
    ]);
  });

  it("a certificate of custody machine is undetermined if its text is unknown until apply", () => {
    const found = reviewOf("terraform_data.brokers", { a: BROKER, removed: "" }, "", {
      unknown: { triggers_replace: true },
    });

    expect(inShort(found)).toEqual(["undetermined, key unknown, authority unknown"]);
    expect(found.certificates[0]?.notes).toEqual(["the plan does not say what happens to it"]);
  });

  it.each([
    [["forget"], ["forgotten"]],
    [["reincarnate"], ["undetermined"]],
  ])("a certificate of custody machine gets its kind from the action alone: %j", (actions, kinds) => {
    expect(broker(BROKER, BROKER, { actions }).certificates.map((change) => change.kinds)).toEqual([kinds]);
  });

  it("a certificate of custody machine is renamed with its resource", () => {
    const given = { actions: ["no-op"], previousAddress: "terraform_data.old" };

    expect(broker(BROKER, BROKER, given).certificates).toMatchObject([
      { kinds: ["renamed"], renamedFrom: 'terraform_data.old["brokers/mqtt-1.example.com"]' },
    ]);
  });
});

describe("a resource of custody machine that is replaced without a change", () => {
  it.each([
    ["replace_because_tainted", "its last deployment failed"],
    ["replace_by_request", "its replacement was requested (-replace)"],
  ])("a replaced resource of custody machine without a change is another resource: %s", (reason, detail) => {
    expect(broker(BROKER, BROKER, { reason })).toMatchObject({
      counts: {},
      unchanged: 1,
      others: [{ address: "terraform_data.brokers", action: "delete, create", detail }],
    });
  });

  it("a tainted resource of custody machine treats planned certificates as not made", () => {
    const found = broker(BROKER, saying("new"), { reason: "replace_because_tainted" });

    expect(inShort(found)).toEqual(["issued, key new, authority same"]);
    expect(found.certificates[0]).not.toHaveProperty("before");
    expect(found.certificates[0]?.notes).toEqual(["its last deployment failed"]);
    expect(found.others).toEqual([]);
  });
});

describe("an authority in a plan of custody machine", () => {
  const anchor = (words: string, given: Partial<Certificate> = {}): Certificate => ({
    ...AUTHORITY,
    token: `${NOW} ${words}`,
    ...given,
  });

  it.each([
    ["new key and certificate: ca.key is missing", "authority-replaced, key new"],
    ["new certificate, same key: ca.pem is missing or changed", "authority-renewed, key same"],
    ["new certificate, same key: another is declared", "authority-renewed, key same"],
    ["adopted: a key exists", "authority-replaced, key same"],
    ["same key and certificate: moved from ca.pem to authority.pem", "files-changed, key same"],
    ["finished: a deployment was stopped", "undetermined files-changed, key same"],
    ["because it is Wednesday", "undetermined, key unknown"],
  ])("an existing authority of custody machine gets its kind from the rule: %s", (words, expected) => {
    expect(inShort(authority(AUTHORITY, anchor(words)))).toEqual([`${expected}, authority same`]);
  });

  it("an authority of custody machine with another subject is replaced, even with the same key", () => {
    const after = anchor("new certificate, same key: another is declared", { subject: "CN=Other CA" });

    expect(inShort(authority(AUTHORITY, after))).toEqual(["authority-replaced, key same, authority same"]);
  });

  it("an interrupted deployment's authority is replaced with another subject, and created if it is the first", () => {
    const words = "finished: a deployment was stopped";

    expect(inShort(authority(AUTHORITY, anchor(words, { subject: "CN=Other CA" })))).toEqual([
      "authority-replaced, key same, authority same",
    ]);
    expect(authority(undefined, anchor(words), { actions: ["create"] }).counts).toEqual({ "authority-created": 1 });
  });

  it("an authority of custody machine is created, added or removed", () => {
    const both = { 1: AUTHORITY, 2: anchor("new", { subject: "CN=Plant CA 2" }) };

    expect(authority(undefined, anchor("new"), { actions: ["create"] }).counts).toEqual({ "authority-created": 1 });
    expect(reviewOf("terraform_data.authority", { 1: AUTHORITY }, both)).toMatchObject({
      counts: { "authority-added": 1 },
      authorities: [{ address: 'terraform_data.authority["2"]', title: "Plant CA 2" }],
      unchanged: 1,
    });
    expect(reviewOf("terraform_data.authority", both, { 1: AUTHORITY }).counts).toEqual({ "authority-removed": 1 });
  });

  it.each(["Plant 1/2 CA", "A, B + C", "A, O=B"])(
    "an authority of custody machine has its whole common name as title: %s",
    (name) => {
      const [change] = authority(undefined, anchor("new", { subject: `O=Example, Ltd, CN=${name}` })).authorities;

      expect(change?.title).toBe(name);
    },
  );

  it("another intermediate authority of custody machine is a danger only if its root may be unknown to clients", () => {
    const signed = { "brokers/a": saying("new certificate, same key: its authority's certificate changed") };
    const [before, after] = [ELSEWHERE, { ...ELSEWHERE, certificate: "0b" }];
    const dangersOf = (one: object, next: object): string =>
      reviewOf("terraform_data.pki", { ...one, "brokers/a": BROKER }, { ...next, ...signed }).dangers.join(" ");

    expect(dangersOf({ 1: before }, { 1: after })).toBe("");
    expect(dangersOf({ 1: before, 2: before }, { 1: after, 2: before })).toContain("signed by another authority");
  });

  it("an imported authority of custody machine has the expiry date of the plan", () => {
    const [change] = authority(ELSEWHERE, undefined).authorities;

    expect(change?.before).toEqual({ notAfter: "2031-01-05T09:00:00Z" });
  });

  it.each([
    [
      "another below the same root",
      { ...ELSEWHERE, certificate: "0b" },
      ["intermediate-renewed, key unknown, authority same"],
    ],
    [
      "another root",
      { ...ELSEWHERE, certificate: "0b", token: `${NOW} new certificate: another is declared` },
      ["authority-replaced, key unknown, authority same"],
    ],
    [
      "the same, whose file is missing",
      { ...ELSEWHERE, token: `${NOW} new certificate: ca.pem is missing or changed` },
      ["files-changed, key same, authority same"],
    ],
    ["the same, with its key in another place", { ...ELSEWHERE, key: "var.ca_key" }, []],
  ])("an imported authority of custody machine can be %s", (_, after, expected) => {
    expect(inShort(authority(ELSEWHERE, after))).toEqual(expected);
  });

  it("a re-made authority of custody machine leaves the authority of other changed certificates unknown", () => {
    const found = reviewOf(
      "terraform_data.pki",
      { 1: AUTHORITY, "brokers/a": BROKER },
      {
        1: anchor("new key and certificate: ca.key is missing"),
        "brokers/a": saying("new key and certificate: server.key is missing"),
      },
    );

    expect(inShort(found)).toEqual([
      "authority-replaced, key new, authority same",
      "re-keyed, key new, authority unknown",
    ]);
  });
});

describe("other files that custody machine writes or removes", () => {
  it("another file of custody machine is listed with its action and reason if this plan changes it", () => {
    const removed = `${NOW} removes brokers/mqtt-1.example.com`;
    const found = reviewOf("terraform_data.brokers", { a: BROKER, removed: "" }, { removed });

    expect(found.others).toEqual([
      {
        source: "plan.json",
        address: 'terraform_data.brokers["removed"]',
        action: "create",
        detail: "removes brokers/mqtt-1.example.com",
      },
    ]);
  });

  it("another file of custody machine is not listed if an earlier plan changed it", () => {
    const trust = { token: `${BEFORE} new` };
    const found = reviewOf("terraform_data.authority", undefined, { 1: AUTHORITY, trust }, { actions: ["create"] });

    expect(found.others.map(({ address }) => address)).toEqual(["terraform_data.authority"]);
  });

  it.each(["terraform_data.owner", "terraform_data.files"])(
    "other terraform_data is an other resource, not custody machine: %s",
    (address) => {
      expect(reviewOf(address, undefined, "", { actions: ["create"] }).others).toEqual([
        { source: "plan.json", address, action: "create" },
      ]);
    },
  );
});

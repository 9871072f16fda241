import type { CertificateChange, CertificateSide } from "../../../../lib/cli/review/certificate-change";
import { ALL_KINDS, type Kind } from "../../../../lib/cli/review/kinds";
import { MARKER, toMarkdown } from "../../../../lib/cli/review/formats/markdown";
import type { Review } from "../../../../lib/cli/review/review";
import { ENGINES } from "../../fixtures";
import { changeWith, planNames, reviewOf, reviewWith } from "../reviews";

const ROOM = 65_536;

/** The parts of a page that are folded, and the rest. */
function partsOf(page: string): { open: string; folded: string } {
  const folds = page.match(/^<details>\n[^]*?^<\/details>$/gm) ?? [];
  return { open: folds.reduce((rest, fold) => rest.replace(fold, ""), page), folded: folds.join("\n") };
}

/** Certificates with such names, and what happens to each. */
function many(count: number, kinds: readonly Kind[], given: Partial<CertificateChange> = {}): CertificateChange[] {
  return Array.from({ length: count }, (_, index) =>
    changeWith({
      title: `mqtt-${index}.example.com`,
      address: `tls_locally_signed_cert.broker[${index}]`,
      kinds,
      ...given,
    }),
  );
}

function count(text: string, what: string | RegExp): number {
  return text.split(what).length - 1;
}

describe("toMarkdown", () => {
  it("toMarkdown begins with the marker of the comment", () => {
    expect(toMarkdown(reviewOf("state", ["no-op"])).split("\n")[0]).toBe(MARKER);
  });

  it("toMarkdown writes one sentence if nothing changes", () => {
    expect(toMarkdown(reviewOf("state", ["no-op"]))).toBe(
      `${MARKER}\n\n### Nothing changes: 3 certificates stay the same\n`,
    );
  });

  it.each<[string, Partial<Review>, string]>([
    ["another resource", { others: [{ source: "p", address: "a.b", action: "create" }] }, "`a.b` | create"],
    ["an output", { outputs: [{ source: "p", address: "ca_pem", action: "update" }] }, "`ca_pem` | update"],
    ["a drift", { drift: [{ source: "p", address: "local_file.a", action: "delete" }] }, "`local_file.a` | delete"],
    ["a reason to doubt it", { incomplete: ["p is for a part."] }, "`p is for a part.`"],
  ])("toMarkdown reports a change if there is %s, and lists it", (_, given, entry) => {
    const page = toMarkdown(reviewWith({ unchanged: 3, ...given }));

    expect(page).not.toContain("Nothing changes");
    expect(page).toContain(entry);
  });

  it("toMarkdown writes an outage first", () => {
    const page = toMarkdown(reviewOf("state", ["authority-replaced"]));
    const [, caution = ""] = page.split("> [!CAUTION]\n");

    expect(caution.split("\n")[0]).toMatch(/^> - \*\*OUTAGE FOR EVERY CLIENT\*\*.*`Other CA`.*ca\.pem/);
    expect(page.indexOf("OUTAGE")).toBeLessThan(page.indexOf("| "));
  });

  it("toMarkdown writes that a removed certificate stays valid and is not revoked", () => {
    const review = reviewOf("state", ["broker-removed"]);
    const day = review.certificates[0]?.before?.notAfter?.slice(0, 10) ?? "";

    expect(toMarkdown(review)).toContain(`but still valid until ${day}, and not revoked: \`mqtt-2.example.com\``);
  });

  it("toMarkdown counts the kinds, and explains each", () => {
    const page = toMarkdown(reviewOf("state", ["several-at-once"]));

    expect(page).toContain(
      "### 4 certificates change and 1 stays: 1 removed, 1 re-keyed, 1 addresses-changed, 1 issued",
    );
    expect(page).toContain("\n**Danger: 1. Brokers must act: 3.**\n");
    expect(page).toContain("\n| Danger | `removed` | 1 | the certificate is removed here");
    expect(page).toContain("\n| Brokers must act | `issued` | 1 | ");
  });

  it("toMarkdown shows grave changes, and folds the others", () => {
    const { open, folded } = partsOf(toMarkdown(reviewOf("state", ["several-at-once"])));
    const [openRows, foldedRows] = [open, folded].map((part) => part.match(/^\| \*\*`[^`]+`/gm));

    expect(openRows).toEqual(["| **`mqtt-3.example.com`", "| **`mqtt-2.example.com`"]);
    expect(foldedRows).toEqual(["| **`mqtt-1.example.com`", "| **`mqtt-4.example.com`"]);
    expect(folded).toContain("<summary>2 other certificates: 1 addresses-changed, 1 issued</summary>");
  });

  it("toMarkdown folds grave changes after the first twenty", () => {
    // No two are alike.
    const certificates = ALL_KINDS.slice(6, 16).flatMap((one, at) =>
      ALL_KINDS.slice(7 + at, 17).flatMap((other) => many(1, ["removed", one, other])),
    );
    const { open, folded } = partsOf(toMarkdown(reviewWith({ certificates })));

    expect(open).toContain("> - **55 certificates removed**, but");
    expect(count(open, /^\| \*\*/gm)).toBe(20);
    expect(count(folded, /^\| \*\*/gm)).toBe(35);
    expect(folded).toContain("<summary>35 other certificates: 35 removed, ");
  });

  it("toMarkdown writes before, after and meaning of a change in one row", () => {
    const [change] = reviewOf("state", ["renewed"]).certificates;
    const page = toMarkdown(reviewOf("state", ["renewed"]));
    const row = page.split("\n").find((line) => line.startsWith("| **")) ?? "";

    for (const part of [
      "**`mqtt-2.example.com`**<br>renewed",
      "clients unaffected: same key, same authority, no address is removed<br>the broker needs its new certificate",
      `${change?.before?.notAfter?.slice(0, 10) ?? ""} → about ${change?.after?.notAfter?.slice(0, 10) ?? ""}`,
      "key: same, ECDSA P-256",
      "authority: same",
      `old SHA-256: \`${change?.before?.fingerprint?.slice(0, 23) ?? ""}…\``,
      "`pki/brokers/mqtt-2.example.com/server.pem` written",
      "`tls_locally_signed_cert.broker_mqtt-2_example_com`",
    ]) {
      expect(row).toContain(part);
    }
  });

  it("toMarkdown writes unknown key types and actions as code", () => {
    const before = { names: ["a.example.com"], keyType: "<b>@all" };
    const page = toMarkdown(
      reviewWith({
        certificates: [changeWith({ before, after: { ...before, keyType: "ECDSA|P" }, key: "new" })],
        others: [{ source: "p", address: "a.b", action: "[x](y)" }],
      }),
    );

    expect(page).toContain("key: **new**, `ECDSA\\|P`<br>");
    expect(page).toContain("| `a.b` | `[x](y)` |");
  });

  it("toMarkdown strikes out removed addresses, and names the clients that refuse the broker", () => {
    const page = toMarkdown(
      reviewWith({ certificates: [changeWith({ kinds: ["addresses-changed"], after: { names: ["b.example.com"] } })] }),
    );

    expect(page).toContain("~~`mqtt-1.example.com`~~ → **`b.example.com`**");
    expect(page).toContain("⚠ clients that dial `mqtt-1.example.com` refuse the broker");
    expect(page).not.toContain("unaffected");
  });

  it("toMarkdown warns of another authority, but not of a renewed one with the same key", () => {
    const certificates = [changeWith({ kinds: ["re-issued"], authority: "other" })];
    const renewed = changeWith({ isAuthority: true, title: "Plant CA", kinds: ["authority-renewed"] });

    expect(toMarkdown(reviewWith({ certificates }))).toContain("another authority signs the certificate");
    expect(toMarkdown(reviewWith({ certificates, authorities: [renewed] }))).not.toContain(
      "another authority signs the certificate",
    );
  });

  it("toMarkdown does not call clients unaffected if the plan does not say so", () => {
    const page = toMarkdown(reviewWith({ certificates: [changeWith({ kinds: ["undetermined"], key: "unknown" })] }));

    expect(page).toContain("| ⚠ the plan does not say what happens |");
    expect(page).not.toMatch(/unaffected|the broker needs/);
  });

  it.each<[Kind, string]>([
    ["files-changed", "clients unaffected: the certificate stays"],
    ["renamed", "clients unaffected: the certificate stays"],
    ["forgotten", "⚠ nothing renews the certificate from now on"],
    ["issued", "clients that trust its authority accept the certificate"],
    ["re-keyed", "clients unaffected: new key, same authority, no address is removed"],
  ])("toMarkdown explains the kind %s", (kind, meaning) => {
    const change = changeWith({ kinds: [kind], key: kind === "re-keyed" ? "new" : "same" });

    expect(toMarkdown(reviewWith({ certificates: [change] }))).toContain(`| ${meaning}`);
  });

  it("toMarkdown warns if a certificate loses serverAuth", () => {
    const [before, after] = [{ uses: ["server_auth"] }, { uses: ["client_auth"] }];

    expect(
      toMarkdown(reviewWith({ certificates: [changeWith({ kinds: ["usage-changed"], before, after })] })),
    ).toContain("⚠ clients refuse the certificate: it no longer has serverAuth");
  });

  it("toMarkdown reports that a certificate gains or loses clientAuth", () => {
    const [alone, both] = [{ uses: ["server_auth"] }, { uses: ["server_auth", "client_auth"] }];
    const pageOf = (before: CertificateSide, after: CertificateSide): string =>
      toMarkdown(reviewWith({ certificates: [changeWith({ kinds: ["usage-changed"], before, after })] }));

    expect(pageOf(alone, both)).toContain("the broker may also present the certificate as a client");
    expect(pageOf(alone, both)).not.toContain("⚠");
    expect(pageOf(both, alone)).toContain("⚠ brokers refuse the certificate from a bridge");
    expect(pageOf(both, both)).not.toMatch(/presented|⚠/);
  });

  it("toMarkdown counts files and addresses that do not fit in a row", () => {
    const files = Array.from({ length: 20 }, (_, index) => ({ address: `local_file.a[${index}]`, action: "written" }));
    const names = files.map((_, index) => `mqtt-${index}.example.com`);
    const after = { names: [...names, "more.example.com"] };
    const page = toMarkdown(
      reviewWith({ certificates: [changeWith({ kinds: ["addresses-changed"], before: { names }, after, files })] }),
    );

    expect(page).toContain("and 12 more files");
    expect(page).toContain("and 12 more → **`more.example.com`** ");
    expect(page).toContain("and 13 more<br>");
  });

  it("toMarkdown names the plans if there are several", () => {
    const page = toMarkdown(reviewOf("state", ["moved-between-stacks-a", "moved-between-stacks-b"]));

    expect(page).toContain("in `moved-between-stacks-b.json`");
    expect(page).toMatch(/was `tls_[^`]+` in `moved-between-stacks-a\.json`/);
    expect(toMarkdown(reviewOf("state", ["renewed"]))).not.toContain("renewed.json");
  });

  describe("toMarkdown of very many changes", () => {
    const certificates = [...many(5_000, ["removed"]), ...many(5_000, ["renewed"])];
    const others = [{ source: "plan.json", address: "terraform_data.files", action: "update" }];
    const page = toMarkdown(
      reviewWith({ counts: { removed: 5_000, renewed: 5_000 }, certificates, others, incomplete: ["a part."] }),
    );

    it("toMarkdown of very many changes stays below GitHub's limit, and comes close to it", () => {
      expect(Buffer.byteLength(page)).toBeLessThan(ROOM);
      expect(Buffer.byteLength(page)).toBeGreaterThan(ROOM - 1_000);
    });

    it("toMarkdown of very many changes has a row for each group, and counts what it leaves out", () => {
      const names = page.match(/^`mqtt-.*`$/gm) ?? [];
      const left = (5_000 - names.length).toLocaleString("en-US");

      expect(page).toContain("\n| **5,000 certificates**<br>removed<br>`mqtt-0.example.com` `mqtt-1.example.com` ");
      expect(page).toContain("\n| **5,000 certificates**<br>renewed<br>");
      expect(page).toContain("| `terraform_data.files` | update |");
      expect(names.length).toBeGreaterThan(2_000);
      expect(page).toContain(
        `has no more room:** ${left} names, 5,000 removed in detail, 5,000 renewed in detail. \`mqtt-pki review --details\` lists all.`,
      );
    });

    it("toMarkdown of very many changes closes each fold, and keeps the reasons for incompleteness", () => {
      expect(count(page, "<details>")).toBe(count(page, "</details>"));
      expect(count(page, "```") % 2).toBe(0);
      expect(page).toContain("> - `a part.`");
    });

    it.each([1, 2, 3, 5, 8, 13, 21])(
      "toMarkdown stays below GitHub's limit with names of %i kilobytes of four-byte characters",
      (size) => {
        const names = Array.from({ length: size * 10 }, () => "🦀".repeat(25));
        const wide = many(300, ["addresses-changed"], {
          title: "🦀".repeat(75),
          before: { names },
          after: { names: [] },
        });

        expect(Buffer.byteLength(toMarkdown(reviewWith({ certificates: wide })))).toBeLessThan(ROOM);
      },
    );
  });

  describe("toMarkdown of texts with Markdown syntax", () => {
    const evil = "a|b\\|c`d <b>@octocat #7 </details> ```";
    const side = { names: [evil], notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" };
    const other = { source: evil, address: evil, action: "update", detail: evil };
    const page = toMarkdown(
      reviewWith({
        sources: [evil, "other.json"],
        certificates: [
          changeWith({
            ...{ title: evil, address: evil, source: evil, notes: [evil], renamedFrom: evil },
            movedFrom: { source: evil, address: evil },
            files: [{ address: evil, path: evil, action: "written" }],
            kinds: ["removed"],
            before: side,
          }),
        ],
        ...{ others: [other], outputs: [other], drift: [other], incomplete: [evil] },
      }),
    );

    it("toMarkdown writes texts with Markdown syntax as code, without mentions and references", () => {
      const withoutCode = page.replace(/`[^`\n]*`/g, "");

      expect(withoutCode).not.toMatch(/octocat|#7|<b>/);
    });

    it("toMarkdown keeps the cells of rows with hostile texts", () => {
      const rows = page.split("\n").filter((line) => line.startsWith("| **"));
      // As GitHub reads a row: a backslash and what follows it is no end of a cell.
      const cells = rows.map((row) => row.replace(/\\./g, "").split("|").length - 2);

      expect(cells).toEqual([3]);
    });

    it("toMarkdown keeps folds and fences with hostile texts", () => {
      expect(count(page, /^<details>$/m)).toBe(count(page, /^<\/details>$/m));
      expect(page).not.toMatch(/^```/m);
    });
  });

  it.each(ENGINES)("toMarkdown is deterministic, and has every certificate: %s", (engine) => {
    for (const [folder, name] of planNames(engine)) {
      const review = reviewOf(folder, [name], engine);
      const page = toMarkdown(review);

      expect(toMarkdown(reviewOf(folder, [name], engine))).toBe(page);
      for (const { title } of [...review.authorities, ...review.certificates]) {
        expect(page).toContain(`| **\`${title}\`**`);
      }
    }
  });
});

import { changed, CUSTODIES, letAuthorityEnd, letEnd, wordsOf } from "./support/custodies";
import { Project } from "./support/project";
import type { Result } from "./support/run";

const [FIRST, SECOND] = ["mqtt-1.example.com", "mqtt-2.example.com"] as const;

/** The warnings of an engine. */
function warningsOf({ stdout }: Result): string[] {
  return wordsOf(stdout).split("Warning: ").slice(1);
}

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("a plan", (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });
    const notRenewed = (...addresses: string[]): RegExp => {
      const list = addresses.map((address) => `${address} \\(until \\d{4}-\\S+\\)`).join(", ");
      return new RegExp(`^Check block assertion failed .*not renewed by this plan: ${list}\\.`);
    };

    let first: Result;

    beforeAll(async () => {
      project.declareFleet([FIRST, SECOND], `custody: "${custody}"`);
      await project.synth();
      first = await project.plan();
      await project.apply();
      project.keep();
    });
    beforeEach(() => {
      project.restore();
    });
    afterAll(() => {
      project.remove();
    });

    it("A plan of a new fleet has no warning", () => {
      expect([first.status, ...warningsOf(first)]).toEqual([2]);
    });

    it("A plan has no warning if nothing is due, or if it renews what is due", async () => {
      const atRest = await project.plan();
      letEnd(project, custody, FIRST, 30);
      letEnd(project, custody, SECOND, -1);
      const renewing = await project.plan();

      expect([atRest.status, ...warningsOf(atRest)]).toEqual([0]);
      expect([renewing.status, ...warningsOf(renewing)]).toEqual([2]);
    });

    it.each([
      ["due", 30],
      ["expired", -1],
    ])("A refresh-only plan warns of a certificate that is %s, and of no other", async (_state, days) => {
      letEnd(project, custody, FIRST, days);
      const warnings = warningsOf(await project.plan("-refresh-only"));

      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(notRenewed(FIRST));
      expect(warnings[0]).not.toContain(SECOND);
    });

    it("A targeted plan has no check, and the next plan warns of the rest", async () => {
      // With custody machine, one resource holds all brokers and another one the authority.
      const [part, left] =
        custody === "machine"
          ? ["-target=terraform_data.authority", [FIRST, SECOND]]
          : [`-target=tls_locally_signed_cert.broker_${FIRST.replaceAll(".", "_")}`, [SECOND]];
      letEnd(project, custody, FIRST, 30);
      letEnd(project, custody, SECOND, 30);
      const warningsOfPart = warningsOf(await project.plan(part));
      await project.apply(part);
      const [warning] = warningsOf(await project.plan("-refresh-only"));

      expect(warningsOfPart).toEqual([expect.stringMatching(/^Resource targeting is in effect /)]);
      expect(warning).toMatch(notRenewed(...left));
    });

    it("A plan warns of an authority that expires too early for the declared duration, and continues", async () => {
      letAuthorityEnd(project, custody, 825 + 90 + 1);
      const inTime = await project.plan();
      letAuthorityEnd(project, custody, 825 + 90 - 1);
      const late = await project.plan();
      letEnd(project, custody, FIRST, 30);
      const before = project.files("pki");
      const renewing = await project.tryApply();

      expect([inTime.status, ...warningsOf(inTime)]).toEqual([0]);
      expect(late.status).toBe(0);
      expect(warningsOf(late)).toEqual([
        expect.stringMatching(
          /The authority's certificate expires at \d{4}-.* it can issue no certificate that is valid for 825 days/,
        ),
      ]);
      expect(renewing.status).toBe(0);
      expect(changed(before, project.files("pki"))).toContain(`brokers/${FIRST}/server.pem`);
    });

    it("A certificate that would outlive its authority is stopped; custody state stops it at signing", async () => {
      letAuthorityEnd(project, custody, 800);
      letEnd(project, custody, FIRST, 30);
      letEnd(project, custody, SECOND, 700);
      const before = project.files("pki");
      const { status } = await project.plan();
      const applied = await project.tryApply();

      expect(status).toBe(custody === "state" ? 2 : 1);
      expect(applied.status).toBe(1);
      expect(wordsOf(applied.stderr)).toMatch(/expires? after (its|their) authority's.*shorter duration/);
      // The provider signs before the engine can check the result, and by then the old file is gone.
      const gone = custody === "state" ? [`brokers/${FIRST}/server.pem`] : [];
      expect(changed(before, project.files("pki"))).toEqual(gone);
      expect(Object.keys(before).filter((path) => !(path in project.files("pki")))).toEqual(gone);
    });

    it("A plan stops if the authority has expired, and makes no other", async () => {
      letAuthorityEnd(project, custody, -1);
      const { status, stderr } = await project.plan();

      expect(status).toBe(1);
      expect(wordsOf(stderr)).toMatch(/prevent_destroy set|ca\.pem would be replaced, and clients trust no other/);
    });
  });
});

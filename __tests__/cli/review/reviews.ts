import type { CertificateChange } from "../../../lib/cli/review/certificate-change";
import { dangersOf } from "../../../lib/cli/review/dangers";
import { withImpact } from "../../../lib/cli/review/impact";
import { type Review, review } from "../../../lib/cli/review/review";
import { countGroups } from "../../../lib/cli/show/groups";
import { readPlan } from "../../../lib/cli/terraform/plan";
import { type EngineName, fixture, fixturesOf, type Folder, FOLDERS } from "../fixtures";

const NOW = new Date("2026-11-25T00:00:00Z");

/** The review of plans of an engine, Terraform where none is named. */
export function reviewOf(folder: Folder, names: readonly string[], engine: EngineName = "terraform"): Review {
  const plans = names.map((name) => readPlan(`${name}.json`, Buffer.from(fixture(engine, folder, name))));
  return review(plans, NOW);
}

/** The name of every fixture that is a plan which did not fail. */
export function planNames(engine: EngineName): [Folder, string][] {
  return FOLDERS.flatMap((folder) =>
    fixturesOf(folder, engine)
      .filter((name) => name !== "state" && !fixture(engine, folder, name).includes('"errored":true'))
      .map((name): [Folder, string] => [folder, name]),
  );
}

type Given = Partial<Omit<Review, "dangers" | "authorities" | "certificates">> & {
  readonly authorities?: readonly CertificateChange[];
  readonly certificates?: readonly CertificateChange[];
};

/** A review without changes, except for `given` and the dangers and groups that follow from it. */
export function reviewWith({ authorities = [], certificates = [], ...given }: Given): Review {
  const all = withImpact([...authorities, ...certificates]);
  return {
    sources: ["plan.json"],
    counts: {},
    groups: countGroups(all.map(({ group }) => group)),
    dangers: dangersOf(all),
    authorities: all.slice(0, authorities.length),
    certificates: all.slice(authorities.length),
    unchanged: 0,
    ...{ reloads: [], others: [], outputs: [], drift: [], violations: [], incomplete: [] },
    ...given,
  };
}

/** A renewed certificate, except for the fields of `given`. */
export function changeWith(given: Partial<CertificateChange>): CertificateChange {
  const names = ["mqtt-1.example.com"];
  return {
    source: "plan.json",
    address: "tls_locally_signed_cert.broker",
    title: "mqtt-1.example.com",
    isAuthority: false,
    kinds: ["renewed"],
    key: "same",
    authority: "same",
    before: { names, notBefore: "2026-01-01T00:00:00Z", notAfter: "2027-01-01T00:00:00Z" },
    after: { names, notBefore: "2026-11-25T00:00:00Z", notAfter: "2028-01-01T00:00:00Z", isEstimated: true },
    files: [],
    notes: [],
    ...given,
  };
}

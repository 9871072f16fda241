import { review } from "../../../../lib/cli/reports";
import type { Review } from "../../../../lib/cli/reports";
import { ENGINES, type EngineName, fixture } from "../../fixtures";

interface Plan {
  readonly resource_changes: {
    readonly address: string;
    readonly change: { actions: string[]; before: Record<string, string>; after: Record<string, string> };
  }[];
}

/** The review of a plan that makes an intermediate authority anew, below a root that stays, with another file for clients. */
function reviewed(engine: EngineName, change: (before: string, intermediate: string) => [string, string]): Review {
  const plan = JSON.parse(fixture(engine, "hcl/intermediate", "intermediate-re-keyed")) as Plan;
  const at = (address: string) => plan.resource_changes.find((one) => one.address === address)?.change;
  const [file, intermediate] = [at("local_file.ca"), at("tls_locally_signed_cert.intermediate")];
  if (file !== undefined) {
    const [before, after] = change(file.before["content"] ?? "", intermediate?.before["cert_pem"] ?? "");
    file.actions = before === after ? ["no-op"] : ["delete", "create"];
    file.before["content"] = before;
    file.after["content"] = after;
  }
  return review([{ name: "plan.json", content: JSON.stringify(plan) }]);
}

const ALARM = /which clients need in their ca\.pem first/;

describe.each(ENGINES)("another authority below a root, in a plan of %s,", (engine) => {
  const alarms = (...given: Parameters<typeof reviewed>): string[] => reviewed(...given).dangers.map(String);

  it("is no danger where clients have the root, and keep it", () => {
    expect(alarms(engine, (root) => [root, root]).join()).not.toMatch(ALARM);
    const { certificates } = reviewed(engine, (root) => [root, root]);
    const same = certificates.filter(({ trustAnchor }) => trustAnchor === "same");
    expect(same.map(({ title }) => title)).toEqual(expect.arrayContaining(["mqtt-1.example.com"]));
  });

  it.each<[string, Parameters<typeof reviewed>[1]]>([
    ["the one below alone", (_root, intermediate) => [intermediate, intermediate]],
    ["the one below, and get the root for it", (root, intermediate) => [intermediate, root]],
    ["both, and lose the one below", (root, intermediate) => [root + intermediate, root]],
  ])("is one where clients have %s", (_what, change) => {
    expect(alarms(engine, change).join()).toMatch(ALARM);
  });
});

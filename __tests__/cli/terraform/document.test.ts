import { InputError } from "../../../lib/cli/input-error";
import { readDocument } from "../../../lib/cli/terraform/document";
import { fixture, SPOILT } from "../fixtures";

const PLAN = fixture("terraform", "hcl/map", "no-op");
const STATE = fixture("tofu", "hcl/map", "state");

function refusalOf(text: string | Uint8Array): string {
  try {
    readDocument("plan.json", Buffer.from(text)).members.forEach((member) => member.value());
  } catch (error) {
    if (error instanceof InputError) {
      return error.message;
    }
    throw error;
  }
  return "";
}

describe("a document of an engine", () => {
  it("is a plan, or a state", () => {
    expect(readDocument("plan.json", Buffer.from(PLAN)).kind).toBe("plan");
    expect(readDocument("state.json", Buffer.from(STATE)).kind).toBe("state");
    expect(readDocument("state.json", Buffer.from('{"format_version":"1.0"}')).kind).toBe("state");
  });

  it("may have members and minor versions that nobody knows yet", () => {
    expect(readDocument("plan.json", Buffer.from(PLAN.replace("{", '{"new_member":[{}],'))).kind).toBe("plan");
    expect(refusalOf(PLAN.replace(/"format_version":"1\.\d+"/, '"format_version":"1.99"'))).toBe("");
  });

  it.each<[what: string, text: string | Uint8Array, message: RegExp]>([
    ["nothing", "", /^"plan\.json" is empty; write it with "terraform show -json PLAN/],
    ["blanks", " \n", /is empty/],
    ["a part", SPOILT.truncated(PLAN), /is JSON that is cut off/],
    ["a wrapped text", SPOILT.wrapped(PLAN), /has other text before the JSON.*terraform_wrapper: false/],
    ["text after it", `${PLAN}\nbye`, /is JSON that is cut off, or has other text after it/],
    ["another major version", SPOILT.unknownFormat(PLAN), /has format_version 2\.0, and 1\.x is what is known here/],
    ["words", "Error: no plan", /is no plan and no state in JSON/],
    ["a list", "[]", /is no plan and no state in JSON/],
    ["other JSON", '{"name":"x"}', /has no format_version/],
    ["a version that is no text", '{"format_version":1}', /has no format_version/],
    ["a saved plan", "PK\u0003\u0004rest", /is a plan as the engine saves it; write it with/],
    ["a state file", '{"version":4,"serial":1,"lineage":"x"}', /is a state as the engine keeps it/],
    ["an encrypted state", '{"serial":1,"lineage":"x","meta":{},"encrypted_data":"x"}', /is encrypted/],
  ])("is not %s, which a message tells", (_what, text, message) => {
    expect(refusalOf(text)).toMatch(message);
  });
});

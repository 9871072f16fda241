import Ajv from "ajv";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { toJson } from "../../../../lib/cli/review/formats/json";
import { ALL_KINDS } from "../../../../lib/cli/review/kinds";
import { ENGINES } from "../../fixtures";
import { planNames, reviewOf } from "../reviews";

const SCHEMA = JSON.parse(readFileSync(join(__dirname, "../../../../schema/review.schema.json"), "utf8")) as {
  definitions: { kind: { enum: string[] } };
};

describe("toJson", () => {
  const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

  it("toJson writes the whole review with a version", () => {
    const review = reviewOf("state", ["several-at-once"]);

    expect(JSON.parse(toJson(review))).toEqual({ version: 1, ...(JSON.parse(JSON.stringify(review)) as object) });
  });

  it("toJson writes the meaning of changes and the dangers in the words of the text", () => {
    const { dangers, certificates } = JSON.parse(toJson(reviewOf("state", ["re-keyed"]))) as Record<string, unknown[]>;

    expect(dangers).toEqual(["1 certificate with a new key, so the broker needs both files: mqtt-2.example.com."]);
    expect(certificates).toMatchObject([
      {
        isGrave: true,
        warnings: [],
        remarks: [
          "clients unaffected: new key, same authority, no address is removed",
          "the broker needs its new certificate and its new key together",
          "clients that pin the key or the certificate need the new pin",
        ],
      },
    ]);
  });

  it.each(ENGINES)("toJson matches its schema for every plan of %s", (engine) => {
    for (const [folder, name] of planNames(engine)) {
      const isValid = validate(JSON.parse(toJson(reviewOf(folder, [name], engine))));

      expect({ folder, name, isValid, errors: validate.errors }).toEqual({ folder, name, isValid: true, errors: null });
    }
  });

  it("toJson matches its schema for several plans", () => {
    validate(JSON.parse(toJson(reviewOf("state", ["moved-between-stacks-a", "moved-between-stacks-b"]))));

    expect(validate.errors).toBeNull();
  });

  it("the JSON schema of a review has every kind, and refuses unknown members", () => {
    const review: unknown = JSON.parse(toJson(reviewOf("state", ["renewed"])));

    expect(SCHEMA.definitions.kind.enum).toEqual(ALL_KINDS);
    expect(validate({ ...Object(review), more: 1 })).toBe(false);
    expect(validate({ ...Object(review), counts: { vanished: 1 } })).toBe(false);
  });
});

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

describe("a review as JSON", () => {
  const validate = new Ajv({ allErrors: true }).compile(SCHEMA);

  it("is all of it, with a version", () => {
    const review = reviewOf("state", ["several-at-once"]);

    expect(JSON.parse(toJson(review))).toEqual({ version: 1, ...(JSON.parse(JSON.stringify(review)) as object) });
  });

  it("tells what a change means, and what is dangerous, as text does", () => {
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

  it.each(ENGINES)("is as its schema says, for every plan of %s", (engine) => {
    for (const [folder, name] of planNames(engine)) {
      const isValid = validate(JSON.parse(toJson(reviewOf(folder, [name], engine))));

      expect({ folder, name, isValid, errors: validate.errors }).toEqual({ folder, name, isValid: true, errors: null });
    }
  });

  it("is as its schema says, for several plans", () => {
    validate(JSON.parse(toJson(reviewOf("state", ["moved-between-stacks-a", "moved-between-stacks-b"]))));

    expect(validate.errors).toBeNull();
  });

  it("has a schema that knows every kind, and refuses what it does not know", () => {
    const review: unknown = JSON.parse(toJson(reviewOf("state", ["renewed"])));

    expect(SCHEMA.definitions.kind.enum).toEqual(ALL_KINDS);
    expect(validate({ ...Object(review), more: 1 })).toBe(false);
    expect(validate({ ...Object(review), counts: { vanished: 1 } })).toBe(false);
  });
});

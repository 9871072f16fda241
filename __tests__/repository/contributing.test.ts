import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "../..");
const PAGE = readFileSync(join(REPOSITORY, "CONTRIBUTING.md"), "utf8");
const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

describe("CONTRIBUTING.md", () => {
  it("CONTRIBUTING.md names files and folders that exist", () => {
    const named = Array.from(
      PAGE.matchAll(/`((?:lib|docs|scripts|__tests__|\.github|\.ci|\.changeset)\/[\w./-]*)`/g),
      ([, path = ""]) => path,
    );

    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => !existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  it("CONTRIBUTING.md names commands of package.json", () => {
    const named = Array.from(PAGE.matchAll(/npm run ([\w:]+)/g), ([, name = ""]) => name);

    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("CONTRIBUTING.md names code that the file next to it has", () => {
    const places: readonly (readonly [file: string, ...names: string[]])[] = [
      ["lib/values/address.ts", "function parseName", "function parseIpv4", "function parseIpv6", "const text ="],
      ["__tests__/values/address/refused.test.ts", '"an underscore"'],
      ["lib/values/key-algorithm.ts", "type KeyAlgorithmName", "const BY_NAME", "class KeyAlgorithm"],
      ["lib/x509/key-type.ts", "const CURVES", "const ALGORITHMS", "function describeKey"],
      ["lib/x509/profile.ts", "function digestFor"],
      ["lib/custody/machine/program/make/key.ts", "const MAKERS", "function algorithmOf"],
      ["lib/cli/findings/formats/formats.ts", "const FINDINGS_FORMATS"],
      ["lib/cli/inventory/inventory-command.ts", "const FORMATS"],
      ["__tests__/cli/text-of-others.test.ts", "const FORMATS"],
      ["lib/custody/state/custody.ts", "checkFleet"],
      ["lib/custody/machine/custody.ts", "checkFleet"],
      ["__tests__/e2e/package.test.ts", "const SIZE_BUDGET"],
    ];
    const missing = places.flatMap(([file, ...names]) => {
      const text = readFileSync(join(REPOSITORY, file), "utf8");
      return names.filter((name) => !text.includes(name)).map((name) => `${file}: ${name}`);
    });

    expect(missing).toEqual([]);
  });
});

import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINES, fixture, fixturesOf, FOLDERS, CORRUPT } from "./fixtures";

const PAGE = readFileSync(join(__dirname, "fixtures/README.md"), "utf8");

/** The fixtures of a folder in the tables of the page: the names with a yes in its column. */
function listed(folder: string): string[] {
  const rows = PAGE.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
  let column = -1;
  return rows
    .flatMap((cells) => {
      if (cells[1] === "name") {
        column = cells.indexOf(`\`${folder}\``);
      }
      return cells[column] === "yes" ? [(cells[1] ?? "").replaceAll("`", "")] : [];
    })
    .sort();
}

/** Every text with the label of a private key in JSON, where line ends are escaped once or more. */
function privateKeysIn(text: string): string[] {
  const lines = text.replace(/\\+n/g, "\n");
  return [...new Set(lines.match(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^]*?-----END [A-Z0-9 ]*PRIVATE KEY-----/g))];
}

describe.each(ENGINES)("the fixtures of %s", (engine) => {
  describe.each(FOLDERS)("in %s", (folder) => {
    const names = fixturesOf(folder, engine);

    it("the page of fixtures lists exactly the existing fixtures", () => {
      expect(names).toEqual(listed(folder));
    });

    it.each(names)("a fixture is unchanged output of an engine: %s", (name) => {
      expect(JSON.parse(fixture(engine, folder, name))).toHaveProperty("format_version");
    });

    it.each(names)("a fixture has dummies instead of private keys: %s", (name) => {
      for (const pem of privateKeysIn(fixture(engine, folder, name))) {
        expect(pem).toMatch(/^-----BEGIN ([A-Z ]+)-----\ndummy \d+\n-----END \1-----$/);
        expect(() => createPrivateKey(pem)).toThrow();
      }
    });
  });

  it("fixtures of custody state have dummy private keys, those of custody machine none", () => {
    expect(privateKeysIn(fixture(engine, "state", "no-op"))).not.toEqual([]);
    for (const name of fixturesOf("machine", engine)) {
      expect(privateKeysIn(fixture(engine, "machine", name))).toEqual([]);
    }
  });

  it("fixtures of failed applies state that they failed", () => {
    for (const folder of ["state", "machine"] as const) {
      expect(JSON.parse(fixture(engine, folder, "errored"))).toMatchObject({ errored: true });
      expect(JSON.parse(fixture(engine, folder, "no-op"))).toMatchObject({ errored: false });
    }
  });
});

describe("CORRUPT", () => {
  const text = fixture("terraform", "machine", "no-op");

  it("CORRUPT makes plans that are not JSON, and one with an unknown format version", () => {
    for (const corrupt of [CORRUPT.truncated, CORRUPT.empty, CORRUPT.labelled]) {
      expect(() => JSON.parse(corrupt(text)) as unknown).toThrow(SyntaxError);
    }
    expect(JSON.parse(CORRUPT.unknownFormat(text))).toMatchObject({ format_version: "2.0" });
  });
});

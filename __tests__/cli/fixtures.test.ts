import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ENGINES, fixture, fixturesOf, FOLDERS, SPOILT } from "./fixtures";

const PAGE = readFileSync(join(__dirname, "fixtures/README.md"), "utf8");

/** The names that the page's tables have for a folder: those with a yes in its column. */
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

/** Everything that says it is a private key, in the text of JSON, in which line ends are escaped once or more. */
function privateKeysIn(text: string): string[] {
  const lines = text.replace(/\\+n/g, "\n");
  return [...new Set(lines.match(/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^]*?-----END [A-Z0-9 ]*PRIVATE KEY-----/g))];
}

describe.each(ENGINES)("the fixtures of %s", (engine) => {
  describe.each(FOLDERS)("in %s", (folder) => {
    const names = fixturesOf(folder, engine);

    it("are all in the page, and all that are in the page are there", () => {
      expect(names).toEqual(listed(folder));
    });

    it.each(names)("%s: is what an engine printed", (name) => {
      expect(JSON.parse(fixture(engine, folder, name))).toHaveProperty("format_version");
    });

    it.each(names)("%s: has dummies in place of all private keys", (name) => {
      for (const pem of privateKeysIn(fixture(engine, folder, name))) {
        expect(pem).toMatch(/^-----BEGIN ([A-Z ]+)-----\ndummy \d+\n-----END \1-----$/);
        expect(() => createPrivateKey(pem)).toThrow();
      }
    });
  });

  it("have private keys to look for, with custody state, and none with custody machine", () => {
    expect(privateKeysIn(fixture(engine, "state", "no-op"))).not.toEqual([]);
    for (const name of fixturesOf("machine", engine)) {
      expect(privateKeysIn(fixture(engine, "machine", name))).toEqual([]);
    }
  });

  it("say that they failed where they did", () => {
    for (const folder of ["state", "machine"] as const) {
      expect(JSON.parse(fixture(engine, folder, "errored"))).toMatchObject({ errored: true });
      expect(JSON.parse(fixture(engine, folder, "no-op"))).toMatchObject({ errored: false });
    }
  });
});

describe("spoilt plans", () => {
  const text = fixture("terraform", "machine", "no-op");

  it("cannot be parsed as JSON, but for one of an unknown format", () => {
    for (const spoil of [SPOILT.truncated, SPOILT.empty, SPOILT.labelled]) {
      expect(() => JSON.parse(spoil(text)) as unknown).toThrow(SyntaxError);
    }
    expect(JSON.parse(SPOILT.unknownFormat(text))).toMatchObject({ format_version: "2.0" });
  });
});

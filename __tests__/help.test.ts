import { readFileSync } from "node:fs";
import { join } from "node:path";

const REPOSITORY = join(__dirname, "..");

describe("the file help", () => {
  const help = readFileSync(join(REPOSITORY, "help"), "utf8");
  const { scripts } = JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };

  it("the file help lists every script that people run, and no other", () => {
    const listed = [...help.matchAll(/^ {4}npm (?:run )?([\w:]+) /gm)].map((match) => match[1]);
    const run = Object.keys(scripts).filter((name) => !["prepack", "prepare"].includes(name));

    expect(listed.sort()).toEqual(run.sort());
  });
});

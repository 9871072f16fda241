import { readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY, withFile, read, refusalOf } from "../fleet-file/support";

describe("docs/how-to/fleet-files.md", () => {
  const page = readFileSync(join(REPOSITORY, "docs/how-to/fleet-files.md"), "utf8");

  /** The first block of a language below a heading. */
  function block(heading: string, language: string): string {
    const [, section = ""] = page.split(`\n## ${heading}\n`);
    const [, text = ""] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(section) ?? [];
    return text;
  }

  it("The fleet files page has the same brokers in all formats", () => {
    const [yaml, json, csv] = ["yaml", "json", "csv"].map((language) =>
      read(`brokers.${language}`, block("What is in it", language)),
    );

    expect(yaml).toHaveLength(2);
    expect(json).toEqual(yaml);
    expect(csv).toEqual(yaml);
  });

  it("The fleet files page shows the problems of a file as they are printed", () => {
    const { message } = withFile("brokers.yaml", block("Errors", "yaml"), () => refusalOf("brokers.yaml"));

    expect(page).toContain(`\n\`\`\`\n${message}\n\`\`\`\n`);
  });
});

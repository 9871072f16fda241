import { mkdirSync, writeFileSync } from "node:fs";
import * as reports from "../../lib/cli/reports";
import { fixture } from "../cli/fixtures";
import { makeAuthority } from "../support/authorities";
import { page, runExample } from "../support/examples";
import { inNewDirectory } from "../support/synth";

/** The output of a page's example, in a folder with a plan and PEM files. */
function printed(name: string): unknown[][] {
  const log = jest.spyOn(console, "log").mockImplementation();
  const { exitCode } = process;
  try {
    return inNewDirectory((folder) => {
      writeFileSync("plan.json", fixture("terraform", "state", "broker-removed"));
      mkdirSync("pki");
      writeFileSync("pki/ca.pem", makeAuthority(folder, "ca", { subject: "/CN=Plant CA" }).certificatePem);
      runExample(page(name), { "cdktf-mqtt-pki/reports": reports });
      return log.mock.calls;
    });
  } finally {
    process.exitCode = exitCode;
    log.mockRestore();
  }
}

describe("the program examples of the docs", () => {
  it("the program in docs/reference/review.md prints what a plan does to each broker", () => {
    expect(printed("reference/review.md")).toEqual([
      [
        expect.stringMatching(/^mqtt-\d/),
        "removed",
        expect.stringMatching(/^the certificate stays valid until .*, and is not revoked$/),
      ],
    ]);
  });

  it("the program in docs/reference/inventory.md prints how long each certificate is valid", () => {
    expect(printed("reference/inventory.md")).toEqual([["Plant CA", expect.any(Number), true]]);
  });
});

import { FINDINGS_FORMATS } from "../../lib/cli/findings/formats/formats";
import { fixture } from "../cli/fixtures";
import { makeServer, mqttPki } from "../cli/inventory/support";
import { makeAuthority } from "../support/authorities";
import { page } from "../support/examples";
import { inNewDirectory } from "../support/synth";

const PAGE = page("reference/ci-formats.md");

const COMMANDS = Array.from(PAGE.matchAll(/^```sh\n([^]*?)^```$/gm), ([, lines = ""]) =>
  lines.trim().split("\n"),
).flat();

const PKI = inNewDirectory((folder) => {
  const ca = makeAuthority(folder, "ca", { subject: "/CN=Plant CA" });
  const server = makeServer(folder, "server", ca);
  return { "pki/ca.pem": ca.certificatePem, "pki/brokers/mqtt-1.example.com/server.pem": server.certificatePem };
});

const FILES = {
  "plan.json": fixture("terraform", "state", "several-at-once"),
  ...PKI,
  "infra/main.ts": 'address: "mqtt-1.example.com"',
  "infra/north.csv": "address\nmqtt-2.example.com\n",
};

describe("docs/reference/ci-formats.md", () => {
  it("docs/reference/ci-formats.md has a row for each format", () => {
    const rows = Array.from(PAGE.matchAll(/^\| `(\w+)` +\|/gm), ([, name]) => name);

    expect(rows).toEqual(Object.keys(FINDINGS_FORMATS));
  });

  it.each(COMMANDS)("docs/reference/ci-formats.md has commands that run: %s", async (command) => {
    const [, ...args] = command.replace(/ > .*/, "").split(" ");
    const { output, status } = await mqttPki(FILES, args, {
      dial: () => Promise.resolve({ kind: "unreachable", reason: "does not answer" }),
    });

    expect([0, 1]).toContain(status);
    expect(output).not.toBe("");
  });
});

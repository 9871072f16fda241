import { inventory, type Entry } from "../../lib/cli/reports";
import { CUSTODIES } from "./support/custodies";
import { machine } from "./support/machine";
import { commandsBelow } from "./support/pages";
import { Project } from "./support/project";
import { succeed } from "./support/run";

const COMMANDS = commandsBelow("how-to/pins.md", "Where they are");
const BROKER = "mqtt-1.example.com";

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "pins",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });

      /** @param options of the broker; its key is RSA, which has every pin */
      async function deploy(options = ""): Promise<Entry | undefined> {
        const broker = `{ address: "${BROKER}", keyAlgorithm: KeyAlgorithm.RSA_2048, ${options} }`;
        project.declareFleet([broker], `custody: "${custody}"`);
        await project.synth();
        await project.apply();
        const files = Object.entries(project.files("pki")).map(([path, { content }]) => [path, content] as const);
        const { certificates } = inventory([{ name: "pki", files: Object.fromEntries(files) }]);
        return certificates.find(({ address }) => address === BROKER);
      }

      afterAll(() => {
        project.remove();
      });

      it("Pins are what docs/how-to/pins.md prints; a re-issue keeps the pin of the key, a re-key does not", async () => {
        const first = await deploy();
        const printed = (await succeed("sh", ["-ec", COMMANDS], { cwd: project.path() })).split("\n");
        const second = await deploy('alternativeAddresses: ["mqtt.example.com"]');
        const third = await deploy("keyVersion: 2");

        expect(printed.slice(0, 2)).toEqual([
          first?.keyPin?.replace("sha256//", ""),
          `sha256 Fingerprint=${first?.fingerprint ?? ""}`,
        ]);
        expect(first?.tasmotaFingerprint).toMatch(/^(.. ){19}..$/);
        expect(second).toMatchObject({ keyPin: first?.keyPin, tasmotaFingerprint: first?.tasmotaFingerprint });
        expect(second?.fingerprint).not.toBe(first?.fingerprint);
        expect(third?.keyPin).not.toBe(first?.keyPin);
        expect(third?.tasmotaFingerprint).not.toBe(first?.tasmotaFingerprint);
      });
    },
    [machine().openssl],
  );
});

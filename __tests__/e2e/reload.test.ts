import { existsSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { review } from "../../lib/cli/reports";
import { unsealed } from "../../lib/machine-format/record";
import type { ReloadRecords } from "../../lib/machine-format/reload";
import { changed, CUSTODIES, letEnd, wordsOf } from "./support/custodies";
import { killApply, letGoOn } from "./support/kill";
import { machine } from "./support/machine";
import { type FileFacts, Project } from "./support/project";
import { allOf } from "./support/run";
import { find, secretsOfText } from "./support/secrets";

const [FIRST, SECOND, THIRD] = ["mqtt-1.example.com", "mqtt-2.example.com", "mqtt-3.example.com"] as const;

const PASSWORD = "canary-Zeisig-4711";

/** A command that notes its environment, and fails or waits if files in its folder ask for it. */
const SCRIPT = `
PATH=/usr/bin:/bin
set -eu
env >"environment-of-$MQTT_PKI_ADDRESS"
test -s "$MQTT_PKI_CERTIFICATE" && test -s "$MQTT_PKI_KEY" && test -s "$MQTT_PKI_CA"
if [ -e "slow-$MQTT_PKI_ADDRESS" ]; then touch "started-$MQTT_PKI_ADDRESS"; sleep 5; fi
if [ -e "broken-$MQTT_PKI_ADDRESS" ]; then echo "no route to \${MQTT_PKI_ADDRESS} ##[error]"; exit 3; fi
cp "$MQTT_PKI_CERTIFICATE" "taken-up-by-$MQTT_PKI_ADDRESS"
echo "$MQTT_PKI_ADDRESS" >>runs
`;

const COMMAND = "/bin/sh ./hand-out.sh";

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach(
    "a fleet whose brokers have a reloadCommand",
    (engine) => {
      const project = new Project(engine, { withoutProviders: custody === "machine" });

      const declare = (options = `reloadCommand: ${JSON.stringify(COMMAND)}`, brokers: readonly string[] = BROKERS) => {
        project.declareFleet(brokers, `custody: "${custody}", ${options}`);
        return project.synth();
      };

      const BROKERS = [
        FIRST,
        `{ address: "${SECOND}", passwordVariable: "broker_password" }`,
        `{ address: "${THIRD}", reloadCommand: false }`,
      ];

      /** The brokers whose commands have succeeded since this was asked last. */
      const runs = (): string[] => {
        const path = project.path("runs");
        const found = existsSync(path) ? readFileSync(path, "utf8").trimEnd().split("\n").sort() : [];
        rmSync(path, { force: true });
        return found;
      };

      /** The reload reasons in a plan, by the addresses of brokers. */
      const plannedReloads = async (): Promise<Record<string, string>> => {
        const planned = Object.entries(await project.planned());
        const [start, end] =
          custody === "machine" ? ["reload brokers/", ""] : ["terraform_data.broker_", "_example_com"];
        return Object.fromEntries(
          planned
            .filter(([name]) => name.startsWith(start))
            .map(([name, words]) => [name.slice(start.length, name.length - end.length), words]),
        );
      };

      const nameOf = (address: string): string =>
        custody === "machine" ? address : address.replace(".example.com", "").replaceAll(".", "_");

      const certificate = (address: string): string => project.read("pki/brokers", address, "server.pem");

      beforeAll(async () => {
        project.variables = { broker_password: PASSWORD };
        writeFileSync(project.path("hand-out.sh"), SCRIPT);
        await declare();
        await project.apply();
        project.keep();
      });
      beforeEach(() => {
        project.restore();
      });
      afterAll(() => {
        project.remove();
      });

      it("A deployment runs each reloadCommand once where the CDK runs, after its files are in place", async () => {
        expect(runs()).toEqual([FIRST, SECOND]);
        expect(project.read(`taken-up-by-${FIRST}`)).toBe(certificate(FIRST));
        expect(await project.planned()).toEqual({});
        expect((await project.plan()).status).toBe(0);
      });

      it("A reloadCommand gets the documented variables, and no secret", () => {
        const environment = project.read(`environment-of-${SECOND}`);
        const variables = Object.fromEntries(
          [...environment.matchAll(/^(MQTT_PKI_\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
        );
        const folder = project.path("pki/brokers", SECOND);

        expect(variables).toEqual({
          MQTT_PKI_ADDRESS: SECOND,
          MQTT_PKI_FOLDER: folder,
          MQTT_PKI_KEY: `${folder}/server.key`,
          MQTT_PKI_CERTIFICATE: `${folder}/server.pem`,
          MQTT_PKI_CA: project.path("pki/ca.pem"),
        });
        expect(environment).not.toContain("TF_VAR_");
        expect(find(secretsOfText(PASSWORD), environment)).toEqual([]);
      });

      it("A renewed certificate runs the reloadCommand of its broker alone, and the plan names that broker", async () => {
        runs();
        letEnd(project, custody, FIRST, 1);

        expect(await plannedReloads()).toEqual({
          [nameOf(FIRST)]: custody === "machine" ? "its files change" : "replaced",
        });
        await project.apply();
        expect(runs()).toEqual([FIRST]);
        expect(project.read(`taken-up-by-${FIRST}`)).toBe(certificate(FIRST));
        expect(await project.planned()).toEqual({});
      });

      it("A review lists the reloads of a plan, and counts them as no other change", async () => {
        letEnd(project, custody, FIRST, 1);
        await project.run("plan", "-input=false", "-out=plan");
        const { stdout } = await project.run("show", "-json", "plan");
        const found = review([{ name: "plan.json", content: stdout.slice(stdout.indexOf("{")) }]);

        expect(found.reloads).toMatchObject([{ broker: FIRST, command: COMMAND, reason: "its files change" }]);
        expect(found).toMatchObject({ counts: { renewed: 1 }, others: [] });
      });

      it("A changed reloadCommand does not run at once, and runs at the next renewal", async () => {
        runs();
        await declare('reloadCommand: "/bin/sh ./hand-out.sh again"');
        await project.apply();
        expect(runs()).toEqual([]);

        letEnd(project, custody, SECOND, 1);
        await project.apply();
        expect(runs()).toEqual([SECOND]);
      });

      it("A new reloadCommand for a deployed broker runs once, and the files stay", async () => {
        runs();
        await declare(`reloadCommand: ${JSON.stringify(COMMAND)}`, [...BROKERS.slice(0, 2), THIRD]);
        const before = certificate(THIRD);

        expect(await plannedReloads()).toEqual({
          [nameOf(THIRD)]: custody === "machine" ? "it failed before, or was never run" : "created",
        });
        await project.apply();
        expect(runs()).toEqual([THIRD]);
        expect(certificate(THIRD)).toBe(before);
        expect(await project.planned()).toEqual({});
      });

      it("A failed reloadCommand is named and stops no other; the next deployment runs it again alone", async () => {
        runs();
        const old = certificate(FIRST);
        writeFileSync(project.path(`broken-${FIRST}`), "");
        letEnd(project, custody, FIRST, 1);
        letEnd(project, custody, SECOND, 1);
        const failed = await project.tryApply();

        expect(failed.status).toBe(1);
        const words = wordsOf(allOf(failed));
        expect(words).toContain(`brokers/${FIRST}`);
        expect(words).toContain(`no route to ${FIRST}`);
        expect(allOf(failed)).not.toContain("##[error]");
        expect(find(secretsOfText(PASSWORD), allOf(failed))).toEqual([]);
        expect(runs()).toEqual([SECOND]);
        expect(certificate(FIRST)).not.toBe(old);

        const files = project.files("pki");
        rmSync(project.path(`broken-${FIRST}`));
        expect(Object.keys(await plannedReloads())).toEqual([nameOf(FIRST)]);
        await project.apply();
        expect(runs()).toEqual([FIRST]);
        expect(project.read(`taken-up-by-${FIRST}`)).toBe(certificate(FIRST));
        expect(changedKeysAndCertificates(files, project.files("pki"))).toEqual([]);
        expect(await project.planned()).toEqual({});
        expect(project.flaws({ [`brokers/${SECOND}/server.key`]: PASSWORD })).toEqual([]);
      });

      it("A reload that a killed deployment missed runs in the next one", async () => {
        runs();
        writeFileSync(project.path(`slow-${FIRST}`), "");
        letEnd(project, custody, FIRST, 1);
        const wasKilled = await killApply(engine, project, () => existsSync(project.path(`started-${FIRST}`)));
        expect(wasKilled).toBe(true);
        const files = project.files("pki");

        // Processes that the engine started may continue.
        writeFileSync(project.path(`broken-${FIRST}`), "");
        await new Promise((resolve) => setTimeout(resolve, 6000));
        rmSync(project.path(`broken-${FIRST}`));
        rmSync(project.path(`slow-${FIRST}`));
        const withdraw = letGoOn(project);
        await project.apply();
        withdraw();
        expect(runs()).toEqual([FIRST]);
        expect(project.read(`taken-up-by-${FIRST}`)).toBe(certificate(FIRST));
        // A killed OpenTofu loses what it has not yet written to the state: it makes the certificate again, with the same key.
        const others = changedKeysAndCertificates(files, project.files("pki"));
        expect(others.filter((path) => custody === "machine" || path.endsWith(".key"))).toEqual([]);
        expect(await project.planned()).toEqual({});
      });

      if (custody === "state") {
        it("Files that are written again as they were run no reloadCommand, as on a new runner", async () => {
          runs();
          rmSync(project.path("pki"), { recursive: true });
          await project.apply();

          expect(project.read("pki/brokers", FIRST, "server.pem")).toBe(project.read(`taken-up-by-${FIRST}`));
          expect(runs()).toEqual([]);
        });
      }

      if (custody === "machine") {
        const records = (): ReloadRecords =>
          JSON.parse(unsealed(project.read("pki/reloads.records")) ?? "null") as ReloadRecords;

        it("A broker that cannot be made does not stop the reloadCommand of another", async () => {
          runs();
          letEnd(project, custody, FIRST, 1);
          letEnd(project, custody, SECOND, 1);
          mkdirSync(project.path("pki/brokers", SECOND, "server.pem.new"));
          const failed = await project.tryApply();

          expect(failed.status).toBe(1);
          expect(wordsOf(allOf(failed))).toContain("1 of 2 brokers failed");
          expect(runs()).toEqual([FIRST]);
          expect(project.read(`taken-up-by-${FIRST}`)).toBe(certificate(FIRST));

          rmdirSync(project.path("pki/brokers", SECOND, "server.pem.new"));
          await project.apply();
          expect(runs()).toEqual([SECOND]);
          expect(await project.planned()).toEqual({});
        });

        it("The records of reloads lose a removed broker, and are deleted with the last reloadCommand", async () => {
          expect(Object.keys(records().reloads)).toEqual([`brokers/${FIRST}`, `brokers/${SECOND}`]);
          await declare(undefined, [FIRST, THIRD]);
          await project.apply();
          expect(Object.keys(records().reloads)).toEqual([`brokers/${FIRST}`, `brokers/${THIRD}`]);

          await declare("", [FIRST]);
          await project.apply();
          expect(Object.keys(project.files("pki")).filter((path) => path.startsWith("reloads"))).toEqual([]);
        });

        it("A saved plan is refused if the records of reloads changed since, and runs no reloadCommand", async () => {
          runs();
          letEnd(project, custody, FIRST, 1);
          await project.run("plan", "-input=false", "-out=plan");
          rmSync(project.path("pki/reloads.records"));
          const result = await project.run("apply", "-input=false", "-no-color", "plan");

          expect(result.status).toBe(1);
          expect(runs()).toEqual([]);
        });

        it("A destroy leaves no records of reloads", async () => {
          await project.run("destroy", "-auto-approve", "-input=false");

          const left = existsSync(project.path("pki")) ? Object.keys(project.files("pki")) : [];
          expect(left.filter((path) => /^reloads|^brokers/.test(path))).toEqual([]);
        });
      }
    },
    [machine().openssl],
  );
});

function changedKeysAndCertificates(before: Record<string, FileFacts>, after: Record<string, FileFacts>): string[] {
  return changed(before, after).filter((path) => /\.(key|pem)$/.test(path));
}

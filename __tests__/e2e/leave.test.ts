import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CUSTODIES } from "./support/custodies";
import { blocksBelow } from "./support/pages";
import { Project } from "./support/project";
import { run, type Result, succeed } from "./support/run";

const [TAKE = "", PLAN = ""] = blocksBelow("how-to/leave-the-cdk.md", "Leave the CDK", "sh");

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("a fleet that leaves the CDK", (engine) => {
    const project = new Project(engine, { withoutProviders: custody === "machine" });
    const folder = () => project.path("terraform/stacks/mqtt");

    beforeAll(async () => {
      project.declareFleet(["mqtt-1.example.com"], `custody: "${custody}"`);
      await project.synth();
      await project.apply();
      await succeed("sh", ["-ec", TAKE], { cwd: project.path() });
      for (const name of ["main.ts", "cdktf.json", "cdktf.out"]) {
        rmSync(project.path(name), { recursive: true, force: true });
      }
    });
    afterAll(() => {
      project.remove();
    });

    /** Runs the engine in the folder that the page names. */
    function engineDoes(...parameters: string[]): Promise<Result> {
      return run(engine.program, parameters, { cwd: folder(), env: project.engineEnv });
    }

    it("A fleet that leaves the CDK as docs/how-to/leave-the-cdk.md says has an empty plan", async () => {
      const commands = PLAN.replaceAll(/^terraform /gm, `"${engine.program}" `);
      const printed = await succeed("sh", ["-ec", commands], { cwd: project.path(), env: project.env });

      expect(printed).toContain("No changes.");
      expect(readdirSync(project.path()).filter((name) => name.includes("cdktf"))).toEqual([]);
    });

    if (custody === "machine") {
      it("A fleet that left the CDK gets a broker from a copied line with another address", async () => {
        const [file = ""] = readdirSync(folder(), { recursive: true, encoding: "utf8" }).filter((path) =>
          path.endsWith("declared.json"),
        );
        const path = join(folder(), file);
        const text = readFileSync(path, "utf8");
        const [line = ""] = text.split("\n").filter((one) => one.startsWith('"brokers/mqtt-1.'));
        writeFileSync(path, text.replace(line, `${line},\n${line.replaceAll("mqtt-1.", "mqtt-2.")}`));
        const { status } = await engineDoes("apply", "-input=false", "-no-color", "-auto-approve");

        expect(status).toBe(0);
        expect(readdirSync(project.path("pki/brokers")).sort()).toEqual(["mqtt-1.example.com", "mqtt-2.example.com"]);
        expect(project.flaws()).toEqual([]);
        expect((await engineDoes("plan", "-input=false", "-detailed-exitcode")).status).toBe(0);
      });
    }
  });
});

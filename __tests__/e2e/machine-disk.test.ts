import { rmSync } from "node:fs";
import { expectConvergence } from "./support/convergence";
import { changed, describeOneBareEngine, errorsOf, keysAndCertificates, letEnd } from "./support/custodies";
import { declare } from "./support/machine-fleet";
import { Disk, findMount } from "./support/mount";
import { Project } from "./support/project";

describeOneBareEngine(
  "a full or read-only disk",
  (engine) => {
    const SOME = Array.from({ length: 8 }, (_, index) => `mqtt-${index}.example.com`);
    const project = new Project(engine, { withoutProviders: true });
    let disk: Disk;

    beforeAll(async () => {
      await declare(project, SOME);
    });
    beforeEach(async () => {
      disk = await Disk.mount(project.path("pki"), "1m");
    });
    afterEach(async () => {
      await disk.unmount();
      rmSync(project.path("terraform.mqtt.tfstate"), { force: true });
    });
    afterAll(() => {
      project.remove();
    });

    /** Expects that an apply fails with `words`, and keeps every key and certificate. */
    async function expectFailure(words: RegExp): Promise<void> {
      const before = keysAndCertificates(project);
      const result = await project.tryApply();

      expect(result.status).toBe(1);
      expect(new Set(errorsOf(result).kinds)).toEqual(new Set(["local-exec provisioner error"]));
      const after = keysAndCertificates(project);
      expect(after).toMatchObject(before);
      // No file is partial: a file is moved into place when it is complete.
      const isWhole = (content: string): boolean => /^-----BEGIN [^]+-----END [A-Z ]+-----\n$/.test(content);
      expect(Object.keys(after).filter((path) => !isWhole(after[path]?.content ?? ""))).toEqual([]);
      expect(errorsOf(result).text).toMatch(words);
    }

    /** Expects that an apply completes the fleet, and keeps every complete key and certificate. */
    async function expectHealing(): Promise<void> {
      const before = keysAndCertificates(project);
      const whole = Object.keys(before).filter((path) => path.replace(/\w+$/, "pem") in before);
      await expectConvergence(project, SOME);
      const after = keysAndCertificates(project);
      expect(whole.map((path) => after[path])).toEqual(whole.map((path) => before[path]));
    }

    it.each(["16k", "28k", "40k", "64k"])(
      "A disk that is full at %s fails the apply, and the next apply continues",
      async (size) => {
        await disk.remount(`size=${size}`);

        await expectFailure(/no space left on device/);
        await disk.remount("size=1m");
        await expectHealing();
      },
    );

    it("A full disk fails a renewal, which keeps key and certificate", async () => {
      await project.apply();
      const before = project.files("pki");
      letEnd(project, "machine", "mqtt-3.example.com", 1);
      await disk.fill();

      await expectFailure(/no space left on device/);
      disk.empty();
      expect(project.files("pki")["brokers/mqtt-3.example.com/server.pem"]).toEqual(
        before["brokers/mqtt-3.example.com/server.pem"],
      );
      await expectConvergence(project, SOME);
      expect(changed(before, project.files("pki"))).toEqual([
        "brokers.records",
        "brokers/mqtt-3.example.com/server.pem",
      ]);
    });

    it("A read-only disk fails the apply, and the next apply continues", async () => {
      await disk.remount("ro");

      await expectFailure(/read-only file system/);
      await disk.remount("rw");
      await expectHealing();
      rmSync(project.path("pki/brokers/mqtt-3.example.com/server.pem"));
      await disk.remount("ro");
      await expectFailure(/read-only file system/);
      await disk.remount("rw");
      await expectHealing();
    });
  },
  [findMount()],
);

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import * as library from "../../lib";
import { RELOAD_ATTEMPTS, RELOAD_PAUSE_SECONDS, RELOAD_SECONDS_AT_MOST } from "../../lib/values/files/reload-command";
import { page, runExample } from "../support/examples";
import { inNewDirectory } from "../support/synth";
import { commandsBelow } from "../e2e/support/pages";

const PAGE = page("how-to/hand-out.md");

describe("docs/how-to/hand-out.md", () => {
  it("docs/how-to/hand-out.md has an example that synthesizes, with keys only as references", () => {
    const text = inNewDirectory((folder) => {
      runExample(PAGE, { "cdktf-mqtt-pki": library });
      return readFileSync(join(folder, "cdktf.out/stacks/mqtt/cdk.tf.json"), "utf8");
    });
    const { resource } = JSON.parse(text) as { resource: Record<string, Record<string, { data?: object }>> };

    expect(Object.keys(resource["vault_kv_secret_v2"] ?? {})).toHaveLength(2);
    expect(Object.values(resource["kubernetes_secret_v1"] ?? {}).map(({ data }) => data)).toEqual(
      ["mqtt_1", "mqtt_2"].map((name) => ({
        "tls.crt": `\${tls_locally_signed_cert.broker_${name.replace("_", "-")}_plant_example_com.cert_pem}`,
        "tls.key": `\${tls_private_key.broker_${name.replace("_", "-")}_plant_example_com.private_key_pem_pkcs8}`,
        "ca.crt": "${tls_self_signed_cert.authority.cert_pem}",
      })),
    );
  });

  it("docs/how-to/hand-out.md has an ssh recipe that places both files and reloads, or changes nothing if it is cut off", () => {
    inNewDirectory((folder) => {
      const path = (...parts: string[]) => join(folder, ...parts);
      ["local", "remote", "programs"].forEach((name) => {
        mkdirSync(path(name));
      });
      // The key fills whole blocks of the archive. The connection breaks after that many bytes.
      writeFileSync(path("local/server.key"), "k".repeat(1024), { mode: 0o600 });
      writeFileSync(path("local/server.pem"), "c".repeat(12_000));
      writeFileSync(path("programs/ssh"), `#!/bin/sh\nfor last; do :; done\nhead -c "$CUT" | sh -c "$last"\n`);
      chmodSync(path("programs/ssh"), 0o755);
      const recipe = commandsBelow("how-to/hand-out.md", "A broker on another machine")
        .replace("/etc/mosquitto/tls", path("remote"))
        .replace("chown mosquitto", `chown ${userInfo().username}`)
        .replace(/kill -HUP .*/, `touch ${path("reloaded")}`);
      const handOut = (cut: number): string => {
        writeFileSync(path("remote/server.key"), "old");
        writeFileSync(path("remote/server.pem"), "old");
        rmSync(path("reloaded"), { force: true });
        const own = { PATH: `${path("programs")}:${process.env["PATH"] ?? ""}`, CUT: `${cut}` };
        const files = {
          MQTT_PKI_ADDRESS: "mqtt-1",
          MQTT_PKI_FOLDER: path("local"),
          MQTT_PKI_KEY: path("local/server.key"),
        };
        const { status } = spawnSync("sh", ["-c", recipe], { env: { ...own, ...files } });
        const [key, certificate] = ["server.key", "server.pem"].map(
          (name) => readFileSync(path("remote", name), "utf8")[0],
        );
        return `${status === 0 ? "ok" : "failed"} ${key} ${certificate} ${existsSync(path("reloaded")) ? "reloaded" : "-"}`;
      };

      expect(handOut(1_000_000)).toBe("ok k c reloaded");
      expect(statSync(path("remote/server.key")).mode & 0o777).toBe(0o600);
      const cuts = [1, 700, ...Array.from({ length: 26 }, (_, blocks) => blocks * 512)];
      expect(new Set(cuts.map(handOut))).toEqual(new Set(["failed o o -"]));
    });
  });

  it("docs/how-to/hand-out.md states the retries and the timeout of a command", () => {
    expect([RELOAD_ATTEMPTS, RELOAD_SECONDS_AT_MOST, RELOAD_PAUSE_SECONDS]).toEqual([3, 120, 2]);
    expect(PAGE.replaceAll(/\s+/g, " ")).toContain(
      "longer than two minutes; it is then stopped. Each command gets three attempts, two seconds apart.",
    );
  });
});

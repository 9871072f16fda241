import { join } from "node:path";
import { readFileSync } from "node:fs";
import * as library from "../../lib";
import { RELOAD_ATTEMPTS, RELOAD_PAUSE_SECONDS, RELOAD_SECONDS_AT_MOST } from "../../lib/values/files/reload-command";
import { page, runExample } from "../support/examples";
import { inNewDirectory } from "../support/synth";

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

  it("docs/how-to/hand-out.md states the retries and the timeout of a command", () => {
    expect([RELOAD_ATTEMPTS, RELOAD_SECONDS_AT_MOST, RELOAD_PAUSE_SECONDS]).toEqual([3, 120, 2]);
    expect(PAGE.replaceAll(/\s+/g, " ")).toContain(
      "longer than two minutes; it is then stopped. Each command gets three attempts, two seconds apart.",
    );
  });
});

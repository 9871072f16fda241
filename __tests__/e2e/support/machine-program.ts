import { readdirSync } from "node:fs";
import { join } from "node:path";
import { formatToken } from "../../../lib/machine-format/token";
import { digestOf } from "../../../lib/custody/machine/program/decide";
import type { Project } from "./project";
import { type Result, run } from "./run";

/** The program of custody machine, run as provisioners run it for a new fleet. This is faster than an engine. */
export class MachineProgram {
  private readonly folder: string;

  /** @param project a fleet that is synthesized */
  constructor(
    project: Project,
    private readonly brokers: readonly string[],
  ) {
    this.folder = project.stackFolder;
  }

  /** Makes the authority and then the brokers for the first time. Stops at the first failure. */
  public async deploy(state: string, time: string): Promise<Result> {
    const token = formatToken({ time, words: "new" });
    const authority = await this.run("authority", new Map([["1", token]]), { state, time });
    if (authority.status !== 0) {
      return authority;
    }
    const folders = this.brokers.map((broker) => [`brokers/${broker}`, token] as const);
    return this.run("brokers", new Map([...folders, ["removed", ""]]), { state, time });
  }

  private run(
    command: "authority" | "brokers",
    tokens: ReadonlyMap<string, string>,
    { state, time }: { readonly state: string; readonly time: string },
  ): Promise<Result> {
    return run(process.execPath, [this.asset("mqtt-pki.cjs"), command, this.asset("declared.json")], {
      cwd: this.folder,
      env: {
        MQTT_PKI_STATE: state,
        MQTT_PKI_TIME: time,
        MQTT_PKI_DECISIONS: digestOf(tokens),
        MQTT_PKI_WORKSPACE: "default",
      },
    });
  }

  private asset(name: string): string {
    const assets = readdirSync(join(this.folder, "assets"), { recursive: true, encoding: "utf8" });
    return join("assets", assets.find((path) => path.endsWith(`/${name}`)) ?? name);
  }
}

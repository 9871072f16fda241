import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { setImmediate as tick } from "node:timers/promises";
import { codeOf } from "../../../lib/custody/machine/program/files/error-code";
import type { Engine } from "./machine";
import type { Project } from "./project";

/**
 * Applies, and kills the engine and all that it started as soon as `isTime`, which is asked after each `pause`.
 *
 * @returns whether it was killed: not where it came to its end before
 */
export async function killApply(
  engine: Engine,
  project: Project,
  isTime: () => boolean,
  pause: () => Promise<unknown> = tick,
): Promise<boolean> {
  const child = spawn(engine.program, ["apply", "-input=false", "-auto-approve"], {
    cwd: project.stackFolder,
    env: { ...process.env, ...project.engineEnv },
    stdio: "ignore",
    detached: true,
  });
  const ended = once(child, "exit");
  while (!isTime()) {
    if (child.exitCode !== null) {
      return false;
    }
    await pause();
  }
  try {
    process.kill(-(child.pid ?? NaN), "SIGKILL");
  } catch (error) {
    // It ended by itself in the meantime.
    if (codeOf(error) !== "ESRCH") {
      throw error;
    }
  }
  await ended;
  return child.signalCode === "SIGKILL";
}

/** What is left of a state whose engine was killed, maybe while it wrote it: `empty` tells of nothing, `torn` cannot be read. */
export function stateOf(project: Project): "whole" | "empty" | "torn" {
  const isThere = existsSync(project.path("terraform.mqtt.tfstate"));
  if (!isThere || project.read("terraform.mqtt.tfstate") === "") {
    return "empty";
  }
  try {
    return Object.keys(project.state()).length === 0 ? "empty" : "whole";
  } catch {
    return "torn";
  }
}

/** An engine goes on from an empty state as from none; of a torn one it says that it cannot be read. */
export function forgetTornState(project: Project): void {
  if (stateOf(project) === "torn") {
    rmSync(project.path("terraform.mqtt.tfstate"));
  }
}

/**
 * Lets the next deployment go on from what is left. With custody machine, a state that was lost before it was written has to be
 * given the directory.
 *
 * @returns what withdraws the consent
 */
export function letGoOn(project: Project): () => void {
  forgetTornState(project);
  const owner = project.path("pki/owner.json");
  const isKnown = stateOf(project) === "whole" && "terraform_data.owner" in project.state();
  if (isKnown || !existsSync(owner)) {
    return () => undefined;
  }
  const consent = project.path("pki/take-over");
  writeFileSync(consent, "");
  return () => {
    rmSync(consent);
  };
}

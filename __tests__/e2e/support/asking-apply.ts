import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import type { Engine } from "./machine";
import type { Project } from "./project";
import { listenTo, type Result } from "./run";

/** An apply that has shown its plan and waits for approval. It holds the lock meanwhile. */
export class AskingApply {
  private readonly said: ReturnType<typeof listenTo>;
  private readonly ended: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    this.ended = once(child, "close");
    this.said = listenTo(child);
  }

  public static async start(engine: Engine, project: Project, ...options: string[]): Promise<AskingApply> {
    const child = spawn(engine.program, ["apply", "-no-color", ...options], {
      cwd: project.stackFolder,
      env: { ...process.env, ...project.engineEnv },
      detached: true,
    });
    const apply = new AskingApply(child);
    await apply.says("Enter a value");
    return apply;
  }

  /** Approves the plan. */
  public approve(): void {
    this.child.stdin.end("yes\n");
  }

  public async says(words: string): Promise<void> {
    while (!this.said.stdout.includes(words)) {
      await Promise.race([this.ended, once(this.child.stdout, "data")]);
      if (this.child.exitCode !== null) {
        throw new Error(`apply ended with ${this.child.exitCode}:\n${this.said.stderr}`);
      }
    }
  }

  /** The result of the apply. */
  public async result(): Promise<Result> {
    await this.ended;
    return { status: this.child.exitCode, ...this.said };
  }

  public async kill(): Promise<void> {
    process.kill(-(this.child.pid ?? NaN), "SIGKILL");
    await this.ended;
  }
}

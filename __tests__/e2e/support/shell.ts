import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";

/** One bash that runs one block after another, as in one terminal: its folder and jobs stay. */
export class Shell {
  private readonly process: ChildProcessWithoutNullStreams;
  private said = "";
  private blocks = 0;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    // A failed command ends the shell. Its process group makes it possible to kill remaining processes.
    this.process = spawn("bash", ["-e"], { cwd, env: { ...process.env, ...env }, detached: true });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream.setEncoding("utf8").on("data", (data: string) => {
        this.said += stripVTControlCharacters(data);
      });
    }
    this.process.stdin.on("error", () => undefined);
  }

  /**
   * Runs a block of commands to its end.
   *
   * @returns the output of the block and of background jobs in the meantime
   * @throws Error with everything that was written, if a command failed
   */
  public async run(block: string): Promise<string> {
    const before = this.said.length;
    const marker = `--- end of block ${++this.blocks} ---`;
    this.process.stdin.write(`${block}\necho '${marker}'\n`);
    await this.until(marker);
    return this.said.slice(before).replace(`${marker}\n`, "");
  }

  /** Waits until a process in it has written these words. */
  public async until(words: string): Promise<void> {
    while (!this.said.includes(words)) {
      const { exitCode, signalCode } = this.process;
      if (exitCode !== null || signalCode !== null) {
        throw new Error(`The shell ended with ${exitCode ?? signalCode}:\n${this.said}`);
      }
      await sleep(50);
    }
  }

  /** Ends the shell and everything that was started in it. */
  public async stop(): Promise<void> {
    const { pid } = this.process;
    const ended = this.process.exitCode === null ? once(this.process, "close") : undefined;
    if (pid !== undefined) {
      try {
        process.kill(-pid);
      } catch {
        // No process of the group runs.
      }
    }
    await ended;
  }
}

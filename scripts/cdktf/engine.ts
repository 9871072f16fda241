import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { coerce, satisfies } from "semver";
import { Failure } from "./failure";
import type { SynthesizedStack } from "./synthesized-stack";

const HOW_TO_INSTALL =
  "Install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.6 or later\n" +
  "(https://opentofu.org/docs/intro/install), or name the program in TERRAFORM_BINARY_NAME.";

/** How long an engine may look for a registry or a mirror, in milliseconds, where there is a way on without them. */
const PATIENCE = 5_000;

/** What an engine prints as soon as it has found a provider. */
const FOUND = /^- (?:Installing|Using) /m;

/** Terraform or OpenTofu. */
export class Engine {
  private constructor(
    public readonly program: string,
    private readonly version: string,
  ) {}

  /**
   * The engine that is asked for, or else the one that is there.
   *
   * @throws Failure where there is none
   */
  public static find(): Engine {
    const asked = process.env["TERRAFORM_BINARY_NAME"];
    const candidates = asked === undefined ? ["terraform", "tofu"] : [asked];
    for (const program of candidates) {
      const { status, stdout } = spawnSync(program, ["version", "-json"], { encoding: "utf8" });
      if (status === 0) {
        return new Engine(program, versionOf(stdout));
      }
    }
    throw new Failure(
      `No engine: ${candidates.map((name) => `"${name}"`).join(" and ")} cannot be run.\n${HOW_TO_INSTALL}`,
    );
  }

  /** @throws Failure where it is too old, or too new, for a stack */
  public check({ name, requiredVersion = "*" }: SynthesizedStack): void {
    if (!satisfies(coerce(this.version) ?? "0.0.0", requiredVersion)) {
      throw new Failure(
        `"${this.program}" is version ${this.version}, and the stack "${name}" needs ${requiredVersion}.\n${HOW_TO_INSTALL}`,
      );
    }
  }

  /**
   * Installs the providers of a stack. It writes the lock file as well, so that cdktf need not ask the registry for one: that
   * does not honour mirrors.
   *
   * @param insists whether to wait for a registry for as long as the engine itself does
   * @returns why the providers cannot be had, in the engine's words; undefined where it has them
   * @throws Failure where anything else is wrong
   */
  public async install(stack: SynthesizedStack, insists: boolean): Promise<string | undefined> {
    // Without its backend, OpenTofu takes an encrypted state for a broken one.
    const options = stack.stateFile === undefined ? [] : ["-backend=false"];
    const child = spawn(this.program, ["init", ...options, "-input=false", "-no-color"], {
      cwd: stack.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let progress = "";
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      progress += data;
    });
    const [errors, ended] = [text(child.stderr), new Promise<number | null>((resolve) => child.on("close", resolve))];
    const giveUp = (): void => {
      if (!FOUND.test(progress)) {
        child.kill("SIGKILL");
      }
    };
    const timer = insists ? undefined : setTimeout(giveUp, PATIENCE);
    const status = await ended;
    clearTimeout(timer);
    if (status === 0) {
      return undefined;
    }
    if (child.killed) {
      return `No answer within ${PATIENCE / 1000} seconds.`;
    }
    const said = (await errors).trim();
    // What a registry gives and is not what it should be is another matter than none.
    if (/Failed to (query available|resolve|install) provider/i.test(said) && !/checksum|signature/i.test(said)) {
      return firstError(said);
    }
    throw new Failure(said);
  }

  /** @returns the state of a stack whose backend is initialized; empty where there is none */
  public pullState({ folder, name }: SynthesizedStack): string {
    const { status, stdout, stderr } = spawnSync(this.program, ["state", "pull"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: Infinity,
    });
    if (status !== 0) {
      throw new Failure(`The state of "${name}" cannot be read:\n${stderr.trim()}`);
    }
    // OpenTofu remarks on its configuration before.
    return /^\{[^]*/m.exec(stdout)?.[0] ?? "";
  }
}

/** Of what an engine prints, for an old one prints no JSON, and OpenTofu remarks on its configuration before. */
function versionOf(printed: string): string {
  const [, ofJson, ofText] = /"terraform_version": *"([^"]+)"|v(\d\S*)/.exec(printed) ?? [];
  return ofJson ?? ofText ?? "unknown";
}

/** The first error without its frame, and without the advice at its end. */
function firstError(said: string): string {
  const [, error = said] = /(Error: [^]*?)(?=\s*(?:To see which modules|Error: )|$)/.exec(said) ?? [];
  return error.replace(/\n\n/g, "\n").trim();
}

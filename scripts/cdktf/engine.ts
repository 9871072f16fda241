import { spawn, spawnSync } from "node:child_process";
import { text } from "node:stream/consumers";
import { coerce, lt } from "semver";
import { Failure } from "./failure";
import type { SynthesizedStack } from "./synthesized-stack";

const HOW_TO_INSTALL =
  "Install Terraform 1.5 or later (https://developer.hashicorp.com/terraform/install) or OpenTofu 1.6 or later\n" +
  "(https://opentofu.org/docs/intro/install), or name the program in TERRAFORM_BINARY_NAME.";

/** The time that an engine may look for a registry or a mirror, in milliseconds, if the fleet can do without them. */
const PATIENCE = 5_000;

/** The output when an engine starts to look for providers: its backend is initialized by then. */
const LOOKING = /^Initializing provider plugins/m;

/** The output as soon as it has found a provider. */
const FOUND = /^- (?:Installing|Using) /m;

/** The output if it reaches neither a registry nor a mirror, or finds no such provider there. */
const UNREACHABLE =
  /could not connect|cannot search|discovery document|dial tcp|no such host|proxyconnect|deadline exceeded|time(?:d )?out|not found in any of the search locations|no available releases match|does not have a provider named/;

/** Terraform or OpenTofu. */
export class Engine {
  private constructor(
    public readonly program: string,
    private readonly version: string,
  ) {}

  /**
   * The requested engine, or the first one that is installed.
   *
   * @throws Failure if no engine is installed
   */
  public static find(): Engine {
    const asked = process.env["TERRAFORM_BINARY_NAME"] ?? "";
    const candidates = asked === "" ? ["terraform", "tofu"] : [asked];
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

  /** @throws Failure if it is too old for a stack */
  public check({ name, oldestEngine = "0" }: SynthesizedStack): void {
    if (lt(coerce(this.version) ?? "0.0.0", coerce(oldestEngine) ?? "0.0.0")) {
      throw new Failure(
        `"${this.program}" is version ${this.version}, and the stack "${name}" needs ${oldestEngine} or later.\n${HOW_TO_INSTALL}`,
      );
    }
  }

  /**
   * Installs the providers of a stack. It also writes the lock file: cdktf would get one from the registry, and ignore mirrors.
   *
   * @param insists whether to wait for a registry for as long as the engine itself does
   * @returns why the providers are not available, in the engine's words; undefined if they are installed
   * @throws Failure if anything else is wrong
   */
  public async install(stack: SynthesizedStack, insists: boolean): Promise<string | undefined> {
    // Without its backend, OpenTofu reports an encrypted state as corrupt.
    const options = stack.stateFile === undefined ? [] : ["-backend=false"];
    const child = spawn(this.program, ["init", ...options, "-input=false", "-no-color"], {
      cwd: stack.folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let progress = "";
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      if (!FOUND.test(progress)) {
        child.kill("SIGKILL");
      }
    };
    child.stdout.setEncoding("utf8").on("data", (data: string) => {
      progress += data;
      if (!insists && LOOKING.test(progress)) {
        timer ??= setTimeout(giveUp, PATIENCE);
      }
    });
    const [errors, ended] = [text(child.stderr), new Promise<number | null>((resolve) => child.on("close", resolve))];
    const status = await ended;
    clearTimeout(timer);
    if (status === 0) {
      return undefined;
    }
    if (child.killed) {
      return `No answer within ${PATIENCE / 1000} seconds.`;
    }
    const said = (await errors).trim();
    const isLack = /Failed to (query available|resolve|install) provider/i.test(said);
    if (isLack && UNREACHABLE.test(said.replace(/\s+/g, " "))) {
      return firstError(said);
    }
    throw new Failure(said);
  }

  /** @returns the errors of a plan, in the engine's words; empty without errors */
  public flawOfPlan({ folder }: SynthesizedStack, command: string): string {
    const options = command === "destroy" ? ["-destroy"] : [];
    const { status, stderr } = spawnSync(
      this.program,
      ["plan", "-input=false", "-no-color", "-lock=false", ...options],
      {
        cwd: folder,
        encoding: "utf8",
        maxBuffer: Infinity,
      },
    );
    return status === 0 ? "" : stderr;
  }

  /** @returns the state of a stack whose backend is initialized; empty without a state */
  public pullState({ folder, name }: SynthesizedStack): string {
    const { status, stdout, stderr } = spawnSync(this.program, ["state", "pull"], {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: Infinity,
    });
    if (status !== 0) {
      throw new Failure(`The state of "${name}" cannot be read:\n${stderr.trim()}`);
    }
    // OpenTofu may print a remark on its configuration first.
    return /^\{[^]*/m.exec(stdout)?.[0] ?? "";
  }
}

/** The version in an engine's output. An old engine prints no JSON, and OpenTofu may print a remark first. */
function versionOf(printed: string): string {
  const [, ofJson, ofText] = /"terraform_version": *"([^"]+)"|v(\d\S*)/.exec(printed) ?? [];
  return ofJson ?? ofText ?? "unknown";
}

/** The first error, without its frame and the advice at its end. */
function firstError(said: string): string {
  const [, error = said] = /(Error: [^]*?)(?=\s*(?:To see which modules|Error: )|$)/.exec(said) ?? [];
  return error.replace(/\n\n/g, "\n").trim();
}

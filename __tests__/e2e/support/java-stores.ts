import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listenTo, run, succeed, type Result } from "./run";
import type { Target } from "./tls-clients";

/** A PKCS #12 file, and its password. */
export interface Store {
  readonly file: string;
  readonly password: string;
}

/** A Java server and client that use PKCS #12 files and only the standard library. */
export class JavaStores {
  private readonly folder = mkdtempSync(join(tmpdir(), "java-"));

  public async compile(): Promise<void> {
    const sources = ["KeystoreServer", "Client"].map((name) => join(__dirname, "clients", `${name}.java`));
    await succeed("javac", ["-d", this.folder, ...sources]);
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }

  /** Shakes hands once: status 0 if the client verifies the server. */
  public connect({ host, port, name }: Target, { file, password }: Store): Promise<Result> {
    return run("java", ["-cp", this.folder, "Client", host, String(port), name, file, password]);
  }

  /** The aliases of a truststore, each with the kind of its entry. */
  public async entriesOf({ file, password }: Store): Promise<string[]> {
    const { stdout } = await run("keytool", ["-list", "-keystore", file, "-storepass:env", "STORE", "-noprompt"], {
      env: { STORE: password },
    });
    return [...stdout.matchAll(/^(\S+), .*, (\w+), *$/gm)]
      .map(([, alias = "", kind = ""]) => `${alias} ${kind}`)
      .sort();
  }

  /** @throws Error with its output if it does not start */
  public serve({ file, password }: Store): Promise<JavaServer> {
    return JavaServer.start(["-cp", this.folder, "KeystoreServer", file], password);
  }
}

/** A Java server on a free port. */
export class JavaServer {
  private constructor(
    private readonly process: ChildProcessWithoutNullStreams,
    public readonly port: number,
    /** The entries of its keystore. */
    public readonly aliases: string,
  ) {}

  public static async start(parameters: readonly string[], password: string): Promise<JavaServer> {
    const child = spawn("java", parameters, { env: { ...process.env, PASSWORD: password } });
    const said = listenTo(child);
    await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
    const [, port, aliases = ""] = /^(\d+) (.*)\n/.exec(said.stdout) ?? [];
    if (port === undefined) {
      child.kill("SIGKILL");
      throw new Error(`Java does not serve: ${said.stderr}`);
    }
    return new JavaServer(child, Number(port), aliases);
  }

  public async stop(): Promise<void> {
    this.process.kill("SIGKILL");
    await once(this.process, "exit");
  }
}

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Tool } from "./machine";
import { run, succeed } from "./run";

/** The folder of Debian's PostgreSQL versions, which are not in PATH. */
const DEBIAN = "/usr/lib/postgresql";

/** The server program, in the folder of its other programs: from PATH, otherwise Debian's newest. */
export function findPostgres(): Tool {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions.map((name) => join(DEBIAN, name, "bin")),
  ];
  const program = folders.map((folder) => join(folder, "postgres")).find((path) => existsSync(path));
  if (program === undefined) {
    return { program: "postgres", missing: "PostgreSQL is not installed" };
  }
  const hasUser = !isRoot() || idOfServer("-u") !== undefined;
  // The folder of a link to it does not have the other programs.
  return {
    program: realpathSync(program),
    ...(!hasUser && { missing: "PostgreSQL does not run as root, and there is no user postgres" }),
  };
}

/** A new PostgreSQL server with a socket in its folder. A connection needs the password. */
export class Postgres {
  private server: ChildProcess | undefined;
  private log = "";

  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    /** The password, which no file or output may contain. */
    public readonly password: string,
  ) {}

  public static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), "postgres-"));
    const server = new Postgres(dirname(findPostgres().program), folder, randomBytes(12).toString("hex"));
    writeFileSync(join(folder, "password"), server.password);
    const { uid, gid } = identity();
    if (uid !== undefined && gid !== undefined) {
      chownSync(folder, uid, gid);
    }
    const made = server.spawn(
      "initdb",
      ...["--pgdata", server.data, "--username", "fleet", "--pwfile", join(folder, "password")],
      ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
    );
    if ((await once(made, "close"))[0] !== 0) {
      throw new Error(`initdb failed:\n${server.log}`);
    }
    rmSync(join(folder, "password"));
    await server.restart();
    return server;
  }

  /**
   * Makes a database.
   *
   * @returns its connection string, without user and password, which are in the environment
   */
  public async createDatabase(name: string): Promise<string> {
    await this.psql(this.address("postgres"), `CREATE DATABASE ${name}`);
    return this.address(name);
  }

  /** The environment variables of a connection. */
  public get credentials(): Readonly<Record<string, string>> {
    return { PGUSER: "fleet", PGPASSWORD: this.password };
  }

  /** The output of psql for a query: a line for each row, with `|` between columns. */
  public async psql(connection: string, sql: string): Promise<string> {
    const options = ["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql];
    const answer = await succeed(join(this.programs, "psql"), [connection, ...options], { env: this.credentials });
    return answer.trimEnd();
  }

  /** Kills the server: connections break, and nothing is cleaned up. */
  public crash(): Promise<void> {
    return this.end("SIGQUIT");
  }

  /** Starts the server again with its data. */
  public async restart(): Promise<void> {
    const server = this.spawn(
      "postgres",
      ...["-D", this.data, "-c", "listen_addresses=", "-c", `unix_socket_directories=${this.folder}`],
      ...["-c", "fsync=off"],
    );
    this.server = server;
    for (let attempt = 0; attempt < 200 && server.exitCode === null; attempt++) {
      if ((await run(join(this.programs, "pg_isready"), ["--host", this.folder])).status === 0) {
        return;
      }
      await sleep(50);
    }
    throw new Error(`PostgreSQL does not start:\n${this.log}`);
  }

  public async stop(): Promise<void> {
    await this.end("SIGINT");
    rmSync(this.folder, { recursive: true });
  }

  private address(database: string): string {
    return `postgres:///${database}?host=${encodeURIComponent(this.folder)}&sslmode=disable`;
  }

  private get data(): string {
    return join(this.folder, "data");
  }

  private spawn(name: string, ...parameters: string[]): ChildProcess {
    const options = { cwd: this.folder, ...identity() };
    const child = spawn(join(this.programs, name), parameters, options);
    for (const output of [child.stdout, child.stderr]) {
      output.on("data", (data: Buffer) => {
        this.log += data.toString();
      });
    }
    return child;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server?.exitCode === null) {
      const ended = once(server, "close");
      server.kill(signal);
      await ended;
    }
  }
}

/** PostgreSQL refuses to run as root, so root uses the user of Debian's package. */
function identity(): { readonly uid?: number; readonly gid?: number } {
  const [uid, gid] = isRoot() ? [idOfServer("-u"), idOfServer("-g")] : [];
  return { ...(uid !== undefined && { uid }), ...(gid !== undefined && { gid }) };
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function idOfServer(kind: "-u" | "-g"): number | undefined {
  const { status, stdout } = spawnSync("id", [kind, "postgres"], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
}

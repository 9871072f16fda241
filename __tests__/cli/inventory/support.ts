import { CommanderError } from "commander";
import { type MadeAuthority, makeAuthority, type AuthorityOptions } from "../../support/authorities";
import type { Entry, Inventory } from "../../../lib/cli/inventory/entry";
import { failureOf } from "../../../lib/cli/failure";
import { dial } from "../../../lib/cli/check/dial/dial";
import type { Io } from "../../../lib/cli/io";
import { program } from "../../../lib/cli/program";

/** The files of a world by their paths, `-` for standard input. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

export interface World {
  /** @default - the current time */
  readonly now?: Date;
  readonly env?: Io["env"];
  /** @default "/work" */
  readonly directory?: string;
  readonly isTerminal?: boolean;
  /** @default - real connections */
  readonly dial?: Io["dial"];
}

export interface Outcome {
  readonly output: string;
  readonly warnings: readonly string[];
  readonly progress: readonly string[];
  readonly status: number;
  /** The files that were opened. */
  readonly opened: readonly string[];
}

/** Runs `mqtt-pki inventory` in its own world. */
export function inventory(files: Files, args: readonly string[], world: World = {}): Promise<Outcome> {
  return mqttPki(files, ["inventory", ...args], world);
}

/** Runs `mqtt-pki` in its own world. */
export async function mqttPki(files: Files, args: readonly string[], world: World = {}): Promise<Outcome> {
  let [output, status] = ["", 0];
  const [warnings, progress, opened]: [string[], string[], string[]] = [[], [], []];
  const io: Io = {
    now: world.now ?? new Date(),
    env: world.env ?? {},
    directory: world.directory ?? "/work",
    isTerminal: world.isTerminal ?? false,
    read: (path) => {
      opened.push(path);
      const content = files[path] ?? "";
      return Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content);
    },
    find: (path) => {
      const content = files[path];
      return Promise.resolve(typeof content === "string" ? new TextEncoder().encode(content) : content);
    },
    list: (directory) => {
      const paths = Object.keys(files).filter((path) => path.startsWith(`${directory}/`));
      return Promise.resolve(
        directory in files ? undefined : paths.map((path) => path.slice(directory.length + 1)).sort(),
      );
    },
    write: (text) => {
      output += text;
    },
    writeCommands: (text) => {
      output += text;
    },
    warn: (line) => {
      warnings.push(line);
    },
    progress: (line) => {
      progress.push(line());
    },
    dial: world.dial ?? dial,
    reportFindings: () => {
      status = 1;
    },
  };
  try {
    await program(io, "0.0.0").parseAsync(["node", "mqtt-pki", ...args]);
  } catch (error) {
    const failure = failureOf(error);
    status = failure.status;
    warnings.push(...failure.lines, ...(error instanceof CommanderError ? [error.message] : []));
  }
  return { output, warnings, progress, status, opened };
}

/** The inventory, from `--format json`. */
export async function inventoried(files: Files, args: readonly string[], world: World = {}): Promise<Inventory> {
  const { output } = await inventory(files, [...args, "--format", "json"], world);
  return JSON.parse(output) as Inventory;
}

/** A server certificate; `subjectAltName` holds its names in openssl's syntax. */
export function makeServer(
  folder: string,
  name: string,
  issuer: MadeAuthority,
  { extensions, ...options }: AuthorityOptions = {},
): MadeAuthority {
  return makeAuthority(folder, name, {
    subject: "/CN=mqtt-1.example.com",
    days: 100,
    ...options,
    issuer,
    extensions: {
      basicConstraints: "critical, CA:FALSE",
      keyUsage: "critical, digitalSignature",
      extendedKeyUsage: "serverAuth",
      subjectAltName: "DNS:mqtt-1.example.com",
      ...extensions,
    },
  });
}

/** A state in the format of `terraform show -json`, with these resources: addresses and values. */
export function stateOf(...resources: readonly (readonly [address: string, values: object])[]): string {
  return JSON.stringify({
    format_version: "1.0",
    terraform_version: "1.11.4",
    values: {
      root_module: {
        resources: resources.map(([address, values]) => {
          const [type, name] = address.replace(/^data\./, "").split(".");
          return { address, mode: "managed", type, name, values };
        }),
      },
    },
  });
}

export function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}

/** Each entry in short: `address (generation): accepted, by issuer (generation)`. */
export function brief(entries: readonly Entry[]): string[] {
  return entries.map(({ address, generation, accepted, issuer }) => {
    const by =
      issuer === null ? "no one" : `${issuer.commonName}${issuer.generation === null ? "" : ` (${issuer.generation})`}`;
    return `${address}${generation === null ? "" : ` (${generation})`}: ${String(accepted)}, by ${by}`;
  });
}

/** The state before a plan. */
export function priorState(plan: string): string {
  const { prior_state: state } = JSON.parse(plan) as { prior_state: object };
  return JSON.stringify(state);
}

/** An authority with a broker, and one below it with another. */
interface Plant {
  readonly root: MadeAuthority;
  readonly intermediate: MadeAuthority;
  readonly server: MadeAuthority;
  readonly lower: MadeAuthority;
}

export function makePlant(folder: string): Plant {
  const root = makeAuthority(folder, "Plant CA");
  const intermediate = makeAuthority(folder, "Plant CA for brokers", { issuer: root });
  const server = makeServer(folder, "mqtt-1", root, {
    extensions: { subjectAltName: "DNS:mqtt-1.example.com, IP:2001:db8::10, URI:urn:mqtt-1" },
  });
  const lower = makeServer(folder, "mqtt-2", intermediate, {
    subject: "/CN=mqtt-2.example.com",
    extensions: { subjectAltName: "DNS:mqtt-2.example.com" },
  });
  return { root, intermediate, server, lower };
}

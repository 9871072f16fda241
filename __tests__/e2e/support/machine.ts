/** The programs of this machine that end-to-end tests use. Found out once, before the first test. */
export interface Machine {
  readonly engines: readonly Engine[];
  readonly mosquitto: Tool;
  /** `mosquitto_sub`; `mosquitto_pub` is in the same folder. */
  readonly mosquittoClients: Tool;
  readonly nats: Tool;
  /** The script that starts RabbitMQ; the control script is in the same folder. */
  readonly rabbitmq: Tool;
  readonly sshd: Tool;
  readonly openssl: Tool;
  readonly python: Tool;
  readonly go: Tool;
  /** The Java compiler. */
  readonly java: Tool;
  readonly haproxy: Tool;
  readonly chromium: Tool;
  /** npm with its registry. */
  readonly npm: Tool;
}

/** A program, or why it is missing. */
export interface Tool {
  readonly program: string;
  /** The reason why the program is missing; absent if it exists. */
  readonly missing?: string;
  /** The folder of its libraries, if not a system folder. */
  readonly libraryPath?: string;
  /** A library that it loads first, if it needs one. */
  readonly preload?: string;
}

/** Terraform or OpenTofu. */
export interface Engine extends Tool {
  readonly name: "Terraform" | "OpenTofu";
  /** The engine's access to the tls and local providers. */
  readonly providers: Tool;
}

const VARIABLE = "E2E_MACHINE";

/** Passes the findings to the tests, which run in their own processes. */
export function publish(machine: Machine): void {
  process.env[VARIABLE] = JSON.stringify(machine);
}

export function machine(): Machine {
  const text = process.env[VARIABLE];
  if (text === undefined) {
    throw new Error("The end-to-end tests run from jest's e2e project, whose global setup looks at the machine.");
  }
  return JSON.parse(text) as Machine;
}

/** `describe`, which skips if a tool is missing and gives the reason in its name. */
export function describeWith(tools: readonly Tool[], name: string, body: () => void): void {
  const missing = tools.flatMap((tool) => tool.missing ?? []);
  if (missing.length === 0) {
    describe(name, body);
  } else {
    const skip = describe.skip;
    skip(`${name} [${missing.join("; ")}]`, body);
  }
}

/** A `describe` for engines: its body is called with each. */
export type DescribeEach = (name: string, body: (engine: Engine) => void, tools?: readonly Tool[]) => void;

/** One `describe` for each engine, with the providers. */
export const describeEachEngine: DescribeEach = (name, body, tools = []) => {
  for (const engine of machine().engines) {
    describeEngine(engine, name, body, tools);
  }
};

/** With the providers. */
export function describeEngine(
  engine: Engine,
  name: string,
  body: (engine: Engine) => void,
  tools: readonly Tool[],
): void {
  describeWith([engine, engine.providers, ...tools], `${engine.name}: ${name}`, () => {
    body(engine);
  });
}

/** One `describe` for each engine, for tests without providers: custody "machine". */
export const describeEachBareEngine: DescribeEach = (name, body, tools = []) => {
  for (const engine of machine().engines) {
    describeBareEngine(engine, name, body, tools);
  }
};

/** For tests without providers: custody "machine". */
export function describeBareEngine(
  engine: Engine,
  name: string,
  body: (engine: Engine) => void,
  tools: readonly Tool[],
): void {
  describeWith([engine, machine().openssl, ...tools], `${engine.name}, without providers: ${name}`, () => {
    body(engine);
  });
}

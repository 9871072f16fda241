/** What a machine has of what the end-to-end tests need. Found out once, before the first of them. */
export interface Machine {
  readonly engines: readonly Engine[];
  readonly mosquitto: Tool;
  /** `mosquitto_sub`; `mosquitto_pub` is in the same folder. */
  readonly mosquittoClients: Tool;
  readonly nats: Tool;
  /** Its script that starts it; the one that controls it is next to it. */
  readonly rabbitmq: Tool;
  readonly sshd: Tool;
  readonly openssl: Tool;
  readonly python: Tool;
  readonly go: Tool;
  /** Its compiler. */
  readonly java: Tool;
  readonly haproxy: Tool;
  readonly chromium: Tool;
  /** With its registry. */
  readonly npm: Tool;
}

/** A program, or why it is missing. */
export interface Tool {
  readonly program: string;
  /** What is missing; absent where nothing is. */
  readonly missing?: string;
  /** Where its libraries are, if not in the system's own places. */
  readonly libraryPath?: string;
}

/** Terraform or OpenTofu. */
export interface Engine extends Tool {
  readonly name: "Terraform" | "OpenTofu";
  /** Its way to the tls and local providers. */
  readonly providers: Tool;
}

const VARIABLE = "E2E_MACHINE";

/** Hands the findings on to the tests, which run in their own processes. */
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

/** `describe`, or where a tool is missing, one that skips and says why in its name. */
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

/** One `describe` for each engine, for what needs no provider: custody "machine". */
export const describeEachBareEngine: DescribeEach = (name, body, tools = []) => {
  for (const engine of machine().engines) {
    describeBareEngine(engine, name, body, tools);
  }
};

/** For what needs no provider: custody "machine". */
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

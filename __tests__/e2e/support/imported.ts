import { mkdirSync } from "node:fs";
import { type MadeAuthority, makeAuthority } from "../../support/authorities";
import { type Engine, machine } from "./machine";
import { type FileFacts, Project } from "./project";
import { run, type Result, allOf } from "./run";
import { CompiledClients, nodeClient, pythonClient, sClient } from "./tls-clients";

export const FIRST = "mqtt-1.example.com";
export const SECOND = "mqtt-2.example.com";

const tools = machine();

/** The clients of these tests. Strict ones require key usages of an authority (RFC 5280, section 4.2.1.3). */
export const clientsOf = (compiled: CompiledClients) =>
  [
    { name: "openssl s_client, strict", tools: [], connect: sClient, isStrict: true },
    { name: "Python's ssl, strict", tools: [tools.python], connect: pythonClient, isStrict: true },
    { name: "Node's tls", tools: [], connect: nodeClient, isStrict: false },
    { name: "Go's crypto/tls", tools: [tools.go], connect: compiled.go, isStrict: false },
    { name: "Java's JSSE", tools: [tools.java], connect: compiled.java, isStrict: false },
  ] as const;

/** Sets Terraform variables in the environment. */
export function give(variables: { readonly ca_key?: string; readonly ca_password?: string }): void {
  for (const [name, value] of Object.entries(variables)) {
    process.env[`TF_VAR_${name}`] = value;
  }
}

export function forget(): void {
  delete process.env["TF_VAR_ca_key"];
  delete process.env["TF_VAR_ca_password"];
}

/** Runs the engine in the folder of one of the app's stacks. */
export type Run = (...parameters: string[]) => Promise<Result>;

export function stackOf(project: Project, engine: Engine, stack: string, env: NodeJS.ProcessEnv = {}): Run {
  return (command = "", ...parameters) =>
    run(engine.program, [command, "-no-color", ...parameters], {
      cwd: project.path("cdktf.out/stacks", stack),
      env: { ...project.env, ...env },
    });
}

/** @throws Error with the engine's output if the exit status differs */
export async function expectStatus(status: number, running: Promise<Result>): Promise<string> {
  const result = await running;
  if (result.status !== status) {
    throw new Error(`ended with ${result.status}:\n${allOf(result)}`);
  }
  return allOf(result);
}

export async function deploy(runs: readonly Run[]): Promise<void> {
  await Promise.all(
    runs.map(async (engine) => {
      await expectStatus(0, engine("init", "-input=false"));
      await expectStatus(0, engine("apply", "-input=false", "-auto-approve"));
    }),
  );
}

/** The text of a fleet of two brokers by default, whose directory is named after its id (`pki` for `mqtt`). */
export function fleet(
  custody: string,
  id: string,
  authority: string,
  brokers: readonly string[] = [FIRST, SECOND],
): string {
  return `new BrokerPki(app, "${id}", {
    custody: "${custody}",
    directory: "${id === "mqtt" ? "pki" : id}",
    authority: { ${authority} },
    keyAlgorithm: KeyAlgorithm.ECDSA_P256,
    brokers: ${JSON.stringify(brokers.map((address) => ({ address })))},
  });`;
}

export function namesOf(files: Readonly<Record<string, FileFacts>>): string[] {
  return Object.keys(files).sort();
}

/** The files of a fleet's directory, without a key of the authority. */
export function fileNames(custody: string, addresses: readonly string[] = [FIRST, SECOND]): string[] {
  return [
    ...(custody === "machine" ? ["authorities.records", "brokers.records", "owner.json"] : []),
    "ca.pem",
    ...addresses.flatMap((address) => ["server.key", "server.pem"].map((name) => `brokers/${address}/${name}`)),
  ].sort();
}

export function certificatesIn(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----\n/g) ?? [];
}

/** The authorities of a company: a root, an intermediate for all plants, and one for this plant, which signs. */
export interface Company {
  readonly root: MadeAuthority;
  readonly middle: MadeAuthority;
  readonly signer: MadeAuthority;
}

export function makeCompany(folder: string): Company {
  mkdirSync(folder, { recursive: true });
  const limited = (pathLength: number): Record<string, string> => ({
    basicConstraints: `critical, CA:TRUE, pathlen:${pathLength}`,
  });
  const root = makeAuthority(folder, "root", { subject: "/O=Example Ltd/CN=Root CA" });
  const middle = makeAuthority(folder, "middle", { subject: "/CN=Plants CA", issuer: root, extensions: limited(1) });
  const signer = makeAuthority(folder, "signer", { subject: "/CN=Plant CA", issuer: middle, extensions: limited(0) });
  return { root, middle, signer };
}

export function chainOf(...authorities: readonly MadeAuthority[]): string {
  return authorities.map(({ certificatePem }) => certificatePem).join("");
}

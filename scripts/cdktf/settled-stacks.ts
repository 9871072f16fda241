import { existsSync, readFileSync } from "node:fs";
import type { Custody } from "../../lib/values/custody";
import { synthesize } from "./app";
import { custodyOfState } from "./custody-of-state";
import type { Engine } from "./engine";
import { Failure } from "./failure";
import type { SynthesizedStack } from "./synthesized-stack";

/** The custodies that stacks were deployed with, by stack name; undefined if nothing is deployed. */
type Deployed = ReadonlyMap<string, Custody | undefined>;

/** A stack whose providers are not available, and why, in the engine's words. */
interface Lack {
  readonly stack: SynthesizedStack;
  readonly reason: string;
}

/**
 * Synthesizes without an engine. A fleet that declares no custody gets the requested one, or the one that it was deployed with, if
 * its state is a file.
 *
 * @throws Failure if a fleet was deployed with another custody
 */
export function synthesizeAsDeployed(asked: Custody | undefined): readonly SynthesizedStack[] {
  const stacks = synthesize(asked);
  const inFiles = stacks.map((stack) => [stack.name, deployedWith(stack, readState(stack.stateFile))] as const);
  return asDeployed(stacks, new Map(inFiles), asked);
}

/**
 * Synthesizes, and installs the providers. A fleet that declares no custody gets the requested one, or the one that it was deployed
 * with. A fleet that is not deployed gets custody "state" if the engine has the providers, and "machine" if not.
 *
 * @param command the npm command, for messages
 * @throws Failure if the providers are needed and not available
 */
export async function settleStacks(
  engine: Engine,
  command: string,
  asked: Custody | undefined,
): Promise<readonly SynthesizedStack[]> {
  const stacks = synthesize(asked);
  const deployed = await deployedWithAll(engine, stacks);
  const settled = asDeployed(stacks, deployed, asked);
  const [needy] = [...deployed].find(([, custody]) => custody === "state") ?? [];
  const insists = asked !== undefined || needy !== undefined;
  const lack = await install(engine, settled, insists);
  if (lack === undefined) {
    return settled;
  }
  if (needy !== undefined) {
    throw lacking(engine, lack, `"${needy}" was deployed with custody "state", which needs them.`);
  }
  if (asked !== undefined) {
    throw lacking(engine, lack, asked === "state" ? "To deploy without them, leave --custody out." : DECLARED);
  }
  const alone = synthesizeAlone();
  if (typeof alone === "string") {
    // The fleet needs the providers, so the engine may take longer.
    const again = asDeployed(synthesize(asked), deployed, asked);
    const still = await install(engine, again, true);
    if (still !== undefined) {
      throw lacking(engine, still, alone);
    }
    return again;
  }
  await install(engine, alone, true);
  process.stderr.write(
    `Neither a registry nor a mirror with the providers hashicorp/tls and hashicorp/local can be reached, so the fleet has custody "machine":\n` +
      `keys are made on this machine, and exist only in their files, not in the state. Back up these files (docs/explanation/custody.md).\n` +
      `To use the providers instead: npm run ${command} -- --custody state\n`,
  );
  return alone;
}

const DECLARED = 'The declaration needs them: it has custody "state", or resources of other kinds.';

/** Synthesizes with custody "machine", which needs no provider. @returns the stacks, or why that is not possible */
function synthesizeAlone(): readonly SynthesizedStack[] | string {
  try {
    const stacks = synthesize("machine");
    return stacks.some(({ needsProviders }) => needsProviders) ? DECLARED : stacks;
  } catch (error) {
    if (error instanceof Failure) {
      return `Without them, this fleet cannot be deployed:\n\n${error.message}\n`;
    }
    throw error;
  }
}

async function deployedWithAll(engine: Engine, stacks: readonly SynthesizedStack[]): Promise<Deployed> {
  const deployed = new Map<string, Custody | undefined>();
  for (const stack of stacks) {
    if (stack.stateFile === undefined) {
      engine.check(stack);
      // An engine can read a state once its backend is initialized, even without the providers.
      await engine.install(stack, false);
    }
    const state = stack.stateFile === undefined ? engine.pullState(stack) : readState(stack.stateFile);
    deployed.set(stack.name, deployedWith(stack, state));
  }
  return deployed;
}

function deployedWith(stack: SynthesizedStack, state: string): Custody | undefined {
  try {
    return custodyOfState(state) ?? (stack.hasAuthorityOfMachine ? "machine" : undefined);
  } catch (error) {
    const { message } = error as Error;
    throw new Failure(
      `The state of "${stack.name}" cannot be read: ${message}.\nRestore it from a backup (docs/how-to/restore.md).`,
    );
  }
}

function readState(file: string | undefined): string {
  return file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
}

function asDeployed(
  stacks: readonly SynthesizedStack[],
  deployed: Deployed,
  asked: Custody | undefined,
): readonly SynthesizedStack[] {
  const isOther = ({ name, custody }: SynthesizedStack): boolean =>
    custody !== undefined && deployed.get(name) !== undefined && deployed.get(name) !== custody;
  const other = stacks.find(isOther);
  if (other === undefined) {
    return stacks;
  }
  const [is, was] = [other.custody ?? "", deployed.get(other.name) ?? ""];
  const others = asked === undefined ? synthesize("machine") : stacks;
  if (others.some(isOther)) {
    const fix = asked === is ? "Leave --custody out" : `Declare custody: "${was}" for its fleet`;
    throw new Failure(
      `"${other.name}" was deployed with custody "${was}", but would now have custody "${is}".\n` +
        `${fix}. docs/how-to/change-custody.md describes how to change the custody, and what happens to the keys.`,
    );
  }
  process.stderr.write(`"${other.name}" was deployed with custody "${was}", and keeps it.\n`);
  return others;
}

async function install(
  engine: Engine,
  stacks: readonly SynthesizedStack[],
  insists: boolean,
): Promise<Lack | undefined> {
  for (const stack of stacks) {
    engine.check(stack);
    const reason = await engine.install(stack, insists);
    if (reason !== undefined) {
      return { stack, reason };
    }
  }
  return undefined;
}

function lacking({ program }: Engine, { stack, reason }: Lack, consequence: string): Failure {
  const lines = [
    `The providers of "${stack.name}" are not available: ${program} reaches neither its registry nor a mirror that has them.`,
    consequence,
    "docs/how-to/offline.md describes how to bring them to a network without a registry.",
  ];
  return new Failure([...lines, "", reason].join("\n"));
}

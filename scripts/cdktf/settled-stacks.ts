import { existsSync, readFileSync } from "node:fs";
import type { Custody } from "../../lib/values/custody";
import { synthesize } from "./app";
import { custodyOfState } from "./custody-of-state";
import type { Engine } from "./engine";
import { Failure } from "./failure";
import type { SynthesizedStack } from "./synthesized-stack";

/** The custodies that states were made with, by the names of their stacks; undefined where nothing is deployed. */
type Made = ReadonlyMap<string, Custody | undefined>;

/** A stack whose providers cannot be had, and why, in the engine's words. */
interface Lack {
  readonly stack: SynthesizedStack;
  readonly reason: string;
}

/**
 * Synthesizes without an engine. A fleet that leaves its custody open has the one that is asked for, or else the one that its
 * state was made with, where that is a file.
 *
 * @throws Failure where a state was made with another custody than the fleet has
 */
export function synthesizeAsDeployed(asked: Custody | undefined): readonly SynthesizedStack[] {
  const stacks = synthesize(asked);
  const inFiles = stacks.map(({ name, stateFile }) => [name, custodyOfState(readState(stateFile))] as const);
  return asMade(stacks, new Map(inFiles), asked);
}

/**
 * Synthesizes, and installs the providers. A fleet that leaves its custody open has the one that is asked for, or else the one
 * that its state was made with. Where nothing is deployed, it has custody "state" if the engine has the providers, and
 * "machine" if not.
 *
 * @param command of npm, for what is said of it
 * @throws Failure where there is no way on
 */
export async function settleStacks(
  engine: Engine,
  command: string,
  asked: Custody | undefined,
): Promise<readonly SynthesizedStack[]> {
  const stacks = synthesize(asked);
  const made = await madeWith(engine, stacks, asked);
  const settled = asMade(stacks, made, asked);
  const lack = await install(engine, settled, asked);
  if (lack === undefined) {
    return settled;
  }
  refuseLack(engine, lack, made, asked);
  const alone = synthesizeAlone((why) => lacking(engine, lack, why));
  await install(engine, alone, "machine");
  process.stderr.write(
    `No registry and no mirror with the providers hashicorp/tls and hashicorp/local was reached. So the fleet has custody "machine":\n` +
      `openssl makes the keys on this machine. They are in their files alone, not in the state: back these up (docs/custody.md).\n` +
      `To insist on the providers: npm run ${command} -- --custody state\n`,
  );
  return alone;
}

/** With custody "machine", for which an engine needs no provider. */
function synthesizeAlone(failure: (why: string) => Failure): readonly SynthesizedStack[] {
  let stacks: readonly SynthesizedStack[];
  try {
    stacks = synthesize("machine");
  } catch (error) {
    throw error instanceof Failure ? failure(`Without them, this fleet cannot be:\n\n${error.message}\n`) : error;
  }
  if (stacks.some(({ needsProviders }) => needsProviders)) {
    throw failure('What is declared needs them, for it has custody "state", or resources of other kinds.');
  }
  return stacks;
}

async function madeWith(
  engine: Engine,
  stacks: readonly SynthesizedStack[],
  asked: Custody | undefined,
): Promise<Made> {
  const made = new Map<string, Custody | undefined>();
  for (const stack of stacks) {
    if (stack.stateFile === undefined) {
      engine.check(stack);
      // An engine reads what it has a backend for, with or without the providers.
      await engine.install(stack, asked === "state");
    }
    const state = stack.stateFile === undefined ? engine.pullState(stack) : readState(stack.stateFile);
    made.set(stack.name, custodyOfState(state));
  }
  return made;
}

function readState(file: string | undefined): string {
  return file !== undefined && existsSync(file) ? readFileSync(file, "utf8") : "";
}

function asMade(
  stacks: readonly SynthesizedStack[],
  made: Made,
  asked: Custody | undefined,
): readonly SynthesizedStack[] {
  const isOther = ({ name, custody }: SynthesizedStack): boolean =>
    custody !== undefined && made.get(name) !== undefined && made.get(name) !== custody;
  const other = stacks.find(isOther);
  if (other === undefined) {
    return stacks;
  }
  const [is, was] = [other.custody ?? "", made.get(other.name) ?? ""];
  const others = asked === undefined ? synthesize("machine") : stacks;
  if (others.some(isOther)) {
    const fix = asked === is ? "Leave --custody out" : `Declare custody: "${was}" for its fleet`;
    throw new Failure(
      `The state of "${other.name}" was made with custody "${was}", and here it would have custody "${is}".\n` +
        `${fix}; or see docs/custody.md for how to go from one to the other, and what becomes of the keys.`,
    );
  }
  process.stderr.write(`The state of "${other.name}" was made with custody "${was}", and keeps it.\n`);
  return others;
}

async function install(
  engine: Engine,
  stacks: readonly SynthesizedStack[],
  asked: Custody | undefined,
): Promise<Lack | undefined> {
  for (const stack of stacks) {
    engine.check(stack);
    stack.guardKeys();
    const reason = await engine.install(stack, asked === "state");
    if (reason !== undefined) {
      return { stack, reason };
    }
  }
  return undefined;
}

/** @throws Failure where custody "machine" is no way on */
function refuseLack(engine: Engine, lack: Lack, made: Made, asked: Custody | undefined): void {
  const [deployed] = [...made].find(([, custody]) => custody === "state") ?? [];
  if (deployed !== undefined) {
    throw lacking(engine, lack, `The state of "${deployed}" was made with custody "state", which needs them.`);
  }
  if (asked !== undefined) {
    throw lacking(engine, lack, asked === "state" ? "To do without them, leave --custody out." : undefined);
  }
}

function lacking({ program }: Engine, { stack, reason }: Lack, consequence?: string): Failure {
  const lines = [
    `The providers of "${stack.name}" cannot be had: ${program} reaches neither its registry nor a mirror that has them.`,
    ...(consequence === undefined ? [] : [consequence]),
    "docs/air-gapped.md tells how to bring them to a network without a registry.",
  ];
  return new Failure([...lines, "", reason].join("\n"));
}

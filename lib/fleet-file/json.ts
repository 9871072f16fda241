import { type Flaw, type FleetText, positionsOf } from "./text";
import { locator, readYaml } from "./yaml";

/** Reads JSON. */
export function readJson(text: string): FleetText {
  try {
    const content: unknown = JSON.parse(text);
    // JSON.parse keeps the last of two properties with one name, and says nothing. Parsing it as YAML finds them, slowly.
    const flaws = countWritten(text) === countRead(content) ? [] : readYaml(text).flaws;
    return { content, flaws, locate: locator(text) };
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
    return { content: undefined, flaws: [flawOf(text, error)], locate: locator(text) };
  }
}

/** How many properties a JSON text writes: each is a string with a colon after it. */
function countWritten(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon !== undefined).length;
}

/** How many properties there are in what was read. */
function countRead(content: unknown): number {
  if (typeof content !== "object" || content === null) {
    return 0;
  }
  const inner = Object.values(content);
  return inner.reduce((sum: number, value) => sum + countRead(value), Array.isArray(content) ? 0 : inner.length);
}

function flawOf(text: string, error: SyntaxError): Flaw {
  const index = indexOf(text, error);
  const place = { position: positionsOf(text)(index), way: [], value: text.slice(index, index + 1) };
  return index < text.length
    ? { ...place, reason: "is not what JSON has here", fix: "look for a stray comma or comment, or a missing quote" }
    : { ...place, reason: "is not the end of JSON", fix: "close what is open" };
}

/** The first character that cannot be: V8 names it, but where it expects a value. */
function indexOf(text: string, { message }: SyntaxError): number {
  const named = / at position (\d+)/.exec(message)?.[1];
  if (named !== undefined) {
    return Number(named);
  }
  // The shortest beginning that fails for it is one character longer; shorter ones fail for their end.
  let [fails, passes] = [text.length + 1, 0];
  while (fails - passes > 1) {
    const middle = Math.floor((fails + passes) / 2);
    [fails, passes] = failsForACharacter(text.slice(0, middle)) ? [middle, passes] : [fails, middle];
  }
  return fails - 1;
}

function failsForACharacter(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error instanceof SyntaxError && error.message.endsWith("is not valid JSON");
  }
}

import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { DUPLICATE, type Flaw, type FleetText, lazy, positionsOf, type Way } from "./text";

/** Reads JSON. */
export function readJson(text: string): FleetText {
  const positionAt = lazy(() => positionsOf(text));
  // A tree takes many times the memory of its text: it is made again where it is needed.
  const tree = lazy(() => parse(text).root);
  const locate = (way: Way) => positionAt()(nodeAt(tree(), way)?.offset ?? 0);
  const { root, error } = parse(text);
  if (error !== undefined) {
    return { content: undefined, flaws: [flawOf(text, error)], locate };
  }
  // JSON.parse keeps the last of two properties with one name, and says nothing.
  const flaws = duplicatesIn(root).map(({ offset }) => ({ position: positionAt()(offset), way: [], ...DUPLICATE }));
  return { content: JSON.parse(text) as unknown, flaws, locate };
}

function parse(text: string): { readonly root: Node | undefined; readonly error: ParseError | undefined } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  return { root, error: errors[0] };
}

/** The names of properties that their objects have already. */
function duplicatesIn(node: Node | undefined): Node[] {
  const { type, children = [] } = node ?? {};
  const names = type === "object" ? children.flatMap((property) => property.children?.[0] ?? []) : [];
  const seen = new Set<unknown>();
  const own = names.filter(({ value }) => seen.size === seen.add(value).size);
  return [...own, ...children.flatMap(duplicatesIn)];
}

/** The first thing that is not JSON. A string without an end is none from the end of its line on. */
function flawOf(text: string, { error, offset, length }: ParseError): Flaw {
  const index = printParseErrorCode(error) === "UnexpectedEndOfString" ? offset + length : offset;
  const place = { position: positionsOf(text)(index), way: [], value: text.slice(index, index + 1) };
  return index < text.length
    ? { ...place, reason: "is not what JSON has here", fix: "look for a stray comma or comment, or a missing quote" }
    : { ...place, reason: "is not the end of JSON", fix: "close what is open" };
}

/** The innermost node on the way. */
function nodeAt(root: Node | undefined, way: Way): Node | undefined {
  let node = root;
  for (const name of way) {
    const inner = node && findNodeAtLocation(node, [node.type === "array" ? Number(name) : name]);
    if (inner === undefined) {
      break;
    }
    node = inner;
  }
  return node;
}

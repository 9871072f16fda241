import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { DUPLICATE, type Flaw, type LocatedText, lazy, positionsOf, TOO_DEEP, type Way } from "./located-text";

/** More than any file has that is written by hand. The parser calls itself for each, and the stack has an end. */
const DEPTH_AT_MOST = 100;

/** Reads JSON. */
export function readJson(text: string): LocatedText {
  const positionAt = lazy(() => positionsOf(text));
  const excess = excessOfDepth(text);
  if (excess !== undefined) {
    const position = positionAt()(excess);
    return { content: undefined, flaws: [{ position, way: [], ...TOO_DEEP }], locate: () => position };
  }
  // A tree takes many times the memory of its text: it is made again where it is needed.
  const find = lazy(() => finder(parse(text).root));
  const locate = (way: Way) => positionAt()(find()(way)?.offset ?? 0);
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

/** Finds the innermost node on a way. */
function finder(root: Node | undefined): (way: Way) => Node | undefined {
  const known = new Map<Node, ReadonlyMap<string, Node>>();
  const childrenOf = (node: Node): ReadonlyMap<string, Node> => {
    const children = known.get(node) ?? byName(node);
    known.set(node, children);
    return children;
  };
  return (way) => {
    let node = root;
    for (const name of way) {
      const inner = node && childrenOf(node).get(name);
      if (inner === undefined) {
        break;
      }
      node = inner;
    }
    return node;
  };
}

/** What is in an object or a list, by its names or numbers: the first of a name. */
function byName({ type, children = [] }: Node): ReadonlyMap<string, Node> {
  if (type === "array") {
    return new Map(children.map((element, index) => [String(index), element]));
  }
  const named = children.flatMap(({ children: [name, value] = [] }): [string, Node][] =>
    name === undefined || value === undefined ? [] : [[String(name.value), value]],
  );
  return new Map(named.reverse());
}

/** Where a text goes deeper than is read; undefined where it does not. */
function excessOfDepth(text: string): number | undefined {
  let depth = 0;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') {
      index = endOfString(text, index);
    } else if (character === "[" || character === "{") {
      depth += 1;
    } else if (character === "]" || character === "}") {
      depth -= 1;
    }
    if (depth > DEPTH_AT_MOST) {
      return index;
    }
  }
  return undefined;
}

/** The index of the quote that ends the string which begins there; one without ends with its line. */
function endOfString(text: string, from: number): number {
  let index = from + 1;
  while (index < text.length && !['"', "\n"].includes(text.charAt(index))) {
    index += text.charAt(index) === "\\" ? 2 : 1;
  }
  return index;
}

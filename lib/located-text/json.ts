import { type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { DUPLICATE, type Flaw, type LocatedText, lazy, positionsOf, TOO_DEEP, type Way } from "./located-text";

/** Deeper than any file that is written by hand. The parser is recursive, and the stack is limited. */
const DEPTH_AT_MOST = 100;

/** Reads JSON. */
export function readJson(text: string): LocatedText {
  const positionAt = lazy(() => positionsOf(text));
  const excess = excessOfDepth(text);
  if (excess !== undefined) {
    const position = positionAt()(excess);
    return { content: undefined, flaws: [{ position, way: [], ...TOO_DEEP }], locate: () => position };
  }
  // A tree needs many times the memory of its text: it is not kept, but made again when needed.
  const find = lazy(() => finder(parse(text).root));
  const locate = (way: Way) => positionAt()(find()(way)?.offset ?? 0);
  const { root, error } = parse(text);
  if (error !== undefined) {
    return { content: undefined, flaws: [flawOf(text, error)], locate };
  }
  // JSON.parse silently keeps the last of two properties with the same name.
  const flaws = duplicatesIn(root).map(({ offset }) => ({ position: positionAt()(offset), way: [], ...DUPLICATE }));
  return { content: JSON.parse(text) as unknown, flaws, locate };
}

function parse(text: string): { readonly root: Node | undefined; readonly error: ParseError | undefined } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { disallowComments: true });
  return { root, error: errors[0] };
}

/** The names of properties that their objects already have. */
function duplicatesIn(node: Node | undefined): Node[] {
  const { type, children = [] } = node ?? {};
  const names = type === "object" ? children.flatMap((property) => property.children?.[0] ?? []) : [];
  const seen = new Set<unknown>();
  const own = names.filter(({ value }) => seen.size === seen.add(value).size);
  return [...own, ...children.flatMap(duplicatesIn)];
}

/** The first flaw in JSON. An unclosed string is a flaw from the end of its line on. */
function flawOf(text: string, { error, offset, length }: ParseError): Flaw {
  const index = printParseErrorCode(error) === "UnexpectedEndOfString" ? offset + length : offset;
  const place = { position: positionsOf(text)(index), way: [], value: text.slice(index, index + 1) };
  return index < text.length
    ? { ...place, reason: "is not valid JSON here", fix: "look for a stray comma or comment, or a missing quote" }
    : { ...place, reason: "is an unexpected end of the JSON text", fix: "close every open brace, bracket and quote" };
}

/** Finds the innermost existing node on a way. */
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

/** The elements of an object or a list, by name or index: the first of each name. */
function byName({ type, children = [] }: Node): ReadonlyMap<string, Node> {
  if (type === "array") {
    return new Map(children.map((element, index) => [String(index), element]));
  }
  const named = children.flatMap(({ children: [name, value] = [] }): [string, Node][] =>
    name === undefined || value === undefined ? [] : [[String(name.value), value]],
  );
  return new Map(named.reverse());
}

/** The index where a text is nested too deeply; undefined if it is not. */
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

/** The index of the closing quote of a string. An unclosed string ends with its line. */
function endOfString(text: string, from: number): number {
  let index = from + 1;
  while (index < text.length && !['"', "\n"].includes(text.charAt(index))) {
    index += text.charAt(index) === "\\" ? 2 : 1;
  }
  return index;
}

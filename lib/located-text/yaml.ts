import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from "yaml";
import {
  DUPLICATE,
  type Flaw,
  type LocatedText,
  lazy,
  type Position,
  positionsOf,
  TOO_DEEP,
  type Way,
} from "./located-text";

/** Enough for a large fleet whose brokers share values; nested aliases, which multiply, soon exceed it. */
const ALIASES_AT_MOST = 10_000;

/** Reads YAML 1.2: one document, with anchors and merge keys, without custom tags. */
export function readYaml(text: string): LocatedText {
  const document = parse(text);
  const flaws = flawsOfSyntax(document, text);
  const content = flaws.length === 0 ? toContent(document) : undefined;
  return content === undefined
    ? { content, flaws: [...flaws, ...flawsOfAliases(document, text, flaws.length === 0)], locate: locator(text) }
    : { content: content.value, flaws, locate: locator(text) };
}

/** Finds the positions of values. */
function locator(text: string): LocatedText["locate"] {
  // A document needs many times the memory of its text: it is not kept, but made again when needed.
  const parsed = lazy(() => ({ find: finder(parse(text)), positionAt: positionsOf(text) }));
  return (way) => {
    const { find, positionAt } = parsed();
    return positionAt(find(way)?.range?.[0] ?? 0);
  };
}

function parse(text: string): Document {
  // With uniqueKeys, the parser would compare all names of a map with each other.
  return parseDocument(text, { merge: true, uniqueKeys: false, prettyErrors: false, logLevel: "error" });
}

/** @returns undefined if its aliases and merge keys cannot be resolved */
function toContent(document: Document): { readonly value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES_AT_MOST }) as unknown };
  } catch {
    return undefined;
  }
}

function flawsOfSyntax(document: Document, text: string): Flaw[] {
  const found = [...document.errors, ...document.warnings];
  const positionAt = lazy(() => positionsOf(text));
  return [
    ...found.map((error) => ({ position: positionAt()(error.pos[0]), way: [], ...explain(error) })),
    ...duplicatesIn(document).map((index) => ({ position: positionAt()(index), way: [], ...DUPLICATE })),
  ];
}

/** The indexes of names that their maps already have. */
function duplicatesIn(document: Document): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (isScalar(key) && seen.size === seen.add(key.value).size) {
          found.push(key.range?.[0] ?? 0);
        }
      }
    },
  });
  return found;
}

/** @param isCause whether the aliases are the reason why the document cannot be read */
function flawsOfAliases(document: Document, text: string, isCause: boolean): Flaw[] {
  const positionAt = positionsOf(text);
  const anchors = new Set<string>();
  const flaws: Flaw[] = [];
  visit(document, {
    Value(_, { anchor }) {
      if (anchor !== undefined) {
        anchors.add(anchor);
      }
    },
    Alias(_, { source, range }) {
      if (!anchors.has(source)) {
        flaws.push({
          position: positionAt(range?.[0] ?? 0),
          way: [],
          reason: "starts with *, which refers to an anchor, but no anchor before it has this name",
          fix: 'put a wildcard in quotes, as in "*.plant.example.com"',
        });
      }
    },
  });
  return isCause && flaws.length === 0 ? [excess(positionAt(Math.max(text.search(/<<|\*/), 0)))] : flaws;
}

function excess(position: Position): Flaw {
  return {
    position,
    way: [],
    reason: `merges something that is not a map, or has aliases for more than ${ALIASES_AT_MOST} values`,
    fix: "write the values out",
  };
}

function explain({ code, message }: YAMLError): Pick<Flaw, "reason" | "fix"> {
  switch (code) {
    case "RESOURCE_EXHAUSTION":
      return TOO_DEEP;
    case "MULTIPLE_DOCS":
      return { reason: "begins a second document", fix: "put it in its own file" };
    case "TAG_RESOLVE_FAILED":
      return { reason: "has an unknown tag", fix: "leave the tag out" };
    default: {
      // The parser's words, without quotes from the file, which may be a secret.
      const words = message.replace(/: .*/s, "");
      return { reason: `is not valid YAML: ${words}`, fix: "fix it there, or just before" };
    }
  }
}

/** Finds the innermost existing node on a way. The position of an alias is that of its anchor. */
function finder(document: Document): (way: Way) => Node | undefined {
  const resolved = resolvedAliases(document);
  const known = new Map<Node, ReadonlyMap<string, unknown>>();
  const childrenOf = (node: Node): ReadonlyMap<string, unknown> => {
    const children = known.get(node) ?? byName(node);
    known.set(node, children);
    return children;
  };
  return (way) => {
    let node = isNode(document.contents) ? document.contents : undefined;
    for (const name of way) {
      const inner = node && childrenOf(node).get(name);
      const target = isAlias(inner) ? resolved.get(inner) : inner;
      if (!isNode(target)) {
        break;
      }
      node = target;
    }
    return node;
  };
}

/** The elements of a map or a list, by name or index. */
function byName(node: Node): ReadonlyMap<string, unknown> {
  if (isSeq(node)) {
    return new Map(node.items.map((item, index) => [String(index), item]));
  }
  const pairs = isMap(node) ? node.items : [];
  return new Map(pairs.flatMap(({ key, value }) => (isScalar(key) ? [[String(key.value), value]] : [])));
}

/** The node for each alias: the last node before it that has the anchor. */
function resolvedAliases(document: Document): ReadonlyMap<Alias, Node> {
  const anchored = new Map<string, Node>();
  const resolved = new Map<Alias, Node>();
  visit(document, {
    Node(_, node) {
      const target = isAlias(node) ? anchored.get(node.source) : undefined;
      if (isAlias(node) && target !== undefined) {
        resolved.set(node, target);
      } else if (!isAlias(node) && node.anchor !== undefined) {
        anchored.set(node.anchor, node);
      }
    },
  });
  return resolved;
}

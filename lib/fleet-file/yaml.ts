import { type Document, isAlias, isMap, isNode, isSeq, type Node, parseDocument, visit, type YAMLError } from "yaml";
import { DUPLICATE, type Flaw, type FleetText, lazy, type Position, positionsOf, type Way } from "./text";

/** As many as brokers there may be that take up what they share; a few that multiply each other soon exceed it. */
const ALIASES_AT_MOST = 10_000;

/** Reads YAML 1.2: one document, with anchors and merge keys, without tags of its own. */
export function readYaml(text: string): FleetText {
  const document = parse(text);
  const flaws = flawsOfSyntax(document, text);
  const content = flaws.length === 0 ? toContent(document) : undefined;
  return content === undefined
    ? { content, flaws: [...flaws, ...flawsOfAliases(document, text, flaws.length === 0)], locate: locator(text) }
    : { content: content.value, flaws, locate: locator(text) };
}

/** Finds where something stands. */
function locator(text: string): FleetText["locate"] {
  // A document takes many times the memory of its text: it is made again where it is needed.
  const parsed = lazy(() => ({ document: parse(text), positionAt: positionsOf(text) }));
  return (way) => {
    const { document, positionAt } = parsed();
    return positionAt(nodeAt(document, way)?.range?.[0] ?? 0);
  };
}

function parse(text: string): Document {
  return parseDocument(text, { merge: true, prettyErrors: false, logLevel: "error" });
}

/** @returns undefined where its aliases and merge keys cannot be followed */
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
  return found.map((error) => ({ position: positionAt()(error.pos[0]), way: [], ...explain(error) }));
}

/** @param isCause whether it is for its aliases that the document cannot be read */
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
          reason: "starts with *, which stands for an anchor, and none of this name is before it",
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
    reason: `merges what is no map, or has aliases that stand for more than ${ALIASES_AT_MOST} values`,
    fix: "write it out",
  };
}

function explain({ code, message }: YAMLError): Pick<Flaw, "reason" | "fix"> {
  switch (code) {
    case "DUPLICATE_KEY":
      return DUPLICATE;
    case "MULTIPLE_DOCS":
      return { reason: "begins a second document", fix: "put it in a file of its own" };
    case "TAG_RESOLVE_FAILED":
      return { reason: "has a tag that is not known here", fix: "leave the tag out" };
    default: {
      // The parser's words, without those of the file: they may be a secret.
      const words = message.replace(/: .*/s, "");
      return { reason: `is no YAML: ${words}`, fix: "put it right there, or just before" };
    }
  }
}

/** The innermost node on the way: an alias is where its anchor is. */
function nodeAt(document: Document, way: Way): Node | undefined {
  let node = isNode(document.contents) ? document.contents : undefined;
  for (const name of way) {
    const inner = isSeq(node) ? node.items[Number(name)] : isMap(node) ? node.get(name, true) : undefined;
    const resolved = isAlias(inner) ? inner.resolve(document) : inner;
    if (!isNode(resolved)) {
      break;
    }
    node = resolved;
  }
  return node;
}

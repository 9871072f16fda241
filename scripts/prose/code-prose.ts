import {
  createSourceFile,
  forEachChild,
  getLeadingCommentRanges,
  getTrailingCommentRanges,
  isJsxText,
  isStringLiteralLike,
  isTemplateHead,
  isTemplateMiddleOrTemplateTail,
  ScriptTarget,
  type Node,
} from "typescript";

/**
 * The comments and texts of TypeScript, each on the line where it stands, without indentation. Code is left out, and what
 * stands between backticks.
 */
export function proseOfCode(path: string, code: string): string {
  const source = createSourceFile(path, code, ScriptTarget.Latest, true);
  const prose = blank(code).split("");
  const keep = (start: number, text: string): void => {
    prose.splice(start, text.length, ...text.split(""));
  };
  const visit = (node: Node): void => {
    const comments = [
      ...(getLeadingCommentRanges(code, node.getFullStart()) ?? []),
      ...(getTrailingCommentRanges(code, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of comments) {
      keep(pos, code.slice(pos, end).replace(/^\s*(?:\/\*+|\*\/?|\/\/)|\*\/$/gm, blank));
    }
    if (isText(node)) {
      keep(node.getStart(), node.getText().replace(/^[`"'}]|(?:\$\{|[`"'])$/g, blank));
    }
    forEachChild(node, visit);
  };
  visit(source);
  return prose
    .join("")
    .replace(/`[^`\n]*`/g, blank)
    .replace(/^ +/gm, "");
}

/** Texts of one word are names. */
function isText(node: Node): boolean {
  const is =
    isStringLiteralLike(node) || isJsxText(node) || isTemplateHead(node) || isTemplateMiddleOrTemplateTail(node);
  return is && node.getText().includes(" ");
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

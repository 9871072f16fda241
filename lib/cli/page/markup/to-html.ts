import { escapeUTF8 } from "entities";
import { isElement, type Markup, writtenAttributes } from "./markup";

/** HTML elements without content and without an end tag. */
const VOID: readonly string[] = ["br", "hr", "input", "link", "meta"];

/** Writes HTML. Each text is escaped, in elements and in attributes. */
export function toHtml(markup: Markup): string {
  const parts: string[] = [];
  write(markup, parts);
  return parts.join("");
}

function write(markup: Markup, parts: string[]): void {
  if (isElement(markup)) {
    const { tag, attributes, children } = markup;
    const written = writtenAttributes(attributes).map(([name, value]) => ` ${name}="${escapeUTF8(value)}"`);
    parts.push(`<${tag}${written.join("")}>`);
    if (!VOID.includes(tag)) {
      write(children, parts);
      parts.push(`</${tag}>`);
    }
  } else if (typeof markup === "string" || typeof markup === "number") {
    parts.push(escapeUTF8(String(markup)));
  } else if (typeof markup === "object" && markup !== null) {
    for (const each of markup) {
      write(each, parts);
    }
  }
}

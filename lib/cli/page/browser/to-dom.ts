import { isElement, type Markup, writtenAttributes } from "../markup/markup";

/** Makes DOM elements. Each text becomes a text node, so nothing is parsed. */
export function toDom(markup: Markup): DocumentFragment {
  const fragment = document.createDocumentFragment();
  append(markup, fragment);
  return fragment;
}

function append(markup: Markup, parent: Node): void {
  if (isElement(markup)) {
    const element = document.createElement(markup.tag);
    for (const [name, value] of writtenAttributes(markup.attributes)) {
      element.setAttribute(name, value);
    }
    append(markup.children, element);
    parent.appendChild(element);
  } else if (typeof markup === "string" || typeof markup === "number") {
    parent.appendChild(document.createTextNode(String(markup)));
  } else if (typeof markup === "object" && markup !== null) {
    for (const each of markup) {
      append(each, parent);
    }
  }
}

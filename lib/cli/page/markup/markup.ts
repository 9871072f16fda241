/** What a page has in it, as a value: it becomes HTML here, and elements in a browser. Texts are texts, whatever is in them. */
export type Markup = string | number | boolean | null | undefined | Element | readonly Markup[];

export interface Element {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: Markup;
}

/** By their names in HTML. One that is undefined, or false, is left out; true is one without a value, but of `aria-…` a word. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A part that is made of others. */
type Part<Props> = (props: Props) => Markup;

/** What JSX is compiled to: an element, or what a part is made of. */
export function h<Props extends object>(
  tag: string | Part<Props>,
  props: Props | null,
  ...children: readonly Markup[]
): Markup {
  if (typeof tag === "function") {
    return tag({ ...props, ...(children.length > 0 && { children }) } as Props);
  }
  return { tag, attributes: { ...props }, children };
}

/** Several beside each other, where one is asked for. */
export function Fragment({ children }: { readonly children?: Markup }): Markup {
  return children;
}

/** The attributes that are written, as they are. */
export function writtenAttributes(attributes: Attributes): (readonly [name: string, value: string])[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    const isWord = name.startsWith("aria-") || typeof value !== "boolean";
    return value === undefined || (!isWord && !value) ? [] : [[name, isWord ? String(value) : ""] as const];
  });
}

export function isElement(markup: Markup): markup is Element {
  return typeof markup === "object" && markup !== null && "tag" in markup;
}

declare global {
  // By this name the compiler finds what JSX may have in it.
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace JSX {
    type Element = Markup;
    type ElementType = string | ((props: never) => Markup);
    interface ElementChildrenAttribute {
      readonly children: unknown;
    }
    type IntrinsicElements = Readonly<Record<string, Readonly<Record<string, Markup>>>>;
  }
}

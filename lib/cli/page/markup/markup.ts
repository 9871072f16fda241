/** The content of a page as a value. It becomes HTML here, and elements in a browser. A text never becomes markup. */
export type Markup = string | number | boolean | null | undefined | Element | readonly Markup[];

export interface Element {
  readonly tag: string;
  readonly attributes: Attributes;
  readonly children: Markup;
}

/** Attributes by HTML name. `undefined` and `false` are left out; `true` has no value, except as a word in `aria-…`. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** A component made of other markup. */
type Part<Props> = (props: Props) => Markup;

/** The function that JSX compiles to. It returns an element, or the markup of a component. */
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

/** Groups several children into one value. */
export function Fragment({ children }: { readonly children?: Markup }): Markup {
  return children;
}

/** The attributes to write, with their values. */
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
  // The compiler finds the types of JSX by this name.
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

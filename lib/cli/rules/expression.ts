import { RE2JS } from "re2js";

/** A regular expression of a rule. Its time is linear in the length of the text, because names come from anyone. Immutable. */
export class Expression {
  private static readonly known = new Map<string, RE2JS>();

  /** @param text RE2 syntax: without lookaround and backreferences */
  constructor(private readonly text: string) {}

  /** Whether it is a valid regular expression. */
  public get isSound(): boolean {
    try {
      this.compiled();
      return true;
    } catch {
      return false;
    }
  }

  /** Whether a text contains a match. */
  public isIn(text: string): boolean {
    return this.compiled().matcher(text).find();
  }

  private compiled(): RE2JS {
    const compiled = Expression.known.get(this.text) ?? RE2JS.compile(this.text);
    Expression.known.set(this.text, compiled);
    return compiled;
  }
}

import { RE2JS } from "re2js";

/** A regular expression of a rule. It takes time in proportion to a text's length, whatever it is: names may be anybody's. Immutable. */
export class Expression {
  private static readonly known = new Map<string, RE2JS>();

  /** @param text as RE2 has it: without what looks around, and without references */
  constructor(private readonly text: string) {}

  /** Whether it is one at all. */
  public get isSound(): boolean {
    try {
      this.compiled();
      return true;
    } catch {
      return false;
    }
  }

  /** Whether it is found in a text. */
  public isIn(text: string): boolean {
    return this.compiled().matcher(text).find();
  }

  private compiled(): RE2JS {
    const compiled = Expression.known.get(this.text) ?? RE2JS.compile(this.text);
    Expression.known.set(this.text, compiled);
    return compiled;
  }
}

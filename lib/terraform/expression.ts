/**
 * Terraform's language as typed text: https://developer.hashicorp.com/terraform/language/expressions.
 *
 * An expression that is written out has the tag {@link hcl}: its parts are expressions, never mere text. What has no plain
 * spelling in the language, such as a name for a value, is a function here.
 *
 * The engine answers when it plans. So a name such as `isDue` is right for an {@link Expression}: it is the question, and
 * whoever takes it for the answer has a type error.
 */

declare const kind: unique symbol;

/** What stands inside of `${}`. */
export type Expression = string & { readonly [kind]: "expression" };

/** Text that an engine reads: expressions in it are in `${}`. Plain text is one, and so is a path. */
export type Template = string & { readonly [kind]?: "template" };

/** An expression as it is written: `` hcl`length(${list}) == 0` ``. */
export function hcl(text: TemplateStringsArray, ...parts: readonly (Expression | number)[]): Expression {
  return String.raw({ raw: text }, ...parts) as Expression;
}

/** What an address or a name stands for: `local.index`, `var.password`, `r.token`. */
export function reference(address: string): Expression {
  return address as Expression;
}

/** Texts without `${`, as they are. */
export function literal(value: string | readonly string[]): Expression {
  return JSON.stringify(value) as Expression;
}

/** Any text, as a template that comes to it. */
export function verbatim(text: string): Template {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

/** The text that a template comes to. */
export function quoted(template: Template): Expression {
  return `"${template}"` as Expression;
}

/** The value of an expression in a template. */
export function interpolate(expression: Expression): Template {
  return `\${${expression}}`;
}

export function list(items: readonly Expression[]): Expression {
  return `[${items.join(", ")}]` as Expression;
}

/** An object; where the order of numbers as names matters, of a map. */
export function object(
  fields: Readonly<Record<string, Expression>> | ReadonlyMap<number | string, Expression>,
): Expression {
  const entries = fields instanceof Map ? [...fields] : Object.entries(fields);
  const pairs = entries.map(([name, value]) => `${/^\d|\//.test(`${name}`) ? `"${name}"` : name} = ${value}`);
  return `{${pairs.join(", ")}}` as Expression;
}

/** Whether all of them hold: each is a comparison, a call, or in parentheses. */
export function and(conditions: readonly Expression[]): Expression {
  return conditions.join(" && ") as Expression;
}

/** `body`, in which `name` is a value that is evaluated once. The language has names for values in loops alone. */
export function letIn(name: string, value: Expression, body: Expression): Expression {
  return hcl`[for ${reference(name)} in [${value}] : ${body}][0]`;
}

/** Whether a condition holds; false where it cannot be evaluated. `can` alone would tell whether it has an answer. */
export function holds(condition: Expression): Expression {
  return hcl`can([0][${condition} ? 0 : 1])`;
}

/** The same text, known no sooner than `value`, a text: where that is a resource's, once the resource is made. */
export function after(text: Template, value: Expression): Template {
  return text + interpolate(hcl`substr(${value}, 0, 0)`);
}

/** The same text, not known while all is only validated: to look at files would be in vain there. */
export function whenPlanned(text: Template): Template {
  return after(text, hcl`plantimestamp()`);
}

/**
 * The path of a file in a directory, in another spelling for each reader: since 1.13, Terraform refuses a call that returns
 * another result than the same call did before, and this file may be made or changed between the two.
 *
 * @param spelling which of them
 */
export function unwatched(directory: Template, file: string, spelling: 1 | 2): Template {
  return `${directory}/${"./".repeat(spelling)}${file}`;
}

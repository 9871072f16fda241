/**
 * Terraform's language as typed text: https://developer.hashicorp.com/terraform/language/expressions.
 *
 * The tag {@link hcl} writes an expression: its parts are expressions, never plain text. Functions here write what has no plain
 * spelling in the language, such as a name for a value.
 *
 * The engine evaluates an expression when it plans. So a name such as `isDue` is right for an {@link Expression}: it is the
 * question, and using it as the answer is a type error.
 */

declare const kind: unique symbol;

/** The text inside `${}`. */
export type Expression = string & { readonly [kind]: "expression" };

/** Text with expressions in `${}`, for an engine. Plain text and paths are templates too. */
export type Template = string & { readonly [kind]?: "template" };

/** Writes an expression: `` hcl`length(${list}) == 0` ``. */
export function hcl(text: TemplateStringsArray, ...parts: readonly (Expression | number)[]): Expression {
  return String.raw({ raw: text }, ...parts) as Expression;
}

/** The value of an address or a name: `local.index`, `var.password`, `r.token`. */
export function reference(address: string): Expression {
  return address as Expression;
}

/** A text, or a list of texts, without `${`. */
export function literal(value: string | readonly string[]): Expression {
  return JSON.stringify(value) as Expression;
}

/** A template whose result is any given text. */
export function verbatim(text: string): Template {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}

/** The result of a template, as an expression. */
export function quoted(template: Template): Expression {
  return `"${template}"` as Expression;
}

/** A template whose result is the value of an expression. */
export function interpolate(expression: Expression): Template {
  return `\${${expression}}`;
}

export function list(items: readonly Expression[]): Expression {
  return `[${items.join(", ")}]` as Expression;
}

/** An object. Pass a map if numeric names must keep their order. */
export function object(
  fields: Readonly<Record<string, Expression>> | ReadonlyMap<number | string, Expression>,
): Expression {
  const entries = fields instanceof Map ? [...fields] : Object.entries(fields);
  const pairs = entries.map(([name, value]) => `${/^\d|\//.test(`${name}`) ? `"${name}"` : name} = ${value}`);
  return `{${pairs.join(", ")}}` as Expression;
}

/** Whether all conditions hold. Each must be a comparison, a call, or in parentheses. */
export function and(conditions: readonly Expression[]): Expression {
  return conditions.join(" && ") as Expression;
}

/** `body`, in which `name` stands for a value that is evaluated once. The language names values only in loops. */
export function letIn(name: string, value: Expression, body: Expression): Expression {
  return hcl`[for ${reference(name)} in [${value}] : ${body}][0]`;
}

/** Whether a condition holds; false if it cannot be evaluated. `can` alone would only show whether it can be evaluated. */
export function holds(condition: Expression): Expression {
  return hcl`can([0][${condition} ? 0 : 1])`;
}

/** The same text, but unknown until `value`, a text, is known: for an attribute of a resource, until the resource is made. */
export function after(text: Template, value: Expression): Template {
  return text + interpolate(hcl`substr(${value}, 0, 0)`);
}

/** The same text, but unknown during validation, which should not look at files. */
export function whenPlanned(text: Template): Template {
  return after(text, hcl`plantimestamp()`);
}

/**
 * The path of a file in a directory, in another spelling for each reader: since 1.13, Terraform refuses a call that returns
 * another result than the same call before, and the file may change between two calls.
 *
 * @param spelling the number of the spelling
 */
export function unwatched(directory: Template, file: string, spelling: 1 | 2): Template {
  return `${directory}/${"./".repeat(spelling)}${file}`;
}

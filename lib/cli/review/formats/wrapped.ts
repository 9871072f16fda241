/** Columns of a terminal. */
const WIDTH = 100;

/** Wraps a text below its own start. A word longer than a line, such as a path, stays whole, so that it can be copied. */
export function wrapped(start: string, text: string): string {
  const [first = "", ...words] = text.split(" ");
  let column = start.length + first.length;
  const rest = words.map((word) => {
    const isNext = column + 1 + word.length > WIDTH;
    column = (isNext ? start.length : column + 1) + word.length;
    return `${isNext ? `\n${" ".repeat(start.length)}` : " "}${word}`;
  });
  return [start, first, ...rest].join("");
}

/** A row of a paragraph: a name, and its text. */
export function row(name: string, text: string): string {
  return wrapped(`  ${name.padEnd(12)}`, text);
}

/** Columns of a terminal. */
const WIDTH = 100;

/** Goes on below where the text begins. A word that is too long for a line, as a path, is left whole, so that it can be copied. */
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

/** A row of a paragraph: what it tells of, and the text. */
export function row(name: string, text: string): string {
  return wrapped(`  ${name.padEnd(12)}`, text);
}

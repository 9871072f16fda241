/** As one word, in which nothing has a meaning to a POSIX shell. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The name of a file as one word to a POSIX shell, and no option to a command: as it is, where that is one already. */
export function shellWord(file: string): string {
  const name = file.startsWith("-") ? `./${file}` : file;
  return /^[\w./:@%+,-]+$/.test(name) ? name : quoteForShell(name);
}

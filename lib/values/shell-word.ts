/** A text as one word of a POSIX shell, without special characters. */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A file name as one word of a POSIX shell that no command takes for an option. It is quoted only if necessary. */
export function shellWord(file: string): string {
  const name = file.startsWith("-") ? `./${file}` : file;
  return /^[\w./:@%+,-]+$/.test(name) ? name : quoteForShell(name);
}

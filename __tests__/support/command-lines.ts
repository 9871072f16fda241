/** The arguments of each `mqtt-pki` in a text for a shell. What is piped in or out, or written to a file, is another program's. */
export function commandLines(shell: string): string[][] {
  return [...shell.matchAll(/(?<![\w/.-])mqtt-pki ([^|>&\n]*)/g)].map(([, line = ""]) =>
    [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? ""),
  );
}

/** The arguments of each `mqtt-pki` in a shell text, without pipes and redirections. */
export function commandLines(shell: string): string[][] {
  return [...shell.matchAll(/(?<![\w/.-])mqtt-pki ([^|>&\n]*)/g)].map(([, line = ""]) =>
    [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double ?? bare ?? ""),
  );
}

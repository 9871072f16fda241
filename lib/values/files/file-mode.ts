/** What its owner may do in any case: a mode without it keeps nobody else out. */
const OWNERS = 0o600;

/**
 * The mode of a file that lets others do more than `most` does, as `chmod` takes it; undefined where it does not.
 *
 * @param most octal: "0600"
 */
export function excessMode(stats: { readonly mode: number }, most: string): string | undefined {
  const mode = stats.mode & 0o777;
  // Windows has no such modes, and shows all of them as loose.
  const isExcess = process.platform !== "win32" && (mode & ~(Number.parseInt(most, 8) | OWNERS)) !== 0;
  return isExcess ? mode.toString(8).padStart(4, "0") : undefined;
}

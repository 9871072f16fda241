/** The owner's bits: they give no one else access. */
const OWNERS = 0o600;

/**
 * The mode of a file, as for `chmod`, if it allows others more than `most` does; otherwise undefined.
 *
 * @param most octal: "0600"
 */
export function excessMode(stats: { readonly mode: number }, most: string): string | undefined {
  const mode = stats.mode & 0o777;
  // Windows has no such modes, and reports wide ones for every file.
  const isExcess = process.platform !== "win32" && (mode & ~(Number.parseInt(most, 8) | OWNERS)) !== 0;
  return isExcess ? mode.toString(8).padStart(4, "0") : undefined;
}

import { code } from "./markdown-text";

/** A certificate that cannot be read. */
interface Unreadable {
  readonly source: string;
  readonly location: string;
  readonly reason: string;
}

/**
 * A page of a report: its title with the date, its parts, and what could not be read.
 *
 * @param title `Certificates`
 * @param report its time in RFC 3339, and what could not be read
 * @param parts the lines of each part; an empty part is left out
 */
export function markdownPage(
  title: string,
  { time, unreadable }: { readonly time: string; readonly unreadable: readonly Unreadable[] },
  parts: readonly (readonly string[])[],
): string {
  const lists = unreadable.map(({ source, location, reason }) => `- ${code(`${source}: ${location}`)} ${reason}`);
  const paragraphs = [[`# ${title} on ${time.slice(0, 10)}`], ...parts, lists].filter((lines) => lines.length > 0);
  return `${paragraphs.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

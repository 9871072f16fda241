import { code } from "./markdown-text";

/** What was to be a certificate, and cannot be read. */
interface Unreadable {
  readonly source: string;
  readonly location: string;
  readonly reason: string;
}

/**
 * A page of a report: what it is of and of which day, its parts, and what could not be read.
 *
 * @param title `Certificates`
 * @param report its time is in RFC 3339
 * @param parts lines each; an empty one is left out
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

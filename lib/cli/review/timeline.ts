import type { CertificateChange, CertificateSide } from "./certificate-change";

/** More than these are no picture any more. */
const DRAWN_AT_MOST = 12;

const LONGEST_TITLE = 60;

/** When certificates are valid, before and after, as a picture of Mermaid; nothing where there are too many, or no times. */
export function timelineOf(changes: readonly CertificateChange[]): string[] {
  const sections = [
    ...sectionOf(
      "Authorities",
      changes.filter(({ isAuthority }) => isAuthority),
    ),
    ...sectionOf(
      "Brokers",
      changes.filter(({ isAuthority }) => !isAuthority),
    ),
  ];
  return sections.length === 0 || changes.length > DRAWN_AT_MOST
    ? []
    : ["```mermaid", "gantt", "  dateFormat YYYY-MM-DD", "  axisFormat %Y-%m", ...sections, "```"];
}

function sectionOf(name: string, changes: readonly CertificateChange[]): string[] {
  const tasks = changes.flatMap(({ title, before, after }) =>
    after === undefined
      ? taskOf(`${entities(title)} goes but stays valid`, "crit", before)
      : [
          ...taskOf(`${entities(title)} before`, "done", before),
          ...taskOf(`${entities(title)} after`, "active", after),
        ],
  );
  return tasks.length === 0 ? [] : [`  section ${name}`, ...tasks];
}

function taskOf(name: string, tag: string, side: CertificateSide | undefined): string[] {
  const { notBefore, notAfter } = side ?? {};
  return notBefore === undefined || notAfter === undefined
    ? []
    : [`  ${name} :${tag}, ${notBefore.slice(0, 10)}, ${notAfter.slice(0, 10)}`];
}

/** As Mermaid reads any text: a letter in front may begin a word of its own, and a colon ends a name. */
function entities(text: string): string {
  const short = text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE - 1)}…` : text;
  return short.replace(/^.|[^\w .*-]/gsu, (character) => `#${character.codePointAt(0) ?? 0};`);
}

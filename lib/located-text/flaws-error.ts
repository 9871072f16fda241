import { type InvalidInputError, nameInPath, Problems, quote } from "../errors";
import { type Flaw, place, type Way } from "./located-text";

/** All flaws of a file as one error, in the order of lines. */
export function errorOfFlaws(file: string, flaws: readonly Flaw[]): InvalidInputError {
  const problems = new Problems();
  const ordered = flaws.toSorted(
    (one, other) => one.position.line - other.position.line || (one.position.col ?? 0) - (other.position.col ?? 0),
  );
  for (const { position, way, reason, fix, kind, ...flaw } of ordered) {
    const path = [place(file, position), ...(way.length > 0 ? [pathOf(way)] : [])].join(" ");
    if ("value" in flaw) {
      problems.add(path, flaw.value, reason, fix, kind);
    } else {
      problems.addHidden(path, reason, fix, kind);
    }
  }
  return problems.toError(`the file ${quote(file)}`);
}

/** A path in the terms of the props: `brokers[3].address`. */
export function pathOf([first, ...others]: Way): string {
  const inner = others.map((name) => (/^\d+$/.test(name) ? `[${name}]` : `.${nameInPath(name)}`));
  return [first === undefined ? "" : nameInPath(first), ...inner].join("");
}

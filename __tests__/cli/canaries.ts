import { parse } from "csv-parse/sync";

/** A tag in each text that stands for a foreign text. */
export const TAG = "CANARY";

/** Foreign texts that a viewer would take for more than text, by what it would take them for. */
export const CANARIES: Readonly<Record<string, string>> = {
  markup: `${TAG} **b** [x](https://e.example) ![i](https://e.example/t.png) <b>h</b> <!-- c --> <details> | \`${TAG}\` \\| ~~~ $x$`,
  mentions: `@${TAG} @octo-org/${TAG} #7 octo-org/${TAG}#7 GH-7 https://e.example/${TAG} <@U0${TAG}>`,
  "a command": `::add-mask::${TAG}`,
  "a command after blanks": ` \u00a0::error file=${TAG}::${TAG}`,
  "a command where a line is wrapped": `${"C".repeat(97)} ::add-mask::${TAG} ${"C".repeat(97)} ::stop-commands::${TAG}`,
  "commands that count anywhere": `${TAG} ##[group]${TAG} ##vso[task.x]${TAG} ##teamcity[${TAG}] section_start:1:${TAG} section_end:1:${TAG}`,
  "escape sequences": `${TAG}\u001b[31m\u009b1m\u0007\r\n::error::${TAG}\n##[x]\u2028::error::${TAG}\u0085::error::${TAG}\u0000`,
  "another direction": `${TAG}\u202e\u2066\u200b\u200f\ufeff\u{e0041}${TAG}`,
  "a formula": `=1+1;=1+1;${TAG}`,
  "a formula after a control character": `\u0001=HYPERLINK("https://e.example/${TAG}")`,
  "a formula after a blank": ` \t+${TAG};\t@${TAG}`,
  "a formula of full width": `＝1+1;＠${TAG};－${TAG};＋${TAG}`,
};

/** The formats of each command. */
export type Format =
  | ("text" | "table" | "markdown" | "csv" | "json" | "prometheus" | "html" | "warnings")
  | ("sarif" | "junit" | "github" | "gitlab");

/** The places in an output where a foreign text is more than text. */
export function flawsOf(format: Format, output: string): string[] {
  const lines = output
    .split(format === "csv" ? /\r?\n/ : "\n")
    .map((line) => (format === "github" ? dataOf(line) : line));
  return [...lines.flatMap(flawsOfLine), ...(FLAWS[format]?.(output) ?? [])];
}

/** The part of a command that is not a foreign text. */
const OWN_COMMAND = /^::(error|warning|notice) (file=[^:,]*,line=\d+,(col=\d+,)?)?title=[^:,]*::/;

function dataOf(line: string): string {
  return line.replace(OWN_COMMAND, "");
}

function flawsOfLine(line: string): string[] {
  // GitHub Actions, as its runner reads a line (ActionCommand.cs).
  const isCommand = /^\s*::[^:]*[a-z-][^:]*::/i.test(line) && !/^\s*::[\da-f:.]+[\s,]/.test(line);
  const isMarked = /##\w*\[|section_(start|end):/i.test(line);
  const hasControls = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(line);
  return isCommand || isMarked || hasControls ? [JSON.stringify(line)] : [];
}

const FLAWS: Readonly<Partial<Record<Format, (output: string) => string[]>>> = {
  markdown(page) {
    const [fenced = "", picture = ""] = /^```mermaid\n([^`]*)\n```$/m.exec(page) ?? [];
    const lines = page.replace(fenced, "").split("\n");
    // Mermaid gets any other character by its number.
    const isDrawn = picture.split("\n").filter((line) => !/^[\w .*#;:,%-]*$/.test(line));
    const isOutside = lines.filter((line) => {
      const outside = line.replace(/`[^`]*`/g, "");
      return outside.includes(TAG) || /[`@$]|<b>|<!-- c|\]\(/.test(outside);
    });
    // As in GitHub: a character after a backslash does not end a cell.
    const cells = lines.map((line) => (line.startsWith("|") ? line.replace(/\\./g, "").split("|").length : 0));
    const isUneven = lines.filter((_, at) => (cells[at - 1] ?? 0) > 0 && ![0, cells[at - 1]].includes(cells[at] ?? 0));
    return [...isDrawn, ...isOutside, ...isUneven];
  },
  csv(table) {
    const rows: string[][] = parse(table, { columns: false });
    const cells = rows.flatMap((row) => row.flatMap((cell) => [cell, ...cell.split(";")]));
    return cells.filter((cell) => /^[\s"]*[=+\-@＝＋－＠]/.test(cell) && !/^-\d+$/.test(cell));
  },
  json(text) {
    JSON.parse(text);
    return [];
  },
  sarif(text) {
    JSON.parse(text);
    return [];
  },
  gitlab(text) {
    JSON.parse(text);
    return [];
  },
  junit(text) {
    const tag = /<\/?(testsuites?|testcase|failure|skipped|system-out)( [a-z]+="[^"<>]*")*\/?>|^<\?xml [^>]*\?>/g;
    const entity = /&(lt|gt|amp|quot|apos);/g;
    const rest = text.replace(tag, "").replace(entity, "");
    return /[<>&]/.test(rest) || /&(?!(lt|gt|amp|quot|apos);)/.test(text) ? [text] : [];
  },
  github(text) {
    return text.split("\n").filter((line) => line !== "" && !OWN_COMMAND.test(line));
  },
  html(page) {
    const [, shown = "", data = "", script = ""] =
      /^<!doctype html>\n([^]*)\n<script type="application\/json" id="data">([^<>]*)<\/script>\n<script>([^]*)<\/script><\/body><\/html>\n$/.exec(
        page,
      ) ?? [];
    JSON.parse(data);
    const tags = [...shown.matchAll(/<(?![!/]?(?:[a-z][a-z\d]*)(?: [a-z][a-z\d-]*="[^"<>]*")*>)/g)];
    const others = [...shown.matchAll(/<(img|b|iframe|script|[^ >]*CANARY)\b/g)];
    return [...tags, ...others]
      .map(({ index }) => shown.slice(index, index + 60))
      .concat(script === "" ? ["no page"] : []);
  },
  prometheus(text) {
    const label = String.raw`\w+="(?:[^"\\]|\\["\\n])*"`;
    const line = new RegExp(String.raw`^(#.*|\w+(\{${label}(,${label})*\})? -?[\d.e+]+|)$`);
    return text.split("\n").filter((each) => !line.test(each) || (each.startsWith("#") && each.includes(TAG)));
  },
};

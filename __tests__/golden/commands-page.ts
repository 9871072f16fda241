import type { Io } from "../../lib/cli/io";
import { program } from "../../lib/cli/program";
import { tableOf } from "./reference-tables";

const STATUSES = [
  ["`review`", "the review is written", "`--fail-on` found something, a rule is broken, or the plan is incomplete"],
  ["`inventory`", "the certificates are listed", "`--expires-within` found something, or a rule is broken"],
  ["`check`", "every broker is reported", "`--fail-on` found something, or a rule is broken"],
  ["`affected`", "the stacks are listed", "with `--exit-code`: a stack differs"],
];

/** The page with the help of each command. */
export async function commandsPage(): Promise<string> {
  const names = program(io(), "").commands.map((command) => command.name());
  const sections = await Promise.all(
    names.map(async (name) => `## mqtt-pki ${name}\n\n\`\`\`text\n${await helpOf(name)}\`\`\``),
  );
  return `# Commands

The help of each command, as \`mqtt-pki COMMAND --help\` prints it. \`npm run golden\` writes this page.

All commands only read. They end with 0, 1 or 2:

${tableOf(["command", "0", "1"], STATUSES)}

With 2, no report was written: bad usage, or input that cannot be read.

${sections.join("\n\n")}
`;
}

async function helpOf(command: string): Promise<string> {
  let help = "";
  const whole = program(
    io((text) => (help += text)),
    "",
  );
  for (const each of [whole, ...whole.commands]) {
    each.configureOutput({ getOutHelpWidth: () => 100 });
  }
  // Commander throws where it would leave.
  await whole.parseAsync([command, "--help"], { from: "user" }).catch(() => undefined);
  return help;
}

function io(write: (text: string) => void = () => undefined): Io {
  return { write } as unknown as Io;
}

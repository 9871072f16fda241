import { Command } from "commander";
import { affectedCommand } from "./affected/affected-command";
import { addExamples, type Example } from "./examples";
import { inventoryCommand } from "./inventory/inventory-command";
import { checkCommand } from "./check/check-command";
import type { Io } from "./io";
import { withoutCommands } from "../errors";
import { reviewCommand } from "./review/review-command";

const EXAMPLES: readonly Example[] = [
  ["what a plan does to keys and certificates", "terraform show -json tfplan | mqtt-pki review"],
  ["what ends when", "mqtt-pki inventory pki"],
  ["whether brokers serve what is declared", "mqtt-pki check pki"],
  ["more of each", "mqtt-pki check --help"],
];

/** The command line: it throws a CommanderError where it would leave, and never leaves by itself. */
export function program(world: Io, version: string): Command {
  const io = withoutCommandsIn(world);
  const whole = new Command("mqtt-pki")
    .description(
      "Looks at plans, states, synthesized stacks and brokers of TLS for MQTT fleets. It reads, and changes nothing.",
    )
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.write(text);
      },
      writeErr: (text) => {
        io.warn(text.trimEnd());
      },
    })
    .showHelpAfterError("(--help lists what there is)");
  const commands = [affectedCommand(io), checkCommand(io), inventoryCommand(io), reviewCommand(io)];
  for (const command of commands) {
    whole.addCommand(command.copyInheritedSettings(whole));
  }
  return addExamples(whole, EXAMPLES);
}

/** Whatever is written may be printed into the log of a CI system. */
function withoutCommandsIn(io: Io): Io {
  return {
    ...io,
    write: (text) => {
      io.write(withoutCommands(text));
    },
    warn: (line) => {
      io.warn(withoutCommands(line));
    },
    progress: (line) => {
      io.progress(() => withoutCommands(line()));
    },
  };
}

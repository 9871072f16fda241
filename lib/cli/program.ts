import { Command } from "commander";
import { affectedCommand } from "./affected/affected-command";
import { addExamples, type Example } from "./examples";
import { inventoryCommand } from "./inventory/inventory-command";
import { checkCommand } from "./check/check-command";
import type { Io } from "./io";
import { withoutCommands } from "../errors";
import { reviewCommand } from "./review/review-command";

const EXAMPLES: readonly Example[] = [
  ["review what a plan does to keys and certificates", "terraform show -json tfplan | mqtt-pki review"],
  ["list certificates and their expiry dates", "mqtt-pki inventory pki"],
  ["check that brokers serve the declared certificates", "mqtt-pki check pki"],
  ["show the options and examples of a command", "mqtt-pki check --help"],
];

/** The command line. It throws a CommanderError instead of leaving the process. */
export function program(world: Io, version: string): Command {
  const io = withoutCommandsIn(world);
  const whole = new Command("mqtt-pki")
    .description(
      "Inspects plans, states, synthesized stacks and brokers of TLS for MQTT fleets. It only reads, and changes nothing.",
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
    .showHelpAfterError("(--help lists all commands and options)");
  const commands = [affectedCommand(io), checkCommand(io), inventoryCommand(io), reviewCommand(io)];
  for (const command of commands) {
    whole.addCommand(command.copyInheritedSettings(whole));
  }
  return addExamples(whole, EXAMPLES);
}

/** Any output may end up in the log of a CI system, which would run commands in it. */
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

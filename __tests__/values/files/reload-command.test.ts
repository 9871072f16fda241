import { Problems } from "../../../lib/errors";
import { parseReloadCommand } from "../../../lib/values/files/reload-command";

/** What is read, and all that is wrong, in lines: of what plain JavaScript may give. */
function parse(given: unknown): { command: string | undefined; lines: string[] } {
  const problems = new Problems();
  const command = parseReloadCommand(problems, given as string);
  const lines = problems.toError("a command").problems.map(({ path, value, reason }) => `${path} ${value} ${reason}`);
  return { command, lines };
}

describe("parseReloadCommand", () => {
  it.each([
    "systemctl reload mosquitto",
    'read -r pid < /run/mosquitto.pid && kill -HUP "$pid"',
    "./hand-out.sh ${MQTT_PKI_ADDRESS} 'Grüße' %{x}",
  ])("parseReloadCommand keeps %s unchanged", (command) => {
    expect(parse(command)).toEqual({ command, lines: [] });
  });

  it.each([undefined, false])("parseReloadCommand reads %s as no command", (given) => {
    expect(parse(given)).toEqual({ command: undefined, lines: [] });
  });

  it.each([
    ["", "is not a command"],
    ["  ", "is not a command"],
    [true, "is not a command"],
    [["true"], "is not a command"],
    ["true\nfalse", "has a line break or an invisible character"],
    ["true\0", "has a line break or an invisible character"],
    ["true\u2028false", "has a line break or an invisible character"],
    ["tr\u202Eeurt", "has a line break or an invisible character"],
    ["x".repeat(4097), "is longer than 4096 characters"],
    [`deploy --token ${"aB3".repeat(20)}`, "contains what may be a key, but plans and states show the command"],
  ])("parseReloadCommand refuses an invalid command without showing a text: case %#", (given, reason) => {
    const { command, lines } = parse(given);

    expect(command).toBeUndefined();
    expect(lines).toEqual([
      expect.stringMatching(new RegExp(`^reloadCommand (\\(hidden text\\)|true|\\(a list of 1\\)) ${reason}$`)),
    ]);
  });
});

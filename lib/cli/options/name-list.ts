import { InvalidArgumentError } from "commander";
import { suggest } from "../../errors";

/**
 * What an option takes that is a list of names with commas between: blanks around them do not count. Given again, it adds to what was given before.
 *
 * @param known the names that there are
 * @throws InvalidArgumentError for a name that is none of them, with the one that was meant where that is plain
 */
export function nameList<Name extends string>(
  known: readonly Name[],
): (text: string, before?: readonly Name[]) => Name[] {
  const isKnown = (name: string): name is Name => (known as readonly string[]).includes(name);
  return (text, before = []) => {
    const names = text.split(",").map((name) => name.trim());
    if (names.every(isKnown)) {
      return [...before, ...names];
    }
    const [meant] = names
      .filter((name) => !isKnown(name))
      .map((name) => suggest(name, known))
      .filter((advice) => advice.startsWith("did you mean"));
    const advice = meant === undefined ? "" : ` ${meant.replace("did", "Did")}`;
    throw new InvalidArgumentError(`Choose from ${known.join(", ")}, with commas between.${advice}`);
  };
}

import { InvalidArgumentError } from "commander";
import { suggest } from "../../errors";

/**
 * Parses an option that is a list of names separated by commas. Blanks around names are ignored. A repeated option adds names.
 *
 * @param known all valid names
 * @throws InvalidArgumentError for another name, with a suggestion if one is close
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
    throw new InvalidArgumentError(`Choose from ${known.join(", ")}, separated by commas.${advice}`);
  };
}

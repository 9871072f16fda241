import type { Io } from "../io";

/** Whether output may have colours: at a terminal, unless the user switched them off (https://no-color.org). */
export function isColored({ isTerminal, env }: Pick<Io, "isTerminal" | "env">): boolean {
  return isTerminal && (env["NO_COLOR"] ?? "") === "" && env["TERM"] !== "dumb";
}

export { InvalidInputError, type Problem, type ProblemKind } from "./problem";
export { underPath, thrownFrom, invalid, Problems } from "./problems";
export { htmlText, jsonText, logLine, onOneLine, withoutCommands } from "./log-text";
export { mayBeKey, WITHHELD } from "./may-be-key";
export { hide, nameInPath, quote } from "./quote";
export { listed, suggest } from "./suggestion";

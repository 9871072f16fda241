export { InvalidInputError, type Problem, type ProblemKind } from "./problem";
export { underPath, thrownFrom, invalid, Problems } from "./problems";
export { nameInPath, quote } from "./quote";
export { listed, suggest } from "./suggestion";

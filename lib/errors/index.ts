export { InvalidInputError, type Problem, type ProblemKind } from "./problem";
export { at, blaming, invalid, Problems } from "./problems";
export { nameInPath, quote } from "./quote";
export { suggest } from "./suggestion";

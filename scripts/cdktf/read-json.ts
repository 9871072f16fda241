import { readFileSync } from "node:fs";
import { Failure } from "./failure";

/** @throws Failure if the file holds no JSON; what else is wrong with it, the system's error says in a line */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw error instanceof SyntaxError ? new Failure(`${file} cannot be read: ${error.message}`) : error;
  }
}

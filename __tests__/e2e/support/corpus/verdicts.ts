import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "../../../../lib/x509/strictness/refusal";
import { machine } from "../machine";
import { succeed } from "../run";
import { type Case, HOST } from "./cases";

const program = (name: string): string => join(__dirname, name);

/** The clients that refuse each case, with their reasons. */
export async function verdictsOn(cases: readonly Case[], folder: string): Promise<ReadonlyMap<Client, string>[]> {
  const { go, java, python } = machine();
  const input = writeFiles(
    cases.map(({ trustAnchor, presented }) => trustAnchor + presented.join("")),
    join(folder, "cases"),
  );
  const count = String(cases.length);
  const handshake = async (kind: string): Promise<string[]> => {
    // The client of a handshake reads only the files of that handshake.
    const key = join(input, `${kind}.key`);
    writeFileSync(key, cases[0]?.key ?? "", { mode: 0o600 });
    return linesOf(python.program, [program("verdicts.py"), input, count, HOST, key, kind]);
  };
  const all: readonly (readonly [Client, string[]])[] = await Promise.all([
    goVerdicts(go.program, input, count).then((lines) => ["Go", lines] as const),
    linesOf(java.program.replace(/javac$/, "java"), [program("Verdicts.java"), input, count]).then(
      (lines) => ["Java", lines] as const,
    ),
    handshake("lenient").then((lines) => ["OpenSSL", lines] as const),
    handshake("strict").then((lines) => ["Python 3.13", lines] as const),
  ]);
  return cases.map(
    (_, index) =>
      new Map(
        all.flatMap(([client, lines]) => {
          const reason = lines[index] ?? "";
          return reason === "" ? [] : [[client, reason] as const];
        }),
      ),
  );
}

/** The reason why Go refuses each CSR in PEM; empty if Go accepts it. */
export async function goVerdictsOn(requests: readonly string[], folder: string): Promise<string[]> {
  const input = writeFiles(requests, join(folder, "requests"));
  return goVerdicts(machine().go.program, input, String(requests.length));
}

function goVerdicts(go: string, input: string, count: string): Promise<string[]> {
  return linesOf(go, ["run", program("verdicts.go"), input, count, HOST]);
}

async function linesOf(command: string, parameters: readonly string[]): Promise<string[]> {
  return (await succeed(command, parameters)).split("\n");
}

/** @returns the folder, in which each file is named after its index */
function writeFiles(texts: readonly string[], folder: string): string {
  mkdirSync(folder, { recursive: true });
  texts.forEach((text, index) => {
    writeFileSync(join(folder, String(index)), text);
  });
  return folder;
}

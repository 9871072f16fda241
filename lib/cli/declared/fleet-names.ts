import type { LocatedText } from "../../located-text/located-text";
import type { DeclaredName } from "./declared-file";

/** The addresses of brokers in a fleet file. Invalid ones are ignored: other code checks such files. */
export function namesInFleet({ content, locate }: LocatedText): DeclaredName[] {
  return (brokersIn(content) ?? []).flatMap((broker, index) => {
    const name = memberOf(broker, "address");
    const position = () => locate(["brokers", `${index}`, "address"]);
    return typeof name === "string" ? [{ name, position: position(), isCertain: true }] : [];
  });
}

/** The brokers in a fleet file; undefined if it has no list of them. */
export function brokersIn(content: unknown): readonly unknown[] | undefined {
  const brokers = memberOf(content, "brokers");
  return Array.isArray(brokers) ? brokers : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

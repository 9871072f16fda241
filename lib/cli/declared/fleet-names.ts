import type { LocatedText } from "../../located-text/located-text";
import type { DeclaredName } from "./declared-file";

/** The brokers' addresses that a fleet file has. What is none is left to those who check such files. */
export function namesInFleet({ content, locate }: LocatedText): DeclaredName[] {
  return (brokersIn(content) ?? []).flatMap((broker, index) => {
    const name = memberOf(broker, "address");
    const position = () => locate(["brokers", `${index}`, "address"]);
    return typeof name === "string" ? [{ name, position: position(), isCertain: true }] : [];
  });
}

/** What a fleet file has as its brokers; undefined where it has no list of them. */
export function brokersIn(content: unknown): readonly unknown[] | undefined {
  const brokers = memberOf(content, "brokers");
  return Array.isArray(brokers) ? brokers : undefined;
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

import type { LocatedText } from "../../located-text/located-text";
import type { DeclaredName } from "./declared-file";

/** The brokers' addresses that a fleet file has. What is none is left to those who check such files. */
export function namesInFleet({ content, locate }: LocatedText): DeclaredName[] {
  const brokers = memberOf(content, "brokers");
  return !Array.isArray(brokers)
    ? []
    : brokers.flatMap((broker: unknown, index) => {
        const name = memberOf(broker, "address");
        const position = () => locate(["brokers", `${index}`, "address"]);
        return typeof name === "string" ? [{ name, position: position(), isCertain: true }] : [];
      });
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

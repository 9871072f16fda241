import { createHash } from "node:crypto";
import type { Finding } from "./finding";

/**
 * By what a CI system knows each finding again in its next run: SHA-256, in hexadecimal, of the rule or kind, the certificate,
 * and the resource or file that has it. A line that moves, another date or another file of a plan changes none. Those that are
 * alike are told apart by their order.
 */
export function fingerprintsOf(findings: readonly Finding[]): string[] {
  const counts = new Map<string, number>();
  return findings.map(({ id, address, location }) => {
    const identity = [id, address, location];
    const key = JSON.stringify(identity);
    const count = counts.get(key) ?? 0;
    counts.set(key, count + 1);
    return createHash("sha256")
      .update(JSON.stringify([...identity, count]))
      .digest("hex");
  });
}

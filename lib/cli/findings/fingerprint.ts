import { createHash } from "node:crypto";
import type { Finding } from "./finding";

/**
 * The fingerprints by which a CI system recognizes each finding in its next run: SHA-256, in hexadecimal, of the rule or kind, the
 * certificate, and the resource or file that contains it. A moved line, another date or another file of a plan changes no
 * fingerprint. Equal findings are distinguished by their order.
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

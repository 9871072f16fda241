/** The fleet that all measurements are of. No library code here, so that whoever measures stays small. */

export const FLEET = "mqtt";

export const AUTHORITY = { commonName: "Plant MQTT CA", organization: "Example Ltd", country: "US" };

/** The brokers' addresses. */
export function addresses(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `mqtt-${index + 1}.plant.example.com`);
}

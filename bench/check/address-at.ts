/** The address on loopback of a broker by its number, below 60,000. */
export function addressAt(index: number): string {
  return `127.1.${Math.floor(index / 250)}.${1 + (index % 250)}`;
}

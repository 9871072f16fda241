/** The first version of Node that has all that the package uses: package.json says the same. */
const NEEDED = [20, 19] as const;

/** @returns what to do where this Node is older, for some function would fail that it does not have */
export function flawOfNode(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOlder = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
  return isOlder ? `Node ${version} is too old. Install Node ${NEEDED.join(".")} or later.` : undefined;
}

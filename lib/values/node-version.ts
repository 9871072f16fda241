/** The first supported version of Node: the same as `engines` in package.json. */
const NEEDED = [20, 19] as const;

/** @returns the message for a version of Node that is too old; undefined for any other */
export function flawOfNode(version = process.versions.node): string | undefined {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isOlder = major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]);
  return isOlder ? `Node ${version} is too old. Install Node ${NEEDED.join(".")} or later.` : undefined;
}

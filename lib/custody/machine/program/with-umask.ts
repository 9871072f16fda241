/** Runs an action under another umask. */
export function withUmask<Result>(umask: number, act: () => Result): Result {
  const own = process.umask(umask);
  try {
    return act();
  } finally {
    process.umask(own);
  }
}

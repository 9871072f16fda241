/** The seed of random numbers: SOAK_SEED repeats a run. */
export const SEED = Number(process.env["SOAK_SEED"] ?? Date.now() % 1_000_000);

/** Numbers from 0 to 1 that depend on the seed alone (a linear congruential generator: Numerical Recipes, 7.1). */
export function randomNumbers(count: number): number[] {
  const numbers: number[] = [];
  for (let last = SEED; numbers.length < count;) {
    last = (last * 1_664_525 + 1_013_904_223) % 2 ** 32;
    numbers.push(last / 2 ** 32);
  }
  return numbers;
}

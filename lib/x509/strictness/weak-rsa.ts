/**
 * A known weakness of an RSA key: anyone can compute the private key from the public key. A key without a result is not
 * necessarily strong.
 *
 * @param modulus more than 1
 * @returns the weakness, as the rest of "an RSA key …"; undefined without a known one
 */
export function weaknessOf(modulus: bigint): string | undefined {
  if (smallPrimes().some((prime) => modulus % prime === 0n)) {
    return `whose modulus has a factor below ${PRIMES_BELOW}`;
  }
  if (hasClosePrimes(modulus)) {
    return "whose two primes are close to one another, so that Fermat's method finds them";
  }
  if (hasFingerprint(modulus)) {
    return "that a faulty chip made (ROCA, CVE-2017-15361)";
  }
  return undefined;
}

const PRIMES_BELOW = 2000;
const STEPS_OF_FERMAT = 100;

let known: readonly bigint[] | undefined;

function smallPrimes(): readonly bigint[] {
  known ??= Array.from({ length: PRIMES_BELOW - 2 }, (_, index) => index + 2)
    .filter((number) => isPrime(number))
    .map(BigInt);
  return known;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) {
      return false;
    }
  }
  return true;
}

/** Whether the modulus is a² - b² with an a close to its root. */
function hasClosePrimes(modulus: bigint): boolean {
  let a = squareRoot(modulus);
  a = a * a < modulus ? a + 1n : a;
  let rest = a * a - modulus;
  for (let step = 0; step < STEPS_OF_FERMAT; step += 1) {
    if (isSquare(rest)) {
      return true;
    }
    // The difference to the next square.
    rest += 2n * a + 1n;
    a += 1n;
  }
  return false;
}

/** Whether a number is a square. The remainder by a small number excludes most numbers before the costly root. */
function isSquare(number: bigint): boolean {
  const rest = Number(number % BigInt(MANY));
  if (!RESTS_OF_SQUARES.has(rest)) {
    return false;
  }
  const root = squareRoot(number);
  return root * root === number;
}

const MANY = 64 * 63 * 65;
const RESTS_OF_SQUARES: ReadonlySet<number> = new Set(
  Array.from({ length: MANY }, (_, index) => (index * index) % MANY),
);

/** The whole part of a root, by Newton's method. */
function squareRoot(number: bigint): bigint {
  if (number < 2n) {
    return number;
  }
  let root = 1n << BigInt(Math.ceil(number.toString(2).length / 2));
  for (;;) {
    const next = (root + number / root) >> 1n;
    if (next >= root) {
      return root;
    }
    root = next;
  }
}

/** The primes of that chip are powers of this, modulo small primes (Nemec et al., The Return of Coppersmith's Attack, 2017). */
const GENERATOR = 65537;
const LARGEST_OF_FINGERPRINT = 167;

function hasFingerprint(modulus: bigint): boolean {
  return smallPrimes()
    .map(Number)
    .filter((prime) => prime > 2 && prime <= LARGEST_OF_FINGERPRINT)
    .every((prime) => isPowerOfGenerator(Number(modulus % BigInt(prime)), prime));
}

function isPowerOfGenerator(rest: number, prime: number): boolean {
  for (let power = 1, step = 0; step < prime; step += 1, power = (power * GENERATOR) % prime) {
    if (power === rest) {
      return true;
    }
  }
  return false;
}

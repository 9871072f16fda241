import { generateKeyPairSync, generatePrimeSync } from "node:crypto";
import { weaknessOf } from "../../../lib/x509/strictness/weak-rsa";

const prime = (bits: number): bigint => generatePrimeSync(bits, { bigint: true });

/** The next prime, as far as Fermat's little theorem tells. */
function nextPrime(after: bigint): bigint {
  let candidate = after + 2n;
  while (power(2n, candidate - 1n, candidate) !== 1n) {
    candidate += 2n;
  }
  return candidate;
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let [result, square, rest] = [1n, base % modulus, exponent];
  while (rest > 0n) {
    result = (rest & 1n) === 1n ? (result * square) % modulus : result;
    square = (square * square) % modulus;
    rest >>= 1n;
  }
  return result;
}

it("weaknessOf finds no weakness in keys that openssl makes", () => {
  for (let index = 0; index < 5; index += 1) {
    const { n = "" } = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
    expect(weaknessOf(BigInt(`0x${Buffer.from(n, "base64url").toString("hex")}`))).toBeUndefined();
  }
});

it("weaknessOf finds a modulus with a small factor, or an even one", () => {
  expect(weaknessOf(prime(2040) * 251n)).toBe("whose modulus has a factor below 2000");
  expect(weaknessOf(prime(2047) * 2n)).toBe("whose modulus has a factor below 2000");
});

it("weaknessOf finds two primes that are close to each other", () => {
  const one = prime(1024);

  expect(weaknessOf(one * nextPrime(one))).toMatch(/^whose two primes are close to one another/);
});

it("weaknessOf finds the fingerprint of ROCA", () => {
  // As the faulty chip makes primes: a multiple of a primorial, and a power of 65537 modulo it.
  const primorial = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
  ].reduce((product, each) => product * BigInt(each), 1n);
  const likeThat = (exponent: bigint): bigint => {
    let candidate: bigint;
    do {
      candidate = prime(790) * primorial + power(65537n, exponent, primorial);
    } while (power(2n, candidate - 1n, candidate) !== 1n);
    return candidate;
  };

  expect(weaknessOf(likeThat(1234567n) * likeThat(7654321n))).toBe("that a faulty chip made (ROCA, CVE-2017-15361)");
});

import { Problems, type Problem } from "../../../lib/errors";
import type { DeclaredBroker } from "../../../lib/spec/broker";
import { readFleet } from "../../../lib/spec/fleet";
import type { FleetSpecProps } from "../../../lib/spec/fleet-props";
import type { ServerCertificateSpec } from "../../../lib/spec/server-certificate-spec";

/** Props as plain JavaScript may give them. */
export type AnyProps = Readonly<Record<string, unknown>>;

export const AUTHORITY = { subject: { commonName: "Plant MQTT CA" } };

/** Checks a fleet; without an authority in `props`, with a valid one. */
export function check(props: AnyProps): { brokers: readonly DeclaredBroker[]; problems: readonly Problem[] } {
  const problems = new Problems();
  const { brokers } = readFleet({ authority: AUTHORITY, ...props } as unknown as FleetSpecProps, problems);
  return { brokers, problems: problems.toError("the fleet").problems };
}

export function problemsOf(props: AnyProps): readonly Problem[] {
  return check(props).problems;
}

/** The problems, one line each. */
export function lines(props: AnyProps): string[] {
  return problemsOf(props).map(({ path, reason }) => `${path} ${reason}`);
}

/** The paths of the problems. */
export function paths(props: AnyProps): string[] {
  return problemsOf(props).map(({ path }) => path);
}

/** The certificates of a valid fleet, by address. */
export function certificates(props: AnyProps): ReadonlyMap<string, ServerCertificateSpec> {
  const { brokers, problems } = check(props);
  expect(problems).toEqual([]);
  return new Map(brokers.flatMap(({ address, spec }) => (spec === undefined ? [] : [[address.text, spec]])));
}

/** All orders of the items. */
export function permutations<T>(items: readonly T[]): T[][] {
  return items.length === 0
    ? [[]]
    : items.flatMap((first, index) => permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]));
}

export const A = { address: "a.example.com" };

export const B = { address: "b.example.com" };

export const C = { address: "c.example.com" };

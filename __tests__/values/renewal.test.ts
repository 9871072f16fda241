import { isDue, renewalTime } from "../../lib/values/renewal";

const time = (text: string): Date => new Date(text);

it.each<[notAfter: string, hours: number, due: string]>([
  ["2031-01-05T09:00:00Z", 0, "2031-01-05T09:00:00Z"],
  ["2031-01-05T09:00:00Z", 1, "2031-01-05T08:00:00Z"],
  ["2031-01-05T09:00:00Z", 24 * 90, "2030-10-07T09:00:00Z"],
  ["2028-03-01T00:00:00Z", 24, "2028-02-29T00:00:00Z"],
  ["2026-10-25T12:00:00Z", 24, "2026-10-24T12:00:00Z"],
])(
  "renewalTime and isDue: a certificate that ends at %s, renewed %d hours before, is due from %s on",
  (notAfter, hours, due) => {
    const end = time(notAfter);
    const moment = time(due);

    expect(renewalTime(end, hours)).toEqual(moment);
    expect(isDue(end, hours, moment)).toBe(true);
    expect(isDue(end, hours, new Date(moment.getTime() + 1))).toBe(true);
    expect(isDue(end, hours, new Date(moment.getTime() - 1))).toBe(false);
  },
);

it("isDue is never true for a certificate without an expiry", () => {
  expect(isDue(time(""), 24, time("2031-01-05T09:00:00Z"))).toBe(false);
});

import { commonDomains, permitting } from "../../lib/x509/name-constraints";

it.each<[name: string, domains: string[] | undefined, isIn: boolean]>([
  ["mqtt-1.example.com", undefined, true],
  ["mqtt-1.example.com", [], false],
  ["mqtt-1.example.com", ["example.com"], true],
  ["mqtt-1.example.com", ["example.org", "example.com"], true],
  ["example.com", ["example.com"], true],
  ["example.com", [".example.com"], false],
  ["mqtt-1.example.com", [".example.com"], true],
  ["notexample.com", ["example.com"], false],
  ["notexample.com", [".example.com"], false],
  ["example.com", ["mqtt-1.example.com"], false],
])("permitting: whether %s is permitted by %j: %p", (name, domains, isIn) => {
  expect(permitting(domains)(name)).toBe(isIn);
});

it.each<[lists: (string[] | undefined)[], common: string[] | undefined]>([
  [[], undefined],
  [[undefined, undefined], undefined],
  [
    [["b.com", "a.com"], undefined],
    ["a.com", "b.com"],
  ],
  [[["a.com", "b.com"], ["b.com"]], ["b.com"]],
  [[["a.com"], ["x.a.com", "b.com"]], ["x.a.com"]],
  [[["a.com"], [".a.com"]], [".a.com"]],
  [[["a.com"], ["b.com"]], []],
])("commonDomains of %j are %j", (lists, common) => {
  expect(commonDomains(lists)).toEqual(common);
});

// Quadratic work would not end.
it("permitting and commonDomains answer for 100,000 domains", () => {
  const domains = Array.from({ length: 100_000 }, (_, index) => `.d${index}.example.com`);
  const isPermitted = permitting(domains);

  expect(domains.every((domain) => isPermitted(`mqtt${domain}`))).toBe(true);
  expect(commonDomains([domains, ["example.com"], domains])).toHaveLength(100_000);
  expect(isPermitted(`${"a.".repeat(500_000)}example.org`)).toBe(false);
});

import { contentOf, placeOf } from "../../../lib/cli/affected/stack-content";

describe("contentOf", () => {
  it("contentOf ignores cdktf's version and construct paths", () => {
    const resource = (path: string): object => ({ "//": { metadata: { path, uniqueId: "a" } }, input: "x" });
    const text = (version: string, path: string): object => ({
      "//": { metadata: { version }, outputs: {} },
      resource: { terraform_data: { a: resource(path) } },
    });

    expect(contentOf(text("0.21.0", "s/a"), undefined)).toEqual(contentOf(text("0.21.1", "s/b"), undefined));
  });

  it("contentOf keeps everything else, also a property named //", () => {
    const text = { variable: { a: { default: { "//": "mine", list: [1, true, null] } } } };

    expect(contentOf(text, undefined)).toEqual(text);
  });

  it("contentOf does not depend on the directory where cdktf ran", () => {
    const text = (place: string): object => ({
      terraform: { backend: { local: { path: `${place}/terraform.own.tfstate` } } },
      locals: { command: `cat ${place}/a ${place}/b` },
    });

    expect(contentOf(text("/home/one"), "/home/one")).toEqual(contentOf(text("/srv/other"), "/srv/other"));
    expect(contentOf(text("/home/one"), "/home/one")).not.toEqual(contentOf(text("/home/one/below"), "/home/one"));
  });
});

describe("placeOf", () => {
  const textWith = (backend: object): object => ({ terraform: { backend } });

  it("placeOf is the directory of the default state", () => {
    expect(placeOf("own", textWith({ local: { path: "/home/one/terraform.own.tfstate" } }))).toBe("/home/one");
  });

  it.each([
    ["a fleet's, which is relative", textWith({ local: { path: "../../../terraform.own.tfstate" } })],
    ["one that has a name of its user's", textWith({ local: { path: "/var/states/own.tfstate" } })],
    ["another stack's", textWith({ local: { path: "/home/one/terraform.other.tfstate" } })],
    ["a remote one", textWith({ s3: { bucket: "states" } })],
    ["none", {}],
    ["something broken", textWith({ local: { path: 1 } })],
  ])("placeOf is undefined for a backend that is %s", (_, text) => {
    expect(placeOf("own", text)).toBeUndefined();
  });
});

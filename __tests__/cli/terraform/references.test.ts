import { JsonSlice } from "../../../lib/cli/read/json-slice";
import { References, type Target } from "../../../lib/cli/terraform/references";

const CERTIFICATE = "tls_locally_signed_cert";
const REQUEST = "tls_cert_request";

function resource(type: string, name: string, expressions: object, forEach?: string[]): object {
  return { type, name, expressions, ...(forEach && { for_each_expression: { references: forEach } }) };
}

const to = (...references: string[]): object => ({ references });

/** The requests that a certificate refers to, as addresses. */
function found(root: object, from: Partial<Target>, attribute = "cert_request_pem", wanted = REQUEST): string[] {
  const configuration = JsonSlice.fromBytes(Buffer.from(JSON.stringify({ root_module: root })));
  return References.fromConfiguration(configuration)
    .find({ module: "", type: CERTIFICATE, name: "broker", index: undefined, ...from }, attribute, wanted)
    .map(({ module, type, name, index }) =>
      [module, type, name + (index === undefined ? "" : `[${JSON.stringify(index)}]`)].filter(Boolean).join("."),
    );
}

describe("References.find", () => {
  const one = (...references: string[]): object => ({
    resources: [resource(CERTIFICATE, "broker", { cert_request_pem: { references } })],
  });

  it("References.find returns the resources that an expression names", () => {
    expect(found(one(`${REQUEST}.a.cert_request_pem`, `${REQUEST}.a`), {})).toEqual([`${REQUEST}.a`]);
    expect(found(one(`${REQUEST}.a[0].cert_request_pem`, `${REQUEST}.a[0]`, `${REQUEST}.a`), {})).toEqual([
      `${REQUEST}.a[0]`,
    ]);
    expect(found(one(`${REQUEST}.a["x.y"].cert_request_pem`, `${REQUEST}.a["x.y"]`, `${REQUEST}.a`), {})).toEqual([
      `${REQUEST}.a["x.y"]`,
    ]);
  });

  it("References.find follows each.key and count.index to the same instance", () => {
    expect(found(one(`${REQUEST}.a`, "each.key"), { index: "m1" })).toEqual([`${REQUEST}.a["m1"]`]);
    expect(found(one(`${REQUEST}.a`, "count.index"), { index: 3 })).toEqual([`${REQUEST}.a[3]`]);
  });

  it("References.find follows each.value through for_each", () => {
    const root = {
      resources: [
        resource(CERTIFICATE, "broker", { cert_request_pem: to("each.value.cert_request_pem", "each.value") }, [
          `${REQUEST}.a`,
        ]),
      ],
    };

    expect(found(root, { index: "m1" })).toEqual([`${REQUEST}.a`]);
  });

  it("References.find returns only resources of the wanted type", () => {
    expect(found(one("tls_private_key.a.private_key_pem", "tls_private_key.a"), {})).toEqual([]);
  });

  it("References.find returns nothing without references, or for a local value", () => {
    expect(found(one(), {})).toEqual([]);
    expect(found(one("local.requests"), {})).toEqual([]);
    expect(found({}, {})).toEqual([]);
    expect(found(one(`${REQUEST}.a`), { name: "other" })).toEqual([]);
  });

  it("References.find follows variables of a module to the right instance", () => {
    const root = {
      resources: [],
      module_calls: {
        broker: {
          expressions: { request: to(`${REQUEST}.a`, "each.key") },
          module: one("var.request"),
        },
      },
    };

    expect(found(root, { module: 'module.broker["m.1"]' })).toEqual([`${REQUEST}.a["m.1"]`]);
  });

  it("References.find follows outputs of nested modules", () => {
    const request = { resources: [], outputs: { pem: { expression: to(`${REQUEST}.own.cert_request_pem`) } } };
    const root = {
      ...one('module.outer["x"].pem', 'module.outer["x"]', "module.outer"),
      module_calls: {
        outer: {
          module: {
            outputs: { pem: { expression: to("module.inner.pem", "module.inner") } },
            module_calls: { inner: { module: request } },
          },
        },
      },
    };

    expect(found(root, {})).toEqual([`module.outer["x"].module.inner.${REQUEST}.own`]);
  });

  it("References.find ends in a circle of references", () => {
    const root = {
      ...one("module.a.out"),
      module_calls: {
        a: { expressions: { x: to("module.a.out") }, module: { outputs: { out: { expression: to("var.x") } } } },
      },
    };

    expect(found(root, {})).toEqual([]);
  });

  it("References.find ends in references that double", () => {
    const root = {
      ...one("module.a.x"),
      module_calls: {
        a: {
          expressions: { v: to("module.a.x", "module.a.y") },
          module: { outputs: { x: { expression: to("var.v") }, y: { expression: to("var.v") } } },
        },
      },
    };

    expect(found(root, {})).toEqual([]);
  });

  it("References.find takes many references with their prefixes", () => {
    const many = Array.from({ length: 50_000 }, (_, index) => `${REQUEST}.a${index}`);
    const references = many.flatMap((each) => [each, `${each}.cert_request_pem`]);
    const root = { resources: [resource(CERTIFICATE, "broker", { cert_request_pem: { references } })] };

    expect(found(root, {}).sort()).toEqual(many.sort());
  });

  it.each(['["\\q"]', '["a\nb"]', `[${"9".repeat(400)}]`])("References.find takes an invalid key: %j", (key) => {
    expect(() => found(one(`${REQUEST}.a${key}.pem`), { module: `module.a${key}` })).not.toThrow();
    expect(() => found(one(`${REQUEST}.a${key}.pem`), {})).not.toThrow();
  });
});

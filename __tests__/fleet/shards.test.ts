import {
  App,
  CloudBackend,
  HttpBackend,
  LocalBackend,
  NamedCloudWorkspace,
  PgBackend,
  S3Backend,
  TerraformStack,
} from "cdktf";
import { BrokerPki, type BrokerPkiProps, CertificateAuthority, PemDirectory, ServerCertificate } from "../../lib";
import { makeAuthority } from "../support/authorities";
import { makeRequest } from "../support/requests";
import { problemsOf } from "../support/problems";
import { inNewDirectory, Synthesized, synthesize } from "../support/synth";

const BROKERS = [1, 2, 3, 6, 8, 9].map((number) => ({ address: `b${number}.example.com` }));

type Stacks = Readonly<Record<string, Synthesized>>;

function create(app: App, props: Partial<BrokerPkiProps>): BrokerPki {
  return new BrokerPki(app, "mqtt", {
    authority: { subject: { commonName: "Test CA" } },
    brokers: BROKERS,
    ...props,
  });
}

function stacksOf(props: Partial<BrokerPkiProps>): Stacks {
  return inNewDirectory(() => synthesize((app) => create(app, props)));
}

function stackOf(stacks: Stacks, name: string): Synthesized {
  const found = stacks[name];
  if (found === undefined) {
    throw new Error(`There is no stack ${name}: there are ${Object.keys(stacks).join(", ")}.`);
  }
  return found;
}

/** The addresses of resources, by stack. */
function resourcesOf(stacks: Stacks): Record<string, string[]> {
  return Object.fromEntries(Object.entries(stacks).map(([name, stack]) => [name, Object.keys(stack.resources).sort()]));
}

/** The names of the stacks whose text is another. */
function changed(before: Stacks, after: Stacks): string[] {
  return Object.keys({ ...before, ...after }).filter((name) => before[name]?.text !== after[name]?.text);
}

function refused(props: Partial<BrokerPkiProps>): string[] {
  return inNewDirectory(() => problemsOf(() => create(new App(), props))).map(
    ({ path, reason }) => `${path}: ${reason}`,
  );
}

describe("A fleet in shards", () => {
  it("A fleet in shards has a stack for the authority, and one for each shard, even without brokers", () => {
    const stacks = stacksOf({ shards: 3 });
    const brokers = Object.entries(resourcesOf(stacks)).map(([name, resources]) => [
      name,
      [
        ...new Set(
          resources.map((address) => /(?<=\.broker_)b\d/.exec(address)?.[0]).filter((name) => name !== undefined),
        ),
      ],
    ]);

    expect(Object.fromEntries(brokers)).toEqual({
      mqtt: [],
      "mqtt-1": ["b6"],
      "mqtt-2": ["b8", "b9"],
      "mqtt-3": ["b1", "b2", "b3"],
    });
    expect(Object.keys(stacksOf({ shards: 3, brokers: [{ address: "b6.example.com" }] }))).toEqual(Object.keys(stacks));
  });

  it("A fleet in shards has the resources of one stack, with the same names, and a guard in each shard", () => {
    const whole = resourcesOf(stacksOf({}))["mqtt"] ?? [];
    const { mqtt = [], ...shards } = resourcesOf(stacksOf({ shards: 3 }));
    const ofBrokers = Object.values(shards).flat();

    expect(mqtt).toEqual(whole.filter((address) => !address.includes(".broker_")));
    expect(ofBrokers.filter((address) => address !== "terraform_data.files").sort()).toEqual(
      whole.filter((address) => address.includes(".broker_")),
    );
    expect(ofBrokers.filter((address) => address === "terraform_data.files")).toHaveLength(3);
  });

  it("A fleet in shards has the shards that brokers name", () => {
    const brokers = [{ address: "a.b", shard: "site-b" }, { address: "c.d", shard: "site-a" }, { address: "e.f" }];

    expect(Object.keys(stacksOf({ shards: 1, brokers }))).toEqual(["mqtt", "mqtt-1", "mqtt-site-a", "mqtt-site-b"]);
    expect(Object.keys(stacksOf({ brokers: brokers.slice(0, 2) }))).toEqual(["mqtt", "mqtt-site-a", "mqtt-site-b"]);
  });

  it("The shards of a fleet are deployed after the authority, by the names that cdktf looks for", () => {
    const dependencies = inNewDirectory(() => {
      const app = new App();
      create(app, { shards: 3 });
      app.synth();
      return Object.values(app.manifest.stacks).map((stack) => [stack.name, stack.dependencies]);
    });

    expect(Object.fromEntries(dependencies)).toEqual({
      mqtt: [],
      "mqtt-1": ["mqtt"],
      "mqtt-2": ["mqtt"],
      "mqtt-3": ["mqtt"],
    });
  });

  it("A fleet in shards knows its shards by name, and its brokers in the order of their addresses", () => {
    inNewDirectory(() => {
      const fleet = create(new App(), { shards: 3 });

      expect([...fleet.shards].map(([name, { node }]) => [name, node.id])).toEqual([
        ["1", "mqtt-1"],
        ["2", "mqtt-2"],
        ["3", "mqtt-3"],
      ]);
      expect(fleet.servers.map(({ spec }) => spec.address.text)).toEqual(BROKERS.map(({ address }) => address));
    });
  });

  it("An added or removed broker changes the text of one shard, and of no other stack", () => {
    const before = stacksOf({ shards: 3 });

    expect(changed(before, stacksOf({ shards: 3, brokers: [{ address: "b7.example.com" }, ...BROKERS] }))).toEqual([
      "mqtt-3",
    ]);
    expect(changed(before, stacksOf({ shards: 3, brokers: BROKERS.toSpliced(3, 1) }))).toEqual(["mqtt-1"]);
    expect(changed(before, stacksOf({ shards: 3, brokers: BROKERS.toReversed() }))).toEqual([]);
  });

  it("A fleet in shards has no path of this machine in its text", () => {
    const texts = Object.values(stacksOf({ shards: 3 })).map(({ wholeText }) => wholeText);
    const again = Object.values(stacksOf({ shards: 3 })).map(({ wholeText }) => wholeText);

    expect(again).toEqual(texts);
  });

  it("A fleet in shards asks for passwords only in the stacks that use them", () => {
    const stacks = stacksOf({
      shards: 3,
      authority: { subject: { commonName: "Test CA" }, passwordVariable: "ca_password" },
      brokers: BROKERS.map((broker) =>
        broker.address === "b6.example.com" ? { ...broker, passwordVariable: "b6_password" } : broker,
      ),
    });
    const variables = Object.entries(stacks).map(([name, { json }]) => [name, Object.keys(json.variable ?? {}).sort()]);

    expect(Object.fromEntries(variables)).toEqual({
      mqtt: ["ca_password"],
      "mqtt-1": ["b6_password"],
      "mqtt-2": [],
      "mqtt-3": [],
    });
  });

  it("A fleet in shards issues certificates for requests", () => {
    const { pem } = makeRequest({ subject: { CN: "b6.example.com" }, names: ["DNS:b6.example.com"] });
    const stack = stackOf(stacksOf({ shards: 3, brokers: [{ address: "b6.example.com", csrPem: pem }] }), "mqtt-1");

    expect(Object.keys(stack.resources).filter((address) => address.includes("private_key"))).toEqual([]);
    expect(stack.wholeText).toContain(JSON.stringify(pem).slice(1, -1));
  });

  it("A shard is refused if its stack has the name of another fleet's stack", () => {
    inNewDirectory(() => {
      const app = new App();
      create(app, { shards: 2 });

      expect(() => {
        new BrokerPki(app, "mqtt-2", {
          directory: "other",
          authority: { subject: { commonName: "Other CA" } },
          brokers: BROKERS,
        });
      }).toThrow("There is already a Construct with name 'mqtt-2'");
    });
  });

  it("A fleet in shards warns in each shard of certificates that are due there", () => {
    const checks = Object.entries(stacksOf({ shards: 3, brokers: BROKERS.slice(0, 4) })).map(([name, { text }]) => [
      name,
      Object.keys((JSON.parse(text) as { check?: object }).check ?? {}),
    ]);

    expect(Object.fromEntries(checks)).toEqual({
      mqtt: [],
      "mqtt-1": ["authority", "brokers"],
      "mqtt-2": [],
      "mqtt-3": ["authority", "brokers"],
    });
  });
});

describe("A shard", () => {
  it("A shard reads only what it signs with from the authority's state, and reads it once", () => {
    const stacks = stacksOf({ shards: 3 });
    const [mqtt, shard, empty] = ["mqtt", "mqtt-3", "mqtt-2"].map((name) => stackOf(stacks, name));
    const outputs = Object.entries(mqtt?.json.output ?? {});

    expect(outputs.map(([, { value }]) => value).sort()).toEqual([
      "${tls_private_key.authority.private_key_pem_pkcs8}",
      "${tls_self_signed_cert.authority.cert_pem}",
      "${tls_self_signed_cert.authority.validity_end_time}",
    ]);
    expect(outputs.every(([, { sensitive }]) => sensitive === true)).toBe(true);
    expect(shard?.text.match(/data\.terraform_remote_state\./g)).toHaveLength(3);
    expect(shard?.json.data).toEqual({
      terraform_remote_state: {
        "cross-stack-reference-input-mqtt": expect.objectContaining({
          backend: "local",
          config: { path: "../../../terraform.mqtt.tfstate" },
        }) as unknown,
      },
    });
    expect(shard?.resources["tls_locally_signed_cert.broker_b1_example_com"]).toMatchObject({
      ca_cert_pem: "${local.authority_certificate}",
      ca_private_key_pem: "${local.authority_key}",
    });
    expect(empty?.resources).toHaveProperty(["tls_locally_signed_cert.broker_b8_example_com"]);
  });

  it("A shard without brokers reads nothing, and has its providers", () => {
    const { json } = stackOf(stacksOf({ shards: 3, brokers: [{ address: "b6.example.com" }] }), "mqtt-2");

    expect(json.data).toBeUndefined();
    expect(Object.keys(json.provider ?? {}).sort()).toEqual(["local", "tls"]);
  });

  it("A shard shows the authority's certificate and its expiry in plans, and hides the key", () => {
    const locals = stackOf(stacksOf({ shards: 3 }), "mqtt-1").json.locals ?? {};

    expect(locals["authority_certificate"]).toMatch(/^\$\{nonsensitive\(data\.terraform_remote_state\..*cert_pem\)\}$/);
    expect(locals["authority_not_after"]).toMatch(/^\$\{nonsensitive\(.*validity_end_time\)\}$/);
    expect(locals["authority_key"]).toMatch(/^\$\{data\.terraform_remote_state\..*private_key_pem_pkcs8\}$/);
  });

  it("A shard reads only the generations that sign in it", () => {
    const stacks = stacksOf({
      shards: 3,
      authority: [{ subject: { commonName: "One" } }, { generation: 2, subject: { commonName: "Two" } }],
      signingGeneration: 1,
      brokers: BROKERS.map((broker) =>
        broker.address === "b6.example.com" ? { ...broker, signingGeneration: 2 } : broker,
      ),
    });
    const keys = (name: string): string[] =>
      Object.keys(stackOf(stacks, name).json.locals ?? {}).filter((local) => local.endsWith("_key"));

    expect([keys("mqtt-1"), keys("mqtt-2")]).toEqual([["authority_2_key"], ["authority_key"]]);
    expect(stackOf(stacks, "mqtt").resources["local_file.authority"]?.["content"]).toBe(
      "${tls_self_signed_cert.authority.cert_pem}${tls_self_signed_cert.authority_2.cert_pem}",
    );
  });

  it("A shard signs with an imported authority, whose certificate it has as text", () => {
    const stacks = inNewDirectory((folder) => {
      const { certificateFile, keyFile } = makeAuthority(folder, "made");
      return synthesize((app) => create(app, { shards: 3, authority: { certificateFile, keyFile } }));
    });
    const { json, resources } = stackOf(stacks, "mqtt-1");

    expect(json.locals?.["authority_certificate"]).toContain("BEGIN CERTIFICATE");
    expect(json.locals?.["authority_key"]).toMatch(/^\$\{data\.terraform_remote_state\..*private_key_pem\}$/);
    expect(resources["tls_locally_signed_cert.broker_b6_example_com"]?.["ca_cert_pem"]).toBe(
      "${local.authority_certificate}",
    );
    expect(
      Object.values(stacks)
        .map(({ wholeText }) => wholeText)
        .join(""),
    ).not.toContain("PRIVATE KEY-----\\n");
  });

  it("A shard stops for foreign files only at the places of its brokers", () => {
    const stacks = stacksOf({ shards: 3 });
    const claim = (name: string): unknown => stackOf(stacks, name).resources["terraform_data.files"]?.["input"];

    expect(claim("mqtt-1")).toBe(
      '${sort(setintersection(setunion(fileset("../../../pki", "brokers/*/server.key"), fileset("../../../pki", "brokers/*/server.pem")), ["brokers/b6.example.com/server.key","brokers/b6.example.com/server.pem"]))}',
    );
    expect(claim("mqtt")).toBe(
      '${sort(setunion(fileset("../../../pki", "ca.key"), fileset("../../../pki", "ca.pem")))}',
    );
  });

  it("A shard has the outputs of its brokers, and the authority's stack has those of the authority", () => {
    const stacks = stacksOf({ shards: 3, outputs: true, files: false });
    const outputs = (name: string): string[] =>
      Object.keys(stackOf(stacks, name).json.output ?? {}).filter((output) => !output.startsWith("cross-stack"));

    expect(outputs("mqtt")).toEqual(["ca_key", "ca_pem"]);
    expect(outputs("mqtt-1")).toEqual(["server_certificates", "server_keys"]);
    expect(stackOf(stacks, "mqtt-1").json.output?.["server_keys"]).toMatchObject({
      sensitive: true,
      value: { "b6.example.com": "${tls_private_key.broker_b6_example_com.private_key_pem_pkcs8}" },
    });
  });

  it("A shard leaves it to the authority's stack to stop a rollover that skips a step", () => {
    const stacks = stacksOf({
      shards: 3,
      authority: [{ subject: { commonName: "One" } }, { generation: 2, subject: { commonName: "Two" } }],
      signingGeneration: 2,
    });

    expect(JSON.stringify(stackOf(stacks, "mqtt").resources["terraform_data.fleet_since"])).toContain(
      "terraform_data.authority_2_since.input == plantimestamp()",
    );
    expect(stackOf(stacks, "mqtt-1").text).not.toContain("since");
  });
});

describe("The backend of a fleet", () => {
  const REMOTE = {
    pg: (stack) => new PgBackend(stack, { connStr: "postgres://db.example.com/states", schemaName: stack.node.id }),
    s3: (stack) => new S3Backend(stack, { bucket: "states", key: stack.node.id, region: "eu-west-1", encrypt: true }),
    http: (stack) => new HttpBackend(stack, { address: `https://states.example.com/${stack.node.id}` }),
    cloud: (stack) =>
      new CloudBackend(stack, { organization: "example", workspaces: new NamedCloudWorkspace(stack.node.id) }),
  } as const satisfies Record<string, BrokerPkiProps["backend"]>;

  it.each(["pg", "s3", "http"] as const)(
    "The backend of a fleet can be %s, with a state for each stack; shards read the authority's",
    (type) => {
      const stacks = stacksOf({ shards: 2, backend: REMOTE[type] });
      const placeIn = (config: unknown): unknown => {
        const { schema_name, key, address } = config as Record<string, unknown>;
        return schema_name ?? key ?? address;
      };
      const own = Object.values(stacks).map(({ json }) =>
        placeIn((json.terraform.backend as Record<string, unknown>)[type]),
      );
      const remote = Object.values(stackOf(stacks, "mqtt-2").json.data?.["terraform_remote_state"] ?? {});

      expect(own.map((place) => String(place).replace(/.*\//, ""))).toEqual(["mqtt", "mqtt-1", "mqtt-2"]);
      expect(remote).toHaveLength(1);
      expect(remote[0]?.["backend"]).toBe(type);
      expect(placeIn(remote[0]?.["config"])).toBe(own[0]);
    },
  );

  it('The backend of a fleet can be HCP Terraform, with custody "state"', () => {
    const stacks = stacksOf({ shards: 1, backend: REMOTE.cloud, outputs: true, files: false });

    expect(JSON.stringify(stackOf(stacks, "mqtt-1").json.data)).toContain('"name":"mqtt"');
    expect(() => stacksOf({ custody: "machine", backend: REMOTE.cloud })).toThrow("temporary machines");
  });

  it("The backend of a fleet works with one stack too", () => {
    expect(stackOf(stacksOf({ backend: REMOTE.s3 }), "mqtt").json.terraform.backend).toMatchObject({
      s3: { bucket: "states", key: "mqtt" },
    });
  });

  it("The backend of the authority's stack may be set afterwards", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        new LocalBackend(create(app, { shards: 2 }), { path: "../../../elsewhere.tfstate" });
      }),
    );

    expect(JSON.stringify(stackOf(stacks, "mqtt-1").json.data)).toContain('"path":"../../../elsewhere.tfstate"');
  });

  it("The backend of a fleet must be a function", () => {
    expect(refused({ backend: "s3" as never })).toEqual(["backend: is not a function"]);
  });
});

describe("PemDirectory that shares the path of another", () => {
  it("PemDirectory with a shared path writes there from its own stack, and claims only its own files", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        const [central, line] = [new TerraformStack(app, "central"), new TerraformStack(app, "line")];
        const authority = new CertificateAuthority(central, "ca", { subject: { commonName: "Test CA" } });
        const files = new PemDirectory(central, "files", { path: "certs" });
        files.addAuthority(authority);
        new PemDirectory(line, "files", { sharedWith: files, resourceName: "files" }).addServer(
          new ServerCertificate(line, "server", { authority, address: "a.b", resourceName: "mqtt" }),
        );
        new PemDirectory(new TerraformStack(app, "empty"), "files", { sharedWith: files, resourceName: "files" });
      }),
    );
    const { resources } = stackOf(stacks, "line");

    expect(resources["local_sensitive_file.mqtt"]?.["filename"]).toBe("../../../certs/brokers/a.b/server.key");
    expect(resources["terraform_data.files"]?.["input"]).toContain(
      '["brokers/a.b/server.key","brokers/a.b/server.pem"]',
    );
    expect(stackOf(stacks, "empty").resources["terraform_data.files"]?.["input"]).toBe("${[]}");
  });

  it("PemDirectory with a shared path cannot have another path", () => {
    inNewDirectory(() => {
      const app = new App();
      const sharedWith = new PemDirectory(new TerraformStack(app, "central"), "files");

      expect(() => new PemDirectory(new TerraformStack(app, "line"), "files", { sharedWith, path: "pki" })).toThrow(
        "path: (hidden text) is not a known property; choose from resourceName",
      );
    });
  });
});

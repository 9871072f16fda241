import { App, Aspects, S3Backend, TerraformOutput, TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { BrokerPki, CertificateAuthority, type Custody, ServerCertificate } from "../../../lib";
import { inNewDirectory, refusal, synthesize } from "../../support/synth";
import { AUTHORITY, fleet, brokers, create } from "./support";

describe("BrokerPki as a stack", () => {
  it("BrokerPki keeps its state next to the app, by a path that is the same everywhere", () => {
    expect(fleet({ brokers: brokers("a.b") }).json.terraform.backend).toEqual({
      local: { path: "../../../terraform.mqtt.tfstate" },
    });
  });

  it("BrokerPki accepts a user's backend", () => {
    const backend = inNewDirectory(
      () =>
        synthesize((app) => {
          new S3Backend(create(app, {}), { bucket: "states", key: "mqtt", region: "eu-west-1" });
        })["mqtt"]?.json.terraform.backend,
    );

    expect(backend).toEqual({ s3: { bucket: "states", key: "mqtt", region: "eu-west-1" } });
  });

  it("BrokerPki accepts a user's resources, which may refer to other stacks", () => {
    const resources = inNewDirectory(
      () =>
        synthesize((app) => {
          const other = new TerraformStack(app, "other");
          const authority = new CertificateAuthority(other, "ca", { subject: { commonName: "Other CA" } });
          const fleet = create(app, {});
          new ServerCertificate(fleet, "extra", { authority, address: "extra.example.com", resourceName: "extra" });
        })["mqtt"]?.resources,
    );

    expect(resources?.["tls_locally_signed_cert.extra"]).toMatchObject({
      ca_cert_pem: expect.stringContaining("${data.terraform_remote_state.") as string,
    });
  });

  it("An app may have several fleets", () => {
    const stacks = inNewDirectory(() =>
      synthesize((app) => {
        create(app, {});
        new BrokerPki(app, "second", { authority: AUTHORITY, brokers: brokers("a.b"), directory: "second" });
      }),
    );

    expect(Object.keys(stacks)).toEqual(["mqtt", "second"]);
  });
});

describe.each<[Custody]>([["state"], ["machine"]])('BrokerPki with custody "%s" in the app', (custody) => {
  function appWith(declare: (fleet: BrokerPki, app: App) => void): App {
    const app = new App();
    declare(new BrokerPki(app, "mqtt", { custody, authority: AUTHORITY, brokers: brokers("a.b") }), app);
    return app;
  }

  /** What the app is synthesized to: its stacks, and what each is deployed after. */
  function dependenciesOf(declare: (fleet: BrokerPki, app: App) => void): Record<string, readonly string[]> {
    return inNewDirectory(() => {
      const app = appWith(declare);
      app.synth();
      return Object.fromEntries(
        Object.values(app.manifest.stacks).map(({ name, dependencies }) => [name, dependencies]),
      );
    });
  }

  it("BrokerPki is the only child of the app", () => {
    inNewDirectory(() => {
      expect(appWith(() => undefined).node.children.map((child) => TerraformStack.isStack(child))).toEqual([true]);
    });
  });

  it("BrokerPki gives its certificates to other stacks, which are deployed after it", () => {
    const take = (fleet: BrokerPki, app: App) => {
      const other = new TerraformStack(app, "other");
      new TerraformOutput(other, "ca", { value: fleet.authority.certificatePem });
      new TerraformOutput(other, "server", { value: fleet.servers[0]?.certificatePem });
    };

    expect(dependenciesOf(take)).toEqual({ mqtt: [], other: ["mqtt"] });
  });

  it("BrokerPki is deployed after the stacks that it depends on", () => {
    const depend = (fleet: BrokerPki, app: App) => {
      fleet.addDependency(new TerraformStack(app, "network"));
    };

    expect(dependenciesOf(depend)).toEqual({ mqtt: ["network"], network: [] });
  });

  /** A construct of the fleet's, by its id. */
  function below(fleet: BrokerPki, id: string): Construct {
    return (
      fleet.node
        .findAll()
        .filter((construct) => construct instanceof Construct)
        .find(({ node }) => node.id === id) ?? fleet
    );
  }

  it.each<[string, (fleet: BrokerPki, token: string) => unknown]>([
    ["next to ours", (fleet, token) => new TerraformOutput(fleet, "o", { value: token })],
    ["in the authority", (fleet, token) => new TerraformOutput(below(fleet, "authority"), "o", { value: token })],
    ["in a broker", (fleet, token) => new TerraformOutput(below(fleet, "a.b"), "o", { value: token })],
    [
      "as an override",
      (fleet, token) => {
        const [own] = fleet.node.findAll().filter((construct) => TerraformResource.isTerraformResource(construct));
        own?.addOverride("input", token);
      },
    ],
  ])("BrokerPki accepts values of other stacks at any place: %s", (_where, take) => {
    const text = inNewDirectory(
      () =>
        synthesize((app) => {
          const declare = (id: string) =>
            new BrokerPki(app, id, { custody, directory: id, authority: AUTHORITY, brokers: brokers("a.b") });
          take(declare("mqtt"), declare("other").authority.certificatePem);
        })["mqtt"]?.text,
    );

    expect(text).toMatch(/\$\{data\.terraform_remote_state\.[\w-]*other\.outputs\./);
  });

  it("BrokerPki is visited by aspects", () => {
    const visited = inNewDirectory(() => {
      const types = new Set<string>();
      appWith((fleet) => {
        Aspects.of(fleet).add({
          visit: (node) => {
            if (TerraformResource.isTerraformResource(node)) {
              types.add(node.terraformResourceType);
            }
          },
        });
      }).synth();
      return types;
    });

    expect(visited).toContain("terraform_data");
  });

  it("BrokerPki is validated", () => {
    inNewDirectory(() => {
      const app = appWith((fleet) => {
        fleet.node.addValidation({ validate: () => ["the moon is full"] });
      });

      expect(() => {
        app.synth();
      }).toThrow("the moon is full");
    });
  });
});

describe("BrokerPki.server", () => {
  const declare = (app: App): BrokerPki =>
    new BrokerPki(app, "mqtt", {
      authority: AUTHORITY,
      brokers: [{ address: "mqtt-1.example.com" }, { address: "2001:db8::10" }],
    });

  it("BrokerPki.server returns the certificate of a broker by its address, in any spelling", () => {
    inNewDirectory(() =>
      synthesize((app) => {
        const fleet = declare(app);

        expect(fleet.server("MQTT-1.example.com.").address.text).toBe("mqtt-1.example.com");
        expect(fleet.server("2001:DB8:0::10")).toBe(fleet.servers[0]);
      }),
    );
  });

  it("BrokerPki.server refuses another address, and lists the addresses of the brokers", () => {
    const ask = (address: string): string =>
      inNewDirectory(() => refusal((app) => declare(app).server(address))).message;

    expect(ask("mqtt-2.example.com")).toBe(
      '1 problem in the fleet "mqtt":\n  "mqtt-2.example.com" is not the address of a broker of this fleet; the brokers are 2001:db8::10, mqtt-1.example.com',
    );
    expect(ask("mqtt-1.example.com:8883")).toMatch(/has a port/);
  });
});

import { TerraformStack } from "cdktf";
import {
  BrokerPki,
  type BrokerPkiProps,
  CertificateAuthority,
  type Custody,
  Duration,
  PemDirectory,
  PemOutputs,
  ServerCertificate,
} from "../../lib";
import { makeAuthority } from "../support/authorities";
import { makeRequest } from "../support/requests";
import { inNewDirectory, synthesize, Synthesized } from "../support/synth";

const AUTHORITY = { subject: { commonName: "First CA" } };
const GENERATIONS = [AUTHORITY, { generation: 2, subject: { commonName: "Second CA" } }];

interface Check {
  readonly assert: readonly { readonly condition: string; readonly error_message: string }[];
}

function declared(props: Partial<BrokerPkiProps>): Synthesized {
  const stacks = synthesize(
    (app) => new BrokerPki(app, "mqtt", { authority: AUTHORITY, brokers: [{ address: "a.b" }], ...props }),
  );
  return stacks["mqtt"] ?? new Synthesized("");
}

function fleet(props: Partial<BrokerPkiProps> = {}): Synthesized {
  return inNewDirectory(() => declared(props));
}

function checksOf({ text }: Synthesized): Readonly<Record<string, Check>> | undefined {
  return (JSON.parse(text) as { check?: Record<string, Check> }).check;
}

/** Of each authority that the check looks at, when it ends: an expression. */
function endsIn(stack: Synthesized): (string | undefined)[] {
  return (checksOf(stack)?.["authority"]?.assert ?? []).map(
    ({ condition }) => /timecmp\(timeadd\(plantimestamp\(\), "\d+h"\), (.*)\) < 0\}$/.exec(condition)?.[1],
  );
}

describe.each<Custody>(["state", "machine"])('ValidityCheck with custody "%s"', (custody) => {
  it("ValidityCheck is one check of all brokers, and one of the authority", () => {
    const checks = checksOf(fleet({ custody }));

    expect(Object.keys(checks ?? {}).sort()).toEqual(["authority", "brokers"]);
    expect(checks?.["brokers"]?.assert).toHaveLength(1);
    expect(checks?.["authority"]?.assert).toHaveLength(1);
  });

  it("ValidityCheck has the same text for any number of brokers", () => {
    const addresses = Array.from({ length: 50 }, (_, index) => `b${100 + index}.example.com`);
    const large = fleet({ custody, brokers: addresses.map((address) => ({ address })) });

    expect(checksOf(large)).toEqual(checksOf(fleet({ custody })));
    if (custody === "machine") {
      expect(large.json.locals).toEqual(fleet({ custody }).json.locals);
      return;
    }
    const validity = (large.json.locals?.["validity"] ?? {}) as Record<string, Record<string, string>>;
    expect(Object.keys(validity)).toEqual(addresses);
    for (const texts of Object.values(validity)) {
      expect(Object.keys(texts).sort()).toEqual(["is_due", "not_after"]);
      expect(Math.max(...Object.values(texts).map((text) => text.length))).toBeLessThan(150);
    }
  });

  it("ValidityCheck uses the planned values of each broker", () => {
    const validity = fleet({ custody }).json.locals?.["validity"];

    if (custody === "machine") {
      // Those that are due, where the resource that would make them stays as it is.
      expect(validity).toMatch(/terraform_data\.brokers\.triggers_replace != local\.brokers_shown/);
      expect(validity).toMatch(
        /for folder, words in local\.brokers_due : .*local\.brokers_records\[folder\]\.not_after/,
      );
      return;
    }
    expect(validity).toEqual({
      "a.b": {
        is_due: "${tls_locally_signed_cert.broker_a_b.ready_for_renewal}",
        not_after: "${tls_locally_signed_cert.broker_a_b.validity_end_time}",
      },
    });
  });

  it("ValidityCheck includes a broker with a request", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
    const validity = (props: object) =>
      fleet({ custody, brokers: [{ address: "a.b", ...props }] }).json.locals?.["validity"];

    expect(validity({ csrPem: pem })).toEqual(validity({}));
  });

  it("ValidityCheck checks an authority once for any number of brokers, and no authority that signs for none", () => {
    const brokers = ["a.b", "c.d", "e.f"].map((address) => ({ address }));
    const generations = { custody, authority: GENERATIONS, signingGeneration: 1 };
    const [first] = endsIn(fleet({ custody }));
    const [second] = endsIn(fleet({ ...generations, signingGeneration: 2 }));

    expect([first, second]).toEqual(
      custody === "state"
        ? ["tls_self_signed_cert.authority.validity_end_time", "tls_self_signed_cert.authority_2.validity_end_time"]
        : ["local.authority_not_after", "local.authority_2_not_after"],
    );
    expect(endsIn(fleet({ ...generations, brokers }))).toEqual([first]);
    expect(endsIn(fleet({ ...generations, brokers: [...brokers, { address: "g.h", signingGeneration: 2 }] }))).toEqual([
      first,
      second,
    ]);
    // The generation of the fleet signs for no broker.
    expect(endsIn(fleet({ ...generations, brokers: [{ address: "a.b", signingGeneration: 2 }] }))).toEqual([second]);
  });

  it("ValidityCheck warns of an authority if the longest certificate, renewed in time, would outlive it", () => {
    const brokers = [
      { address: "a.b", duration: Duration.days(100), renewBefore: Duration.days(1) },
      { address: "c.d", duration: Duration.days(90), renewBefore: Duration.days(30) },
    ];
    const [assertion] = checksOf(fleet({ custody, brokers }))?.["authority"]?.assert ?? [];

    expect(assertion?.condition).toContain(`timeadd(plantimestamp(), "${(90 + 30) * 24}h")`);
    expect(assertion?.error_message).toMatch(
      new RegExp(
        `After \\$\\{timeadd\\(.*, "-${100 * 24}h"\\)\\} it can issue no certificate that is valid for 100 days\\.`,
      ),
    );
  });

  it("ValidityCheck covers an imported authority too", () => {
    inNewDirectory((folder) => {
      const { certificateFile, keyFile } = makeAuthority(folder, "ca");
      const [end] = endsIn(declared({ custody, authority: { certificateFile, keyFile } }));

      expect(end).toMatch(custody === "state" ? /^"[\d-]+T[\d:]+Z"$/ : /^local\.authority_not_after$/);
    });
  });

  it("ValidityCheck is not in a user's stack", () => {
    const { own } = inNewDirectory(() =>
      synthesize((app) => {
        const stack = new TerraformStack(app, "own");
        const authority = new CertificateAuthority(stack, "ca", { ...AUTHORITY, custody });
        const server = new ServerCertificate(stack, "server", { authority, address: "a.b" });
        if (custody === "state") {
          const directory = new PemDirectory(stack, "pem");
          directory.addAuthority(authority);
          directory.addServer(server);
          new PemOutputs(stack, "outputs", { authority, servers: [server] });
        }
      }),
    );

    expect(own && checksOf(own)).toBeUndefined();
    expect(own?.json.locals ?? {}).not.toHaveProperty("validity");
  });
});

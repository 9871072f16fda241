import { type BrokerPkiProps, type Custody } from "../../../lib";
import { makeRequest } from "../../support/requests";
import { type Synthesized } from "../../support/synth";
import { fleet, brokers, refused } from "./support";

describe("The key version of a broker", () => {
  const versions = (...keyVersions: (number | undefined)[]): Synthesized =>
    fleet({
      brokers: keyVersions.map((keyVersion, index) => ({
        address: `b${index}.c`,
        ...(keyVersion !== undefined && { keyVersion }),
      })),
    });

  it("A key version from 2 on is a new resource, and changes no other resource's address", () => {
    const [first, later] = [versions(1, 1, 1), versions(1, 2, 12)].map(({ resources }) => Object.keys(resources));

    expect(later?.filter((name) => !first?.includes(name))).toEqual([
      "tls_private_key.broker_b1_c__key_2",
      "tls_private_key.broker_b2_c__key_12",
    ]);
    expect(first?.filter((name) => !later?.includes(name))).toEqual([
      "tls_private_key.broker_b1_c",
      "tls_private_key.broker_b2_c",
    ]);
  });

  it("A fleet without key versions has exactly the text of version 1", () => {
    expect(versions(1, undefined).text).toBe(versions(undefined, undefined).text);
  });

  it.each([0, 1.5, "2", null])("A key version cannot be %p", (keyVersion) => {
    const broker = { address: "a.b", keyVersion: keyVersion as number };

    expect(refused({ brokers: [broker] })).toEqual(["brokers[0].keyVersion: is not a version"]);
  });
});

describe('The key version of a broker with custody "state"', () => {
  const first = fleet({ brokers: brokers("a.b", "c.d") });
  const second = fleet({ brokers: [{ address: "a.b", keyVersion: 2 }, { address: "c.d" }] });

  it('A key version with custody "state" makes a new key and request, and keeps the certificate, the files and other brokers', () => {
    const changed = Object.keys({ ...first.resources, ...second.resources }).filter(
      (address) => JSON.stringify(first.resources[address]) !== JSON.stringify(second.resources[address]),
    );

    expect(changed.sort()).toEqual([
      "local_sensitive_file.broker_a_b",
      "tls_cert_request.broker_a_b",
      "tls_private_key.broker_a_b",
      "tls_private_key.broker_a_b__key_2",
    ]);
    expect(second.resources["tls_cert_request.broker_a_b"]).toMatchObject({
      private_key_pem: "${tls_private_key.broker_a_b__key_2.private_key_pem}",
    });
    expect(second.resources["local_sensitive_file.broker_a_b"]).toMatchObject({
      content: "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}",
    });
  });

  it('A key version with custody "state" selects the key that is encrypted, and the key in outputs', () => {
    const broker = { address: "a.b", keyVersion: 2 };
    const { dataSources } = fleet({ brokers: [{ ...broker, passwordVariable: "p" }] });

    expect(dataSources["local_command.broker_a_b"]).toMatchObject({
      stdin: "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}",
    });
    expect(fleet({ outputs: true, brokers: [broker] }).json.output).toMatchObject({
      server_keys: { value: { "a.b": "${tls_private_key.broker_a_b__key_2.private_key_pem_pkcs8}" } },
    });
  });
});

describe.each<[Custody]>([["state"], ["machine"]])('Key versions with custody "%s"', (custody) => {
  const declared = (props: Partial<BrokerPkiProps>) => fleet({ custody, brokers: brokers("a.b", "c.d"), ...props });

  it("A key version of the fleet is the same as one at each broker", () => {
    expect(declared({ keyVersion: 2 })).toEqual(
      declared({ brokers: brokers("a.b", "c.d").map((broker) => ({ ...broker, keyVersion: 2 })) }),
    );
    expect(declared({ keyVersion: 1 })).toEqual(declared({}));
  });

  it("A key version does not apply to a broker with a request", () => {
    const { pem } = makeRequest({ subject: { CN: "a.b" }, names: ["DNS:a.b"] });
    const own = { brokers: [{ address: "a.b", csrPem: pem }] };

    expect(declared({ ...own, keyVersion: 2 })).toEqual(declared(own));
    expect(refused({ custody, brokers: [{ address: "a.b", csrPem: pem, keyVersion: 2 }] })).toEqual([
      "brokers[0].keyVersion: is for a key that is made here, but this broker made its own key",
    ]);
  });
});

import { type Custody } from "../../../lib";
import { OF_MACHINE, AWKWARD, fleet, brokers, refused, PASSWORDS } from "./support";

describe("The resource addresses of a fleet", () => {
  // These are a contract: a change of one re-creates keys and certificates of fleets that exist.
  it('The resource addresses of a fleet are pinned, with custody "state"', () => {
    expect(Object.keys(fleet({ brokers: brokers("mqtt-1.example.com") }).resources).sort()).toEqual([
      "local_file.authority",
      "local_file.broker_mqtt-1_example_com",
      "local_sensitive_file.authority",
      "local_sensitive_file.broker_mqtt-1_example_com",
      "terraform_data.authority_since",
      "terraform_data.files",
      "terraform_data.fleet_since",
      "tls_cert_request.broker_mqtt-1_example_com",
      "tls_locally_signed_cert.broker_mqtt-1_example_com",
      "tls_private_key.authority",
      "tls_private_key.broker_mqtt-1_example_com",
      "tls_self_signed_cert.authority",
    ]);
  });

  it('The resource addresses of a fleet are pinned, with custody "machine"', () => {
    const declaration = { custody: "machine", brokers: brokers("mqtt-1.example.com", "*.example.com") } as const;

    expect(Object.keys(fleet(declaration).resources).sort()).toEqual(OF_MACHINE);
  });

  it("The resource addresses of awkward addresses are pinned and unique", () => {
    const addresses = Object.keys(fleet({ brokers: brokers(...AWKWARD) }).resources);

    expect(addresses.filter((address) => address.startsWith("local_sensitive_file.broker")).sort()).toEqual([
      "local_sensitive_file.broker_192_0_2_10",
      "local_sensitive_file.broker_1a",
      "local_sensitive_file.broker_a-b",
      "local_sensitive_file.broker_a_b",
      "local_sensitive_file.broker_ab",
      "local_sensitive_file.broker_ipv6",
      "local_sensitive_file.broker_ipv6__2001-db8--10",
      "local_sensitive_file.broker_wildcard__plant_example_com",
      "local_sensitive_file.broker_wildcard_plant_example_com",
      "local_sensitive_file.broker_xn--bcher-kva_example",
    ]);
  });

  it("The resource addresses of further key versions are pinned and unique among all addresses", () => {
    const renewed = ["a.b", "2001:db8::10", "ipv6", "*.plant.example.com", "wildcard"];
    const others = ["a.b.key", "key", "*.key.b", "a.b.key-2", "wildcard.key-2"];
    const stack = fleet({
      brokers: [...renewed.map((address) => ({ address, keyVersion: 2 })), ...brokers(...others)],
    });
    const keys = Object.keys(stack.resources).filter((address) => address.startsWith("tls_private_key.broker"));

    expect(keys).toHaveLength(renewed.length + others.length);
    expect(keys.filter((address) => /__key_\d+$/.test(address)).sort()).toEqual([
      "tls_private_key.broker_a_b__key_2",
      "tls_private_key.broker_ipv6__2001-db8--10__key_2",
      "tls_private_key.broker_ipv6__key_2",
      "tls_private_key.broker_wildcard__key_2",
      "tls_private_key.broker_wildcard__plant_example_com__key_2",
    ]);
    // Of all addresses, this one would have the name of another's key.
    expect(refused({ brokers: brokers("*.key.2") })).toEqual([
      "brokers[0].address: ends like an IPv4 address but is not one",
    ]);
  });
});

describe("The resource addresses of a fleet with passwords", () => {
  const addresses = (custody: Custody) => {
    const stack = fleet({ ...PASSWORDS, custody, brokers: brokers("mqtt-1.example.com") });
    return {
      resources: Object.keys(stack.resources).sort(),
      dataSources: Object.keys(stack.dataSources).sort(),
    };
  };

  it('The resource addresses of a fleet with passwords are pinned, with custody "state"', () => {
    expect(addresses("state")).toEqual({
      resources: [
        "local_file.authority",
        "local_file.broker_mqtt-1_example_com",
        "local_file.protected_authority",
        "local_file.protected_broker_mqtt-1_example_com",
        "local_sensitive_file.authority",
        "local_sensitive_file.broker_mqtt-1_example_com",
        "terraform_data.authority_since",
        "terraform_data.files",
        "terraform_data.fleet_since",
        "tls_cert_request.broker_mqtt-1_example_com",
        "tls_locally_signed_cert.broker_mqtt-1_example_com",
        "tls_private_key.authority",
        "tls_private_key.broker_mqtt-1_example_com",
        "tls_self_signed_cert.authority",
      ],
      dataSources: ["local_command.authority", "local_command.broker_mqtt-1_example_com"],
    });
  });

  it('The resource addresses of a fleet with passwords are those of one without, with custody "machine"', () => {
    expect(addresses("machine")).toEqual({ resources: OF_MACHINE, dataSources: [] });
  });
});

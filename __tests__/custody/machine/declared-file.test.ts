import { Duration, KeyAlgorithm } from "../../../lib";
import { declaredOf, shownOfAuthority } from "../../support/machine";
import type { Synthesized } from "../../support/synth";
import { allRuns, fleet, SUBJECT } from "./support";

describe("declared.json", () => {
  it("declared.json has the same bytes for the same fleet, in any order of the brokers", () => {
    const brokers = ["c.d", "a.b", "2001:db8::1"].map((address) => ({ address }));
    const ordered = fleet({ brokers });

    expect(fleet({ brokers }).assets).toEqual(ordered.assets);
    expect(fleet({ brokers: brokers.toReversed() }).assets).toEqual(ordered.assets);
    expect(Object.keys(declaredOf(ordered).brokers)).toEqual(["brokers/2001-db8--1", "brokers/a.b", "brokers/c.d"]);
  });

  it("declared.json gains one line with one more broker", () => {
    const linesOf = (...addresses: string[]) => {
      const { assets } = fleet({ brokers: addresses.map((address) => ({ address })) });
      return Object.entries(assets).flatMap(([path, text]) =>
        path.endsWith("/declared.json") ? text.replaceAll(",\n", "\n").split("\n") : [],
      );
    };
    const [before, after] = [linesOf("a.b", "e.f"), linesOf("a.b", "c.d", "e.f")];

    expect(after.filter((line) => !before.includes(line))).toEqual([expect.stringMatching(/^"brokers\/c\.d": /)]);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  });

  it("A broker's entry in declared.json does not depend on other brokers, the directory or the authority", () => {
    const alone = declaredOf(fleet()).brokers;
    const other = {
      subject: { commonName: "Another CA" },
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.days(5000),
      permittedDomains: ["a.b"],
      pathLength: 0,
    };

    expect(declaredOf(fleet({ brokers: [{ address: "x.y" }, { address: "a.b" }] })).brokers).toMatchObject(alone);
    expect(declaredOf(fleet({ directory: "elsewhere" })).brokers).toEqual(alone);
    expect(declaredOf(fleet({ authority: other })).brokers).toEqual(alone);
  });

  it("declared.json is the same whether the fleet or the broker declares a setting", () => {
    const own = { duration: Duration.days(100), keyAlgorithm: KeyAlgorithm.ED25519, keyVersion: 12 };

    expect(
      declaredOf(
        fleet({
          ...own,
          subject: { organization: "Example Ltd" },
          alternativeAddresses: ["192.0.2.1"],
          brokers: [{ address: "a.b", subject: { country: "DE" }, alternativeAddresses: ["c.d"] }],
        }),
      ),
    ).toEqual(
      declaredOf(
        fleet({
          brokers: [
            {
              ...own,
              address: "a.b",
              subject: { organization: "Example Ltd", country: "DE" },
              alternativeAddresses: ["c.d", "192.0.2.1"],
            },
          ],
        }),
      ),
    );
  });
});

describe("what a plan shows", () => {
  it("A plan shows what is declared of an authority, and its token", () => {
    const shown = (props: object) => shownOfAuthority(fleet({ authority: { subject: SUBJECT, ...props } }));

    expect(shown({})).toMatch(
      /^\$\{jsonencode\(\{"1" = \{subject = "CN=Test CA", key = "RSA-2048", validity = "3650 days", token = .*\}\}\)\}$/,
    );
    expect(shown({ permittedDomains: ["a.b", "c.d"], pathLength: 0 })).toContain(
      'permitted_domains = "a.b, c.d", path_length = "0"',
    );
    expect(shown({ passwordVariable: "ca_password", passwordVersion: 3 })).toContain(
      'password = "ca_password/3/600000"',
    );
    expect(shown({})).not.toContain("password");
  });

  it("A plan shows what is declared of each broker, and which brokers it removes", () => {
    const shown = String(fleet().json.locals?.["brokers_shown"]);

    for (const field of ["subject", "names", "key", "validity"]) {
      expect(shown).toContain(`${field} = server.${field}`);
    }
    expect(shown).toContain("token = ");
    expect(shown).toContain("{removed = local.brokers_removed}");
  });
});

describe("password of a key", () => {
  const broker = { address: "a.b", passwordVariable: "broker_password" };

  it("declared.json has the variable, the version and the iterations of a password", () => {
    const password = (own: object) =>
      declaredOf(fleet({ brokers: [{ ...broker, ...own }] })).brokers["brokers/a.b"]?.password;

    expect(password({})).toBe("broker_password/1/2048");
    expect(password({ passwordVersion: 2 })).toBe("broker_password/2/2048");
    expect(password({ passwordVariable: "other" })).toBe("other/1/2048");
    expect(password({ passwordIterations: 600_000 })).toBe("broker_password/1/600000");
    expect(declaredOf(fleet()).brokers["brokers/a.b"]?.password).toBe("");
  });

  it("Commands do not change with a password", () => {
    const authority = { subject: SUBJECT, passwordVariable: "ca_password" };
    const run = (stack: Synthesized) => allRuns(stack).map(({ interpreter, command }) => [interpreter, command]);

    expect(run(fleet({ authority, brokers: [broker] }))).toEqual(run(fleet()));
  });
});

import { chmodSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { App, Fn, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { BrokerPki, type BrokerPkiProps, type Custody, Duration, KeyAlgorithm } from "../../../lib";
import { inNewDirectory, reasons, refusal, textsIn } from "../../support/synth";
import { AUTHORITY, declared, brokers, refused, create } from "./support";

/** Why no token is taken. */
const TOKEN =
  "is a token, whose value is known only at apply: it cannot be checked at synth, nor used in names of resources and files";

describe("Refusals of BrokerPki", () => {
  it("BrokerPki is refused with all problems in one error, each with path, value and fix", () => {
    const error = inNewDirectory(() =>
      refusal((app) =>
        create(app, {
          authority: { subject: { commonName: "CA", country: "USA" } },
          brokers: [
            { address: "mqtts://a.example.com:8883" },
            { address: "b.example.com", duration: Duration.days(0) },
            { address: "B.example.com.", keyAlgorithm: KeyAlgorithm.fromName("RSA-1024") },
          ],
          directory: "../pki",
        }),
      ),
    );

    expect(error.message).toBe(
      [
        `6 problems in the fleet "mqtt":`,
        '  authority.subject.country: "USA" is not two letters; write the ISO 3166 code, such as "US"',
        '  brokers[0].address: "mqtts://a.example.com:8883" has a scheme; write the address alone: "a.example.com"',
        `  brokers[1].duration: "0 days" is zero; give at least one hour`,
        '  brokers[2].keyAlgorithm: "RSA-1024" is too weak: clients refuse RSA under 2048 bits; choose one of RSA-2048, RSA-3072, RSA-4096, ECDSA-P256, ECDSA-P384, Ed25519',
        '  brokers[2].address: "B.example.com." is the same broker as brokers[1].address, "b.example.com"; declare it once',
        '  directory: "../pki" is outside the directory where cdktf runs; name a directory below it, or give an absolute path',
      ].join("\n"),
    );
  });

  it("BrokerPki is refused at the line that declares it", () => {
    const [firstFrame] =
      inNewDirectory(() =>
        refusal((app) => new BrokerPki(app, "mqtt", { authority: AUTHORITY, brokers: [] })),
      ).stack?.match(/^ {4}at .*/m) ?? [];

    expect(firstFrame).toContain("refused.test.ts");
  });

  it("A refused BrokerPki leaves nothing on the disk except the folder of the App", () => {
    inNewDirectory(() => {
      refusal((app) => create(app, { brokers: brokers("a_b") }));
      expect(readdirSync(".")).toEqual(["cdktf.out"]);

      declared({ brokers: brokers("a.b") });
      const before = textsIn(".");
      refusal((app) => create(app, { brokers: brokers("a_b") }));
      expect(textsIn(".")).toEqual(before);
    });
  });

  it("BrokerPki is refused for tokens instead of values that must be known", () => {
    const token = Token.asString(Fn.upper("a"));
    const number = Token.asNumber(Fn.max([1, 2]));

    expect(
      refused({
        authority: { subject: { commonName: token } },
        duration: Duration.days(number),
        directory: token,
        brokers: [
          { address: token, alternativeAddresses: ["b.c", token] },
          { address: "a.b", subject: { locality: token } },
          { address: "c.d", alternativeAddresses: Token.asList(Fn.tolist(["e.f"])) },
        ],
      }).sort(),
    ).toEqual([
      `authority.subject.commonName: ${TOKEN}`,
      `brokers[0].address: ${TOKEN}`,
      `brokers[0].alternativeAddresses[1]: ${TOKEN}`,
      `brokers[1].subject.locality: ${TOKEN}`,
      `brokers[2].alternativeAddresses: ${TOKEN}`,
      `directory: ${TOKEN}`,
      `duration: ${TOKEN}`,
    ]);
  });

  it("BrokerPki is refused for tokens instead of names of variables and files, and in their contents", () => {
    const token = Token.asString(Fn.upper("a"));
    const named = { passwordVariable: token, statePassphraseVariable: token };

    expect(
      refused({
        ...named,
        brokers: [
          { address: "a.b", csrFile: token },
          { address: "c.d", csrPem: token },
        ],
      }),
    ).toEqual(
      expect.arrayContaining([
        `passwordVariable: ${TOKEN}`,
        `statePassphraseVariable: ${TOKEN}`,
        `brokers[0].csrFile: ${TOKEN}`,
        `brokers[1].csrPem: ${TOKEN}`,
      ]),
    );
    expect(refused({ authority: { certificateFile: token, keyFile: token, passwordVariable: token } }).sort()).toEqual([
      `authority.certificateFile: ${TOKEN}`,
      `authority.keyFile: ${TOKEN}`,
      `authority.passwordVariable: ${TOKEN}`,
    ]);
    expect(refused({ authority: { certificatePem: token, keyVariable: token } }).sort()).toEqual([
      `authority.certificatePem: ${TOKEN}`,
      `authority.keyVariable: ${TOKEN}`,
    ]);
  });

  it.each<[string, Partial<BrokerPkiProps>, string]>([
    ["no broker", { brokers: [] }, "brokers: has no broker"],
    ["a property that there is not", { broker: [] } as never, "broker: is not a known property"],
    ["neither files nor outputs", { files: false }, "files: leaves the fleet without files and outputs"],
    [
      "a mode of keys without files",
      { files: false, outputs: true, keyMode: "0640" },
      "files: leaves no files whose modes could be set",
    ],
    [
      "a mode of the directory without files",
      { files: false, outputs: true, directoryMode: "0711" },
      "files: leaves no files whose modes could be set",
    ],
    ["an empty directory", { directory: "" }, "directory: is empty"],
    ["a directory that climbs out", { directory: "a/../../b" }, "directory: is outside the directory where cdktf runs"],
    [
      "a directory with a name that is too long",
      { directory: `pki/${"a".repeat(300)}/b` },
      "directory: contains a name that is too long for file systems",
    ],
    [
      "a name for a folder that is too long for a file system",
      { brokers: brokers(`*.${Array.from({ length: 4 }, () => "a".repeat(61)).join(".")}.de`) },
      "brokers[0].address: is a folder name of 260 characters: file systems allow 255",
    ],
  ])("BrokerPki is refused for %s", (_case, props, problem) => {
    expect(refused(props)).toEqual([problem]);
  });

  it.each<Custody>(["state", "machine"])(
    'BrokerPki is refused for anything at the place of its files, with custody "%s"',
    (custody) => {
      inNewDirectory(() => {
        mkdirSync("pki/brokers/dir.example.com/server.key", { recursive: true });
        mkdirSync("pki/brokers/loose.example.com");
        mkdirSync("pki/brokers/link.example.com");
        writeFileSync("pki/ca.pem", "");
        chmodSync("pki/ca.pem", 0o666);
        writeFileSync("pki/ca.key", "");
        chmodSync("pki/ca.key", 0o600);
        writeFileSync("pki/brokers/file.example.com", "");
        writeFileSync("pki/brokers/loose.example.com/server.key", "");
        chmodSync("pki/brokers/loose.example.com/server.key", 0o640);
        symlinkSync("/etc/hostname", "pki/brokers/link.example.com/server.pem");
        const error = refusal((app) =>
          create(app, {
            custody,
            brokers: brokers(
              "dir.example.com",
              "file.example.com",
              "link.example.com",
              "loose.example.com",
              "new.example.com",
            ),
          }),
        );

        expect(error.problems.map(({ path, value, reason }) => `${path}: ${value} ${reason}`)).toEqual([
          'directory: "pki/ca.pem" exists with mode 0666, which a deployment would keep',
          'brokers[0].address: "pki/brokers/dir.example.com/server.key" exists and is not a file',
          'brokers[1].address: "pki/brokers/file.example.com" is a file',
          'brokers[2].address: "pki/brokers/link.example.com/server.pem" exists and is not a file',
          'brokers[3].address: "pki/brokers/loose.example.com/server.key" exists with mode 0640, which a deployment would keep',
        ]);
      });
    },
  );

  it("BrokerPki is refused if its directory is a file, or below one", () => {
    inNewDirectory(() => {
      writeFileSync("taken", "");

      expect(reasons(refusal((app) => create(app, { directory: "taken" })))).toEqual(["directory: is a file"]);
      expect(reasons(refusal((app) => create(app, { directory: "taken/pki" })))).toEqual([
        "directory: lies below taken, which is a file",
      ]);
    });
  });

  it.each([
    ["another fleet", (scope: Construct) => create(scope, { directory: "other" })],
    ["a stack", (scope: Construct) => new TerraformStack(scope, "mqtt")],
  ])("BrokerPki is refused with the id of %s elsewhere in the app, which the CDK would overwrite", (_what, declare) => {
    inNewDirectory(() => {
      const app = new App();
      create(app, {});
      declare(new Construct(app, "site"));

      expect(() => {
        app.synth();
      }).toThrow('"mqtt" is also the id of the stack "');
    });
  });

  it("BrokerPki is refused inside a stack, because it is a stack", () => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        const stack = new TerraformStack(app, "own");
        return new BrokerPki(stack, "mqtt", { authority: AUTHORITY, brokers: brokers("a.b") });
      }),
    );

    expect(error.message).toContain('scope: "own" is in a stack, but a fleet is a stack itself; pass the app');
  });

  it.each<[Custody, Custody, string]>([
    ["state", "state", "mqtt/files"],
    ["machine", "machine", "mqtt/authority"],
    ["machine", "state", "mqtt/authority"],
    ["state", "machine", "mqtt/files"],
  ])("BrokerPki is refused if another fleet writes into the same directory: %s and %s", (first, second, owner) => {
    const error = inNewDirectory(() =>
      refusal((app) => {
        create(app, { custody: first });
        create(app, { custody: second, brokers: brokers("c.d"), directory: "./pki/" }, "second");
      }),
    );

    expect(error.message).toContain(`already belongs to "${owner}"`);
  });
});

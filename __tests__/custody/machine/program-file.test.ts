import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Construct } from "constructs";
import { declaredOf, runsOf, shownOfAuthority } from "../../support/machine";
import { allRuns, authorityIn, fleet, stackWith } from "./support";

describe("runs of the program", () => {
  const stack = fleet();

  it("The engine runs the program with node and no shell, for the authority, the brokers and a destroy", () => {
    const runs = ["owner", "authority", "files", "brokers"].map((name) => runsOf(stack, `terraform_data.${name}`));

    expect(runs.map((of) => of.map(({ interpreter: [node, , command], when }) => [node, command, when]))).toEqual([
      [["node", "remove", "destroy"]],
      [["node", "authority", undefined]],
      [],
      [["node", "brokers", undefined]],
    ]);
    for (const { interpreter, command } of runs.flat()) {
      expect(stack.assets).toHaveProperty([interpreter[1] ?? ""]);
      expect(stack.assets).toHaveProperty([command]);
    }
  });

  it("The stack contains the bundled program byte for byte", () => {
    const [{ interpreter } = { interpreter: [] }] = allRuns(stack);
    const program = readFileSync(join(__dirname, "../../../lib/custody/machine/program.cjs"), "utf8");

    expect(stack.assets[interpreter[1] ?? ""]).toBe(program);
  });

  it("A run gets the state's id, the plan's time and decisions, and the workspace", () => {
    const [remove, authority, brokers] = ["owner", "authority", "brokers"].flatMap((name) =>
      runsOf(stack, `terraform_data.${name}`),
    );

    for (const run of [authority, brokers]) {
      expect(run?.environment).toMatchObject({
        MQTT_PKI_STATE: "${terraform_data.owner.id}",
        MQTT_PKI_TIME: "${plantimestamp()}",
        MQTT_PKI_WORKSPACE: "${terraform.workspace}",
        MQTT_PKI_DECISIONS: expect.stringMatching(/^\$\{/) as string,
      });
    }
    // A resource that is destroyed knows only itself.
    expect(remove?.environment["MQTT_PKI_STATE"]).toBe("${self.id}");
    expect(Object.keys(remove?.environment ?? {}).filter((name) => name.startsWith("MQTT_PKI_"))).toHaveLength(1);
  });

  it.each(["NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "OPENSSL_CONF", "OPENSSL_MODULES"])(
    "The environment of a run clears %s",
    (name) => {
      for (const { environment } of allRuns(stack)) {
        expect(environment[name]).toBe("");
      }
    },
  );

  it("The synthesized stack is the same for any number of brokers, except for declared.json", () => {
    const addresses = ["a.b", "*.plant.example.com", "2001:db8::1", "192.0.2.10", "x.y"];
    const large = fleet({ brokers: addresses.map((address) => ({ address })) });

    expect(large.text).toBe(stack.text);
    expect(Object.keys(declaredOf(large).brokers)).toHaveLength(5);
  });

  it.each([
    'Smith, Jones & Co. = "S"',
    "$(touch owned)",
    "`touch owned`",
    "'; touch owned; '",
    "$HOME %HOME% 100%$",
    "$ENV::PATH # $ {0}",
    "-subj",
    "株式会社例",
    "a/CN=b",
    "a+OU=b",
    "a\\nb\\",
  ])("Commands do not contain the subject %j, and declared.json has it unchanged", (organization) => {
    const subject = { organization };
    const awkward = fleet({ authority: { subject }, subject });
    const { authorities, brokers } = declaredOf(awkward);

    expect(allRuns(awkward).map(({ interpreter, command }) => [interpreter, command])).toEqual(
      allRuns(stack).map(({ interpreter, command }) => [interpreter, command]),
    );
    expect(authorities["1"]).toMatchObject({ attributes: { organization }, subject: `O=${organization}` });
    expect(brokers["brokers/a.b"]).toMatchObject({
      attributes: { organization, commonName: "a.b" },
      subject: `O=${organization}, CN=a.b`,
    });
    expect(shownOfAuthority(awkward)).toContain(`subject = ${JSON.stringify(`O=${organization}`)}`);
  });

  it.each(["${path.cwd}", "%{ if true }x%{ endif }"])(
    "A fleet refuses the subject %j, which contains a Terraform expression",
    (text) => {
      const subject = { organization: text };

      expect(() => fleet({ authority: { subject } })).toThrow("contains a Terraform expression");
      expect(() => fleet({ subject })).toThrow("contains a Terraform expression");
    },
  );

  it.each(["$(touch owned)", "`touch owned`", "a; touch owned", "it's & that", "-rf"])(
    "Commands do not contain the directory %j, and declared.json has it unchanged",
    (directory) => {
      const elsewhere = fleet({ directory });

      expect(allRuns(elsewhere).map(({ interpreter, command }) => [interpreter, command])).toEqual(
        allRuns(stack).map(({ interpreter, command }) => [interpreter, command]),
      );
      expect(declaredOf(elsewhere).directory).toBe(`../../../${directory}`);
    },
  );

  it("Commands contain only plain words for any names of constructs", () => {
    const named = stackWith((own) => authorityIn(new Construct(own, "a; $(touch owned)"), "`b` 'c'"));
    const words = allRuns(named).flatMap(({ interpreter, command }) => [...interpreter, command]);

    expect(words).toHaveLength(3 * 4);
    for (const word of words) {
      expect(word).toMatch(/^[\w/.-]+$/);
    }
  });
});

import { rmSync } from "node:fs";
import { describeOneBareEngine, letEnd } from "./support/custodies";
import { Project } from "./support/project";

const [FIRST, SECOND] = ["mqtt-1.example.com", "mqtt-2.example.com"] as const;

/** A resource and outputs that refer to certificates of their stack. */
const RESOURCE = "terraform_data.user";

describeOneBareEngine("certificates of custody machine in resources and outputs of their stack", (engine) => {
  const project = new Project(engine, { withoutProviders: true });

  const declare = async (
    authority = "{ subject: { commonName: 'Test CA' } }",
    brokers: readonly string[] = [FIRST, SECOND],
    options = "",
  ): Promise<void> => {
    project.declare(`const fleet = new BrokerPki(app, "mqtt", {
        custody: "machine", authority: ${authority}, ${options} keyAlgorithm: KeyAlgorithm.ECDSA_P256,
        brokers: ${JSON.stringify(brokers.map((address) => ({ address })))},
      });
      const { authority, servers } = fleet;
      const { DataResource, TerraformOutput } = require("cdktf");
      const first = servers.find(({ spec }) => spec.address.text === "${FIRST}");
      new DataResource(fleet, "user", { input: { ca: authority.certificatePem, server: first.certificatePem } });
      new TerraformOutput(fleet, "ca", { value: authority.certificatePem });
      new TerraformOutput(fleet, "server", { value: first.certificatePem });`);
    await project.synth();
  };

  /** Applies; expects that all references have the certificates of the files, and that the plan is empty. */
  const expectTheSame = async (authorityFile = "ca.pem"): Promise<void> => {
    await project.apply();
    const [ca, server] = [authorityFile, `brokers/${FIRST}/server.pem`].map((path) => project.read("pki", path));
    expect(project.state()[RESOURCE]).toMatchObject({
      input: { value: { ca, server } },
      output: { value: { ca, server } },
    });
    expect(await project.outputs()).toMatchObject({ ca: { value: ca }, server: { value: server } });
    expect((await project.plan()).status).toBe(0);
  };

  beforeAll(async () => {
    await declare();
    await expectTheSame();
    project.keep();
  });
  beforeEach(() => {
    project.restore();
  });
  afterAll(() => {
    project.remove();
  });

  it.each<readonly [string, () => Promise<void>]>([
    [
      "is renewed",
      () => {
        letEnd(project, "machine", SECOND, 1);
        return Promise.resolve();
      },
    ],
    [
      "has lost its files",
      () => {
        rmSync(project.path("pki/brokers", SECOND), { recursive: true });
        return Promise.resolve();
      },
    ],
    ["is removed", () => declare(undefined, [FIRST])],
    ["is added", () => declare(undefined, [FIRST, SECOND, "mqtt-3.example.com"])],
  ])("A reference to a certificate stays known in a plan in which another broker %s", async (_case, change) => {
    await change();
    const parts = Object.keys(await project.planned());

    expect(parts).not.toEqual([]);
    expect(parts).not.toContain(RESOURCE);
    expect((await project.plan()).stdout).not.toContain("Changes to Outputs");
    await expectTheSame();
  });

  it("A reference to a re-issued certificate is known after the apply; that to ca.pem stays known", async () => {
    letEnd(project, "machine", FIRST, 1);
    const { stdout } = await project.plan();

    expect(await project.planned()).toMatchObject({ [RESOURCE]: "updated in-place" });
    expect(stdout).toMatch(/^ +~ server += .*(?:[^]*?)-> \(known after apply\)$/m);
    expect(stdout).not.toMatch(/^ +~ ca +=/m);
    await expectTheSame();
  });

  it("References follow a replaced authority, and the authority's files follow its generations", async () => {
    const [first, second] = [
      "{ subject: { commonName: 'Other CA' }, preventDestroy: false }",
      "{ subject: { commonName: 'Next CA' }, generation: 2 }",
    ];
    await declare(first);
    await expectTheSame();
    const ca = project.read("pki/ca.pem");

    await declare(`[${first}, ${second}]`, undefined, "signingGeneration: 1,");
    await expectTheSame("authority.pem");
    expect(project.read("pki/authority.pem")).toBe(ca);
    await declare(first);
    await expectTheSame();
    expect(project.read("pki/ca.pem")).toBe(ca);
  });
});

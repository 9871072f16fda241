import { rmSync, writeFileSync } from "node:fs";
import { CUSTODIES, changed } from "../e2e/support/custodies";
import { blocksBelow } from "../e2e/support/pages";
import type { FileFacts } from "../e2e/support/project";
import { Place, isPem, BROKER } from "./support/moving";

const PAGE = "how-to/move.md";

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  describeEach("constructs that are used one by one", (engine) => {
    const place = new Place(engine, custody);
    const { project } = place;
    /** @param scope where the constructs are, as code; `names`: whether their resources get names, or those of cdktf */
    const constructs = (scope: string, names = false, id = "ca"): string => {
      const named = (name: string): string => (names ? `resourceName: "${name}"` : "");
      const files = `
        const files = new PemDirectory(scope, "files", { path: "pki", ${named("files")} });
        files.addAuthority(authority, { key: false, ${named("authority")} });
        files.addServer(server);\n`;
      return `
        const keyAlgorithm = KeyAlgorithm.ECDSA_P256;
        const stack = new TerraformStack(app, "plant");
        const scope = ${scope};
        const authority = new CertificateAuthority(scope, "${id}", {
          custody: "${custody}", subject: { commonName: "Test CA" }, keyAlgorithm, ${named("authority")} });
        const server = new ServerCertificate(scope, "mqtt-1", {
          authority, address: "${BROKER}", keyAlgorithm, ${named("mqtt-1")} });
        ${custody === "state" ? files : ""}`;
    };
    let before: Record<string, FileFacts>;

    beforeAll(async () => {
      await place.declare(constructs("stack"), "plant");
      await place.apply("plant");
      before = project.files("pki");
    });
    afterAll(() => {
      project.remove();
    });

    if (custody === "state") {
      it("A plan fails for constructs without names in another place of the tree", async () => {
        await place.declare(constructs('new Construct(stack, "mqtt")'), "plant");
        const text = await place.plan("plant");

        expect(text).toContain("tls_private_key.ca_key_2A01AB11 will be destroyed");
        expect(text).toContain("pki contains files that this state does not manage");
      });

      it("Constructs get names and keep keys and certificates, as docs/how-to/move.md says", async () => {
        const [moved = ""] = blocksBelow(PAGE, "Constructs one by one", "ts");
        await place.declare(constructs('new Construct(stack, "mqtt")', true) + moved, "plant");
        const text = await place.plan("plant");
        expect(text).toContain("tls_private_key.ca_key_2A01AB11 has moved to tls_private_key.authority");
        expect(text).toContain("Plan: 0 to add, 0 to change, 0 to destroy");
        await place.apply("plant");
      });

      it("Constructs with names may change their ids and their place in the tree", async () => {
        await place.declare(
          constructs('new Construct(new Construct(stack, "site"), "mqtt")', true, "authority"),
          "plant",
        );

        expect(await place.planned("plant")).toEqual({});
        expect(changed(before, project.files("pki"))).toEqual([]);
      });
    } else {
      it("Constructs with custody machine keep keys and certificates in another place of the tree", async () => {
        await place.declare(constructs('new Construct(stack, "mqtt")', false, "authority"), "plant");
        expect(await place.plan("plant")).toContain("pki belongs to the fleet plant, workspace default,");
        writeFileSync(project.path("pki/take-over"), "");
        await place.apply("plant");
        rmSync(project.path("pki/take-over"));

        expect(await place.planned("plant")).toEqual({});
        expect(changed(before, project.files("pki")).filter(isPem)).toEqual([]);
      });
    }
  });
});

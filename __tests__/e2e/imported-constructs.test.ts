import { writeFileSync } from "node:fs";
import { openssl } from "../support/authorities";
import { CUSTODIES, trySynth } from "./support/custodies";
import {
  FIRST,
  give,
  forget,
  stackOf,
  expectStatus,
  deploy,
  namesOf,
  fileNames,
  certificatesIn,
  makeCompany,
  chainOf,
} from "./support/imported";
import { machine } from "./support/machine";
import { Project } from "./support/project";
import { succeed } from "./support/run";

const tools = machine();

describe.each(CUSTODIES)("custody %s", (custody, describeEach) => {
  const withoutProviders = custody === "machine";

  describeEach(
    "constructs with an imported authority",
    (engine) => {
      const project = new Project(engine, { withoutProviders });
      const stacks = custody === "state" ? ["files", "text", "authority", "servers"] : ["files", "text"];

      beforeAll(async () => {
        const { signer, middle, root } = makeCompany(project.path("company"));
        writeFileSync(project.path("company/chain.pem"), chainOf(signer, middle, root));
        const password = ["-aes-256-cbc", "-passout", "pass:correct horse"];
        openssl(["pkey", "-in", signer.keyFile, ...password, "-out", project.path("company/protected.key")]);
        give({ ca_password: "correct horse", ca_key: project.read("company/signer.key") });
        const files = `certificateFile: "company/chain.pem", keyFile: "company/protected.key", passwordVariable: "ca_password"`;
        const text = `certificatePem: require("node:fs").readFileSync("company/chain.pem", "utf8"), keyVariable: "ca_key"`;
        const server = `address: "${FIRST}", keyAlgorithm: KeyAlgorithm.ECDSA_P256`;
        project.declare(`
          for (const id of ["files", "text"]) {
            const stack = new TerraformStack(app, id);
            const authority = id === "files"
              ? CertificateAuthority.fromFiles(stack, "ca", { ${files}, custody: "${custody}"${custody === "machine" ? ", directory: id" : ""} })
              : CertificateAuthority.fromPem(stack, "ca", { ${text}, custody: "${custody}"${custody === "machine" ? ", directory: id" : ""} });
            const server = new ServerCertificate(stack, "server", { authority, ${server} });
            if ("${custody}" === "state") {
              const directory = new PemDirectory(stack, "directory", { path: id });
              directory.addAuthority(authority);
              directory.addServer(server);
            }
          }
          if ("${custody}" === "state") {
            const [one, other] = ["authority", "servers"].map((id) => new TerraformStack(app, id));
            const authority = CertificateAuthority.fromFiles(one, "ca", { ${files} });
            new PemDirectory(one, "directory", { path: "authority" }).addAuthority(authority);
            const server = new ServerCertificate(other, "server", { authority, ${server} });
            new PemDirectory(other, "directory", { path: "servers" }).addServer(server);
          }`);
        await expectStatus(0, trySynth(project));
        const [first, second] = [stacks.slice(0, 3), stacks.slice(3)];
        await deploy(first.map((stack) => stackOf(project, engine, stack)));
        // The servers' stack reads the state of the authority's.
        await deploy(second.map((stack) => stackOf(project, engine, stack)));
      });
      afterAll(() => {
        forget();
        project.remove();
      });

      /** The folders of `ca.pem` and of the server's files. */
      const places: readonly (readonly [string, string, string])[] = [
        ["from files", "files", "files"],
        ["from text and a variable", "text", "text"],
        ...(custody === "state" ? [["from another stack", "authority", "servers"] as const] : []),
      ];

      it.each(places)(
        "Constructs with an imported authority write the files that a fleet writes: %s",
        async (_from, ca, servers) => {
          const [own, ...others] = certificatesIn(project.read(servers, "brokers", FIRST, "server.pem"));
          const names = new Set([...namesOf(project.files(ca)), ...namesOf(project.files(servers))]);
          const strict = ["-x509_strict", "-purpose", "sslserver", "-CAfile", project.path(ca, "ca.pem")];
          const chain = ["-untrusted", project.path(servers, "brokers", FIRST, "server.pem")];
          writeFileSync(project.path("own.pem"), own ?? "");

          expect([...names].sort()).toEqual(fileNames(custody, [FIRST]));
          expect(project.read(ca, "ca.pem")).toBe(project.read("company/root.pem"));
          expect(others.join("")).toBe(project.read("company/signer.pem") + project.read("company/middle.pem"));
          await succeed("openssl", ["verify", ...strict, ...chain, "-verify_hostname", FIRST, project.path("own.pem")]);
        },
      );

      it("A plan is empty after constructs with an imported authority are deployed", async () => {
        await Promise.all(
          stacks.map((stack) =>
            expectStatus(0, stackOf(project, engine, stack)("plan", "-input=false", "-detailed-exitcode")),
          ),
        );
      });
    },
    [tools.openssl],
  );
});

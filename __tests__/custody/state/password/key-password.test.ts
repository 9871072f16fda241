import { spawnSync } from "node:child_process";
import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openssl } from "../../../support/authorities";

const SCRIPT = join(__dirname, "../../../../lib/custody/state/password/key-password.sh");
const PASSWORD = "correct horse";
const PEM = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "key-password-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function run(
  args: readonly string[],
  password: string,
  input = PEM,
): { stdout: string; stderr: string; status: number | null } {
  const env = { ...process.env, TF_VAR_plant: password };
  return spawnSync("sh", [SCRIPT, ...args], { cwd: folder, encoding: "utf8", env, input });
}

function protect(iterations: string, id = "id", password = PASSWORD): ReturnType<typeof run> {
  return run(["protect", "plant", "server.key", iterations, id], password);
}

/** Writes the key and its record, as a deployment does. */
function keep(pem: string, id: string): void {
  writeFileSync(join(folder, "server.key"), pem);
  const sha256 = createHash("sha256").update(pem).digest("hex");
  writeFileSync(join(folder, "server.key.json"), `${JSON.stringify({ id, sha256 })}\n`);
}

describe("key-password.sh protect", () => {
  it.each(["1000", "2048", "600000"])("key-password.sh protect hashes the password %s times", (iterations) => {
    const { stdout } = protect(iterations);

    writeFileSync(join(folder, "out.key"), stdout);
    const found = /INTEGER +:(?<hex>[0-9A-F]+)/.exec(openssl(["asn1parse", "-in", join(folder, "out.key")]))?.groups;
    expect(Number.parseInt(found?.["hex"] ?? "", 16)).toBe(Number(iterations));
    expect(createPrivateKey({ key: stdout, passphrase: PASSWORD }).asymmetricKeyType).toBe("ed25519");
  });

  it("key-password.sh protect keeps the file if its record has the same identity, and otherwise encrypts again", () => {
    const { stdout } = protect("1000", "key TF_VAR_plant 1 1000");
    keep(stdout, "key TF_VAR_plant 1 1000");

    expect(protect("1000", "key TF_VAR_plant 1 1000").stdout).toBe(stdout);
    expect(protect("2000", "key TF_VAR_plant 1 2000").stdout).not.toBe(stdout);
  });

  it.each(["", "-1", "1e3", "2048 -passout pass:x", "$(touch owned)", "1000; touch owned"])(
    "key-password.sh protect refuses %j iterations",
    (iterations) => {
      const { stdout, stderr, status } = protect(iterations);

      expect({ stdout, status }).toEqual({ stdout: "", status: 1 });
      expect(stderr).toContain("is not a number of iterations");
    },
  );
});

describe("key-password.sh", () => {
  it.each([
    ["a".repeat(1024), 0],
    ["é".repeat(512), 0],
    ["a".repeat(1025), 1],
    [`${"é".repeat(512)}a`, 1],
  ])(
    "key-password.sh accepts a password of 1,024 bytes, and refuses a longer one without showing it: case %#",
    (password, expected) => {
      const { stdout, stderr, status } = protect("1000", "id", password);

      expect(status).toBe(expected);
      if (expected === 0) {
        expect(createPrivateKey({ key: stdout, passphrase: password }).type).toBe("private");
      } else {
        expect(stderr).toContain("TF_VAR_plant has more than 1024 bytes");
        expect(stderr).not.toContain(password.slice(0, 10));
      }
    },
  );

  it("key-password.sh traces neither key nor password if the environment turns on tracing in bash", () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(folder, "server.key"), protect("1000").stdout);
    const env = { ...process.env, TF_VAR_plant: PASSWORD, SHELLOPTS: "xtrace" };
    const input = publicKey.export({ type: "spki", format: "pem" });
    const args = ["--posix", SCRIPT, "unlock", "plant", "server.key"];
    const { stdout, stderr, status } = spawnSync("bash", args, { cwd: folder, encoding: "utf8", env, input });

    expect(status).toBe(0);
    expect(stdout).not.toBe("");
    expect(stderr.split("\n")).toEqual(["+ set +x -eu", ""]);
  });

  it.each<[string, readonly string[]]>([
    ["protect", ["server.key", "1000", "id"]],
    ["unlock", ["server.key"]],
  ])("key-password.sh names the variable of a missing password: %s", (command, args) => {
    expect(run([command, "plant", ...args], "")).toMatchObject({
      status: 1,
      stderr: "The password of server.key is missing: set TF_VAR_plant.\n",
    });
  });
});

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, chownSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { hashSeen, hashTrusted } from "../../../../../lib/custody/machine/program/files/trusted-file";
import { describeWith } from "../../../../e2e/support/machine";
import { file, NOBODY, read, refusalOf, root, setfacl, top } from "./scratch";

describe("readTrusted", () => {
  it("readTrusted reads a file, and hashTrusted hashes it", () => {
    expect(read()).toBe("content");
    expect(hashTrusted(file)).toBe(createHash("sha256").update("content").digest("hex"));
  });

  it("hashSeen gives the hash of a file that others can change, with the reason not to use the file", () => {
    const hash = hashTrusted(file);
    expect(hashSeen(file, [])).toEqual({ hash });
    expect(hashSeen(join(top, "none"), [])).toEqual({ hash: undefined });
    chmodSync(file, 0o666);
    expect(hashSeen(file, [])).toMatchObject({
      hash,
      flaw: { message: expect.stringContaining("everyone can write to it") as string },
    });
    chmodSync(file, 0o600);
    linkSync(file, join(top, "other"));
    expect(hashSeen(file, [])).toMatchObject({
      hash,
      flaw: { message: expect.stringContaining("has 2 hard links") as string },
    });
  });

  it("hashSeen does not read a file that is too large, whose hash is that of no record", () => {
    writeFileSync(file, Buffer.alloc(1024 * 1024 + 1));
    expect(hashSeen(file, [])).toMatchObject({
      hash: "too large",
      flaw: { message: expect.stringContaining("more than the 1048576 that are allowed") as string },
    });
  });

  it("hashSeen refuses a symbolic link and a folder", () => {
    symlinkSync(file, join(top, "link"));
    expect(() => hashSeen(join(top, "link"), [])).toThrow("is a symbolic link, not a file");
    expect(() => hashSeen(top, [])).toThrow("is a folder, not a file");
  });

  it("readTrusted reads an empty file, and a file of the maximum size", () => {
    writeFileSync(file, "");
    expect(read()).toBe("");
    writeFileSync(file, "a".repeat(100));
    expect(read()).toBe("a".repeat(100));
  });

  it("readTrusted and hashTrusted return undefined if the file or its folder is missing", () => {
    expect(read(join(top, "none"))).toBeUndefined();
    expect(hashTrusted(join(top, "none", "none"))).toBeUndefined();
  });

  it("readTrusted reads a file that everyone can read", () => {
    chmodSync(file, 0o444);
    expect(read()).toBe("content");
  });

  it.each([
    ["0620", 0o620],
    ["0602", 0o602],
    ["4666", 0o4666],
  ])("readTrusted refuses a file that others can write to: mode %s", (shown, mode) => {
    chmodSync(file, mode);
    expect(refusalOf(() => read())).toBe(
      `${file} has the mode ${shown}: its group or everyone can write to it; ` +
        `check its content, then run: chmod go-w ${file}`,
    );
    spawnSync("sh", ["-c", `chmod go-w ${file}`]);
    expect(read()).toBe("content");
  });

  it("readTrusted names a command that a shell can run, for a file with any name", () => {
    const odd = join(top, "it's $HOME");
    writeFileSync(odd, "content");
    chmodSync(odd, 0o666);
    const command = refusalOf(() => read(odd)).replace(/^.*run: /, "");
    spawnSync("sh", ["-c", command]);
    expect(read(odd)).toBe("content");
  });

  it("readTrusted refuses a file with two hard links, and reads its copy", () => {
    linkSync(file, join(top, "other"));
    const message = refusalOf(() => hashTrusted(file));
    expect(message).toContain(`${file} has 2 hard links; replace it with a copy: cp -p`);
    spawnSync("sh", ["-c", message.replace(/^.*copy: /, "")]);
    expect(read()).toBe("content");
  });

  it("readTrusted refuses a file over its limit, and hashTrusted a file over 1 MiB", () => {
    writeFileSync(file, "a".repeat(101));
    expect(refusalOf(() => read())).toBe(`${file} has 101 bytes, more than the 100 that are allowed; move it away`);
    writeFileSync(file, Buffer.alloc(1024 * 1024 + 1));
    expect(refusalOf(() => hashTrusted(file))).toContain("has 1048577 bytes");
  });

  const strange: readonly (readonly [string, (path: string) => void])[] = [
    [
      "a folder",
      (path) => {
        mkdirSync(path);
      },
    ],
    ["a FIFO", (path) => spawnSync("mkfifo", ["-m", "600", path])],
    [
      "a symbolic link",
      (path) => {
        symlinkSync(file, path);
      },
    ],
    [
      "a symbolic link",
      (path) => {
        symlinkSync("nowhere", path);
      },
    ],
    [
      "a socket or a device",
      (path) => {
        // Killed, because a process that exits removes its socket.
        const source = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
        spawnSync(process.execPath, ["-e", source, path]);
      },
    ],
  ];

  it.each(strange)("readTrusted refuses %s", (kind, make) => {
    const path = join(top, "strange");
    make(path);
    expect(refusalOf(() => read(path))).toBe(`${path} is ${kind}, not a file; move it away`);
  });

  describeWith([root], "file of another user", () => {
    it("readTrusted refuses another user's file, and reads the file after chown", () => {
      chownSync(file, NOBODY, NOBODY);
      const message = refusalOf(() => read());
      expect(message).toBe(
        `${file} belongs to the user with the id 65534, and this runs as root; ` +
          `check its content, then run: chown 0 ${file}, or move it away`,
      );
      chownSync(file, 0, NOBODY);
      expect(read()).toBe("content");
    });

    it("readTrusted refuses another user's file without root rights, and reads root's files", () => {
      const source = `
        const { readTrusted } = require(${JSON.stringify(resolve("lib/custody/machine/program/files/trusted-file.ts"))});
        process.setuid(${NOBODY - 1});
        for (const path of process.argv.slice(1)) {
          try { console.log(String(readTrusted(path, { atMost: 9 }))); } catch (error) { console.log(error.message); }
        }`;
      const foreign = join(top, "foreign");
      writeFileSync(foreign, "content");
      chownSync(foreign, NOBODY, NOBODY);
      chmodSync(file, 0o644);
      chmodSync(top, 0o755);
      const { stdout } = spawnSync(process.execPath, ["--import", "tsx", "-e", source, file, foreign], {
        encoding: "utf8",
      });

      const [ours, others] = stdout.split("\n");
      expect(ours).toBe("content");
      expect(others).toContain(
        `belongs to the user with the id 65534, and this runs as 65533, which trusts only its own files and those of root; check`,
      );
    });
  });
});

describeWith([setfacl, root], "access control list", () => {
  it("readTrusted refuses a file that another user can write to through an access control list", () => {
    spawnSync("setfacl", ["-m", "u:nobody:rw", file]);
    expect(refusalOf(() => read())).toContain("can write to it");
  });
});

import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { putInPlace, syncFolder, writeBeside } from "../../../../../lib/custody/machine/program/files/replacing";
import { Refused } from "../../../../../lib/custody/machine/program/files/trust";
import { hashTrusted, readTrusted } from "../../../../../lib/custody/machine/program/files/trusted-file";
import {
  ensureFolder,
  ensureRealFolder,
  openFolder,
} from "../../../../../lib/custody/machine/program/files/trusted-folder";
import { describeWith, type Tool } from "../../../../e2e/support/machine";
import { Disk, findMount } from "../../../../e2e/support/mount";

const root: Tool = { program: "chown", ...(process.geteuid?.() !== 0 && { missing: "not root" }) };
const NOBODY = 65534;
const UMASKS: readonly (readonly [string, number])[] = [
  ["000", 0o000],
  ["022", 0o022],
  ["077", 0o077],
];

let top: string;
let file: string;
let folder: string;

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), "trusted-")));
  file = join(top, "server.json");
  folder = join(top, "brokers");
  writeFileSync(file, "content", { mode: 0o600 });
});

afterEach(() => {
  rmSync(top, { recursive: true });
});

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** Under a umask. */
function under(umask: number, body: () => void): void {
  const before = process.umask(umask);
  try {
    body();
  } finally {
    process.umask(before);
  }
}

function refusalOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(Refused);
    return (error as Refused).message;
  }
  throw new Error("It was not refused.");
}

const read = (path = file): string | undefined => readTrusted(path, { atMost: 100 })?.toString();

describe("A file", () => {
  it("is read, and hashed", () => {
    expect(read()).toBe("content");
    expect(hashTrusted(file)).toBe(createHash("sha256").update("content").digest("hex"));
  });

  it("may be empty, or as large as it may be", () => {
    writeFileSync(file, "");
    expect(read()).toBe("");
    writeFileSync(file, "a".repeat(100));
    expect(read()).toBe("a".repeat(100));
  });

  it("may be missing, or its folder", () => {
    expect(read(join(top, "none"))).toBeUndefined();
    expect(hashTrusted(join(top, "none", "none"))).toBeUndefined();
  });

  it("may be read by everybody", () => {
    chmodSync(file, 0o444);
    expect(read()).toBe("content");
  });

  it.each([
    ["0620", 0o620],
    ["0602", 0o602],
    ["4666", 0o4666],
  ])("is refused where others can write to it: mode %s", (shown, mode) => {
    chmodSync(file, mode);
    expect(refusalOf(() => read())).toBe(
      `${file} has the mode ${shown}: its group, or everybody, can write to it; ` +
        `look at what is in it, then: chmod go-w ${file}`,
    );
    spawnSync("sh", ["-c", `chmod go-w ${file}`]);
    expect(read()).toBe("content");
  });

  it("is refused with a command that a shell takes, whatever its name", () => {
    const odd = join(top, "it's $HOME");
    writeFileSync(odd, "content");
    chmodSync(odd, 0o666);
    const command = refusalOf(() => read(odd)).replace(/^.*then: /, "");
    spawnSync("sh", ["-c", command]);
    expect(read(odd)).toBe("content");
  });

  it("is refused where it has another name, until it is a file of its own", () => {
    linkSync(file, join(top, "other"));
    const message = refusalOf(() => hashTrusted(file));
    expect(message).toContain(`${file} has 2 names (hard links); make it a file of its own: cp -p`);
    spawnSync("sh", ["-c", message.replace(/^.*own: /, "")]);
    expect(read()).toBe("content");
  });

  it("is refused where it is too large", () => {
    writeFileSync(file, "a".repeat(101));
    expect(refusalOf(() => read())).toBe(`${file} has 101 bytes, and at most 100 are read; move it away`);
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
        // Killed, for whoever ends removes its socket.
        const source = `require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, 9))`;
        spawnSync(process.execPath, ["-e", source, path]);
      },
    ],
  ];

  it.each(strange)("is refused where it is %s", (kind, make) => {
    const path = join(top, "strange");
    make(path);
    expect(refusalOf(() => read(path))).toBe(`${path} is ${kind}, and no file; move it away`);
  });

  describeWith([root], "of another user", () => {
    it("is refused, and read once it is ours", () => {
      chownSync(file, NOBODY, NOBODY);
      const message = refusalOf(() => read());
      expect(message).toBe(
        `${file} belongs to the user with the id 65534, and this runs as root; ` +
          `look at what is in it, then: chown 0 ${file}, or move it away`,
      );
      chownSync(file, 0, NOBODY);
      expect(read()).toBe("content");
    });

    it("is refused by one who is not root, and root's is read", () => {
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
        `belongs to the user with the id 65534, and this runs as 65533, which obeys its own files and those of root; look`,
      );
    });
  });
});

describe("A folder", () => {
  it.each(UMASKS)("is made for its user alone, under the umask %s", (_, umask) => {
    under(umask, () => {
      ensureFolder(folder);
      ensureFolder(folder);
    });
    expect(modeOf(folder)).toBe("700");
    expect(openFolder(folder)).toBe(true);
  });

  it("may be missing, where it is only looked at", () => {
    expect(openFolder(folder)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it("keeps its mode where nobody else can write to it", () => {
    mkdirSync(folder, { mode: 0o755 });
    ensureFolder(folder);
    expect(modeOf(folder)).toBe("755");
  });

  it.each([
    ["0770", 0o770],
    ["1777", 0o1777],
  ])("is refused where others can write to it: mode %s", (shown, mode) => {
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(refusalOf(() => openFolder(folder))).toContain(`${folder} has the mode ${shown}: its group, or everybody`);
  });

  it("is refused where it is a link, or a file", () => {
    symlinkSync(top, folder);
    expect(
      refusalOf(() => {
        ensureFolder(folder);
      }),
    ).toBe(`${folder} is a symbolic link, and no folder; move it away`);
    expect(refusalOf(() => openFolder(file))).toBe(`${file} is a file, and no folder; move it away`);
  });

  it("may be reached through links where it is the outermost, and is checked where it is", () => {
    ensureFolder(folder);
    const link = join(top, "link");
    symlinkSync("brokers", link);
    expect(ensureRealFolder(link)).toBe(folder);
    expect(ensureRealFolder(join(top, "a", "b"))).toBe(join(top, "a", "b"));
    expect(modeOf(join(top, "a"))).toBe("700");

    chmodSync(folder, 0o777);
    expect(refusalOf(() => ensureRealFolder(link))).toContain(`${folder} has the mode 0777`);
  });

  it("is written to disk", () => {
    syncFolder(top);
    expect(() => {
      syncFolder(folder);
    }).toThrow("ENOENT");
  });

  describeWith([root], "of another user", () => {
    it("is refused", () => {
      mkdirSync(folder);
      chownSync(folder, NOBODY, NOBODY);
      expect(refusalOf(() => openFolder(folder))).toContain("belongs to the user with the id 65534");
    });
  });
});

function write(path: string, content: string, mode: number): void {
  writeBeside(path, content, mode);
  putInPlace(path);
}

describe("What is written", () => {
  it.each(UMASKS)("has its mode, under the umask %s", (_, umask) => {
    under(umask, () => {
      write(file, "key", 0o600);
      write(join(top, "ca.pem"), "certificate", 0o644);
    });
    expect([modeOf(file), modeOf(join(top, "ca.pem"))]).toEqual(["600", "644"]);
    expect(read()).toBe("key");
    expect(readdirSync(top).sort()).toEqual(["ca.pem", "server.json"]);
  });

  it("is beside until it is put in place", () => {
    writeBeside(file, new Uint8Array([110, 101, 119]), 0o600, { sync: true });
    expect([read(), read(`${file}.new`)]).toEqual(["content", "new"]);
    putInPlace(file);
    expect(read()).toBe("new");
  });

  it("takes the place of what was left, and follows no link", () => {
    const target = join(top, "target");
    writeFileSync(target, "target");
    symlinkSync(target, `${file}.new`);
    rmSync(file);
    symlinkSync(target, file);

    write(file, "new", 0o600);

    expect([read(), read(target)]).toEqual(["new", "target"]);
  });

  it("takes the place of a FIFO that was left", () => {
    spawnSync("mkfifo", [`${file}.new`]);
    write(file, "new", 0o600);
    expect(read()).toBe("new");
  });

  it("is refused where a folder is in its way", () => {
    mkdirSync(folder);
    writeBeside(folder, "new", 0o600);
    expect(
      refusalOf(() => {
        putInPlace(folder);
      }),
    ).toBe(`${folder} is a folder, and no file; move it away`);
    mkdirSync(`${file}.new`);
    expect(
      refusalOf(() => {
        writeBeside(file, "new", 0o600);
      }),
    ).toBe(`${file}.new is a folder, and no file; move it away`);
  });

  it("is not put in place where it was not written", () => {
    expect(() => {
      putInPlace(file);
    }).toThrow("ENOENT");
    expect(read()).toBe("content");
  });
});

describeWith([findMount()], "On a file system of its own", () => {
  it("a full disk is known, and leaves no half file", async () => {
    const disk = await Disk.mount(folder, "64k");
    try {
      const path = join(folder, "server.pem");
      write(path, "old", 0o644);
      await disk.fill(4);
      expect(() => {
        writeBeside(path, "a".repeat(32 * 1024), 0o644);
      }).toThrow("ENOSPC");
      expect(readdirSync(folder).sort()).toEqual(["filler", "server.pem"]);
      expect(read(path)).toBe("old");
    } finally {
      await disk.unmount();
    }
  });

  it("what is in use for a moment is waited for", async () => {
    // A file that something is mounted on is busy, as one is on Windows that a virus scanner reads.
    const other = join(top, "other");
    writeFileSync(other, "");
    spawnSync("mount", ["--bind", other, file]);
    writeBeside(file, "new", 0o600);
    const child = spawn("sh", ["-c", 'sleep 0.1; umount "$0"', file]);
    const exit = once(child, "exit");
    putInPlace(file);
    await exit;
    expect(read()).toBe("new");
  });
});

const hasAcl = spawnSync("setfacl", ["--version"]).status === 0;
const setfacl: Tool = { program: "setfacl", ...(!hasAcl && { missing: "no setfacl" }) };

describeWith([setfacl, root], "With an access control list", () => {
  it("what is made below lets nobody in", () => {
    spawnSync("setfacl", ["-d", "-m", "u:nobody:rwx", top]);
    ensureFolder(folder);
    write(join(folder, "server.key"), "key", 0o600);
    write(join(folder, "server.pem"), "certificate", 0o644);

    expect([modeOf(folder), modeOf(join(folder, "server.key")), modeOf(join(folder, "server.pem"))]).toEqual([
      "700",
      "600",
      "644",
    ]);
    const entered = spawnSync("touch", [join(folder, "intruder")], { uid: NOBODY, gid: NOBODY });
    expect(entered.status).not.toBe(0);
  });

  it("what somebody else can write to is refused", () => {
    spawnSync("setfacl", ["-m", "u:nobody:rw", file]);
    expect(refusalOf(() => read())).toContain("can write to it");
    mkdirSync(folder, { mode: 0o700 });
    spawnSync("setfacl", ["-m", "u:nobody:rwx", folder]);
    expect(refusalOf(() => openFolder(folder))).toContain("can write to it");
  });
});

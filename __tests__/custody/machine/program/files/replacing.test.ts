import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureFolder } from "../../../../../lib/custody/machine/program/files/trusted-folder";
import { putInPlace, syncFolder, writeBeside } from "../../../../../lib/custody/machine/program/files/replacing";
import { describeWith } from "../../../../e2e/support/machine";
import { Disk, findMount } from "../../../../e2e/support/mount";
import { file, folder, modeOf, NOBODY, read, refusalOf, root, setfacl, top, UMASKS, under } from "./scratch";

function write(path: string, content: string, mode: number): void {
  writeBeside(path, content, mode);
  putInPlace(path);
}

describe("writeBeside and putInPlace", () => {
  it.each(UMASKS)("writeBeside and putInPlace give a file its mode under the umask %s", (_, umask) => {
    under(umask, () => {
      write(file, "key", 0o600);
      write(join(top, "ca.pem"), "certificate", 0o644);
    });
    expect([modeOf(file), modeOf(join(top, "ca.pem"))]).toEqual(["600", "644"]);
    expect(read()).toBe("key");
    expect(readdirSync(top).sort()).toEqual(["ca.pem", "server.json"]);
  });

  it("writeBeside leaves the old file in place until putInPlace replaces it", () => {
    writeBeside(file, new Uint8Array([110, 101, 119]), 0o600, { sync: true });
    expect([read(), read(`${file}.new`)]).toEqual(["content", "new"]);
    putInPlace(file);
    expect(read()).toBe("new");
  });

  it("writeBeside and putInPlace replace existing files and links, and follow no link", () => {
    const target = join(top, "target");
    writeFileSync(target, "target");
    symlinkSync(target, `${file}.new`);
    rmSync(file);
    symlinkSync(target, file);

    write(file, "new", 0o600);

    expect([read(), read(target)]).toEqual(["new", "target"]);
  });

  it("writeBeside replaces an existing FIFO", () => {
    spawnSync("mkfifo", [`${file}.new`]);
    write(file, "new", 0o600);
    expect(read()).toBe("new");
  });

  it("writeBeside and putInPlace refuse a folder in their way", () => {
    mkdirSync(folder);
    writeBeside(folder, "new", 0o600);
    expect(
      refusalOf(() => {
        putInPlace(folder);
      }),
    ).toBe(`${folder} is a folder, not a file; move it away`);
    mkdirSync(`${file}.new`);
    expect(
      refusalOf(() => {
        writeBeside(file, "new", 0o600);
      }),
    ).toBe(`${file}.new is a folder, not a file; move it away`);
  });

  it("putInPlace fails if there is no new file, and keeps the old file", () => {
    expect(() => {
      putInPlace(file);
    }).toThrow("ENOENT");
    expect(read()).toBe("content");
  });
});

describeWith([findMount()], "small file system", () => {
  it("writeBeside reports a full disk, and leaves no partial file", async () => {
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

  it("putInPlace waits for a file that is in use for a moment", async () => {
    // A mount keeps a file busy, as a virus scanner does on Windows.
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

describe("syncFolder", () => {
  it("syncFolder writes the names in a folder to disk, and fails for a missing folder", () => {
    syncFolder(top);
    expect(() => {
      syncFolder(folder);
    }).toThrow("ENOENT");
  });
});

describeWith([setfacl, root], "access control list", () => {
  it("New folders and files give no access to others under a default access control list", () => {
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
});

import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  ensureFolder,
  ensureRealFolder,
  openFolder,
} from "../../../../../lib/custody/machine/program/files/trusted-folder";
import { describeWith } from "../../../../e2e/support/machine";
import { file, folder, modeOf, NOBODY, refusalOf, root, setfacl, top, UMASKS, under } from "./scratch";

describe("ensureFolder, openFolder and ensureRealFolder", () => {
  it.each(UMASKS)("ensureFolder makes a folder for its user alone, under the umask %s", (_, umask) => {
    under(umask, () => {
      ensureFolder(folder);
      ensureFolder(folder);
    });
    expect(modeOf(folder)).toBe("700");
    expect(openFolder(folder)).toBe(true);
  });

  it("openFolder accepts a missing folder, and does not make it", () => {
    expect(openFolder(folder)).toBe(false);
    expect(existsSync(folder)).toBe(false);
  });

  it("ensureFolder keeps the mode of a folder that only its owner can write to", () => {
    mkdirSync(folder, { mode: 0o755 });
    ensureFolder(folder);
    expect(modeOf(folder)).toBe("755");
  });

  it.each([
    ["0770", 0o770],
    ["1777", 0o1777],
  ])("openFolder refuses a folder that others can write to: mode %s", (shown, mode) => {
    mkdirSync(folder);
    chmodSync(folder, mode);
    expect(refusalOf(() => openFolder(folder))).toContain(`${folder} has the mode ${shown}: its group or everyone`);
  });

  it("ensureFolder refuses a symbolic link, and openFolder refuses a file", () => {
    symlinkSync(top, folder);
    expect(
      refusalOf(() => {
        ensureFolder(folder);
      }),
    ).toBe(`${folder} is a symbolic link, not a folder; move it away`);
    expect(refusalOf(() => openFolder(file))).toBe(`${file} is a file, not a folder; move it away`);
  });

  it.each([
    ["000", "755"],
    ["022", "755"],
    ["027", "750"],
    ["077", "700"],
  ])("ensureRealFolder makes a folder for its user alone, and those above it under the umask %s", (umask, mode) => {
    const [above, path] = [join(top, "a"), join(top, "a", "b")];

    expect(ensureRealFolder(path, Number.parseInt(umask, 8))).toBe(path);
    expect([above, path].map(modeOf)).toEqual([mode, "700"]);
  });

  it("ensureRealFolder follows links to the outermost folder, and checks the folder behind them", () => {
    ensureFolder(folder);
    const link = join(top, "link");
    symlinkSync("brokers", link);
    expect(ensureRealFolder(link, 0o077)).toBe(folder);

    chmodSync(folder, 0o777);
    expect(refusalOf(() => ensureRealFolder(link, 0o077))).toContain(`${folder} has the mode 0777`);
  });

  describeWith([root], "folder of another user", () => {
    it("openFolder refuses a folder of another user", () => {
      mkdirSync(folder);
      chownSync(folder, NOBODY, NOBODY);
      expect(refusalOf(() => openFolder(folder))).toContain("belongs to the user with the id 65534");
    });
  });
});

describeWith([setfacl, root], "access control list", () => {
  it("openFolder refuses a folder that another user can write to through an access control list", () => {
    mkdirSync(folder, { mode: 0o700 });
    spawnSync("setfacl", ["-m", "u:nobody:rwx", folder]);
    expect(refusalOf(() => openFolder(folder))).toContain("can write to it");
  });
});

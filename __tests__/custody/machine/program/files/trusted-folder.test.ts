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
    expect(refusalOf(() => openFolder(folder))).toContain(`${folder} has the mode ${shown}: its group or everyone`);
  });

  it("is refused where it is a link, or a file", () => {
    symlinkSync(top, folder);
    expect(
      refusalOf(() => {
        ensureFolder(folder);
      }),
    ).toBe(`${folder} is a symbolic link, not a folder; move it away`);
    expect(refusalOf(() => openFolder(file))).toBe(`${file} is a file, not a folder; move it away`);
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

  describeWith([root], "of another user", () => {
    it("is refused", () => {
      mkdirSync(folder);
      chownSync(folder, NOBODY, NOBODY);
      expect(refusalOf(() => openFolder(folder))).toContain("belongs to the user with the id 65534");
    });
  });
});

describeWith([setfacl, root], "With an access control list", () => {
  it("a folder that somebody else can write to is refused", () => {
    mkdirSync(folder, { mode: 0o700 });
    spawnSync("setfacl", ["-m", "u:nobody:rwx", folder]);
    expect(refusalOf(() => openFolder(folder))).toContain("can write to it");
  });
});

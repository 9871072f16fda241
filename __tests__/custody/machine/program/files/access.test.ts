import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { accessOf, giveFolder, setMode } from "../../../../../lib/custody/machine/program/files/access";
import { folder, modeOf, top } from "./scratch";

const access = accessOf(": 0600 0711");

describe("the access to a folder", () => {
  it("giveFolder and setMode change the mode of a folder", () => {
    mkdirSync(folder, { mode: 0o700 });

    giveFolder(folder, access);
    expect(modeOf(folder)).toBe("711");
    setMode(folder, 0o755);
    expect(modeOf(folder)).toBe("755");
  });

  it.each<[string, (path: string) => void]>([
    [
      "a symbolic link",
      (path) => {
        symlinkSync(join(top, "target"), path);
      },
    ],
    [
      "a file",
      (path) => {
        writeFileSync(path, "");
      },
    ],
  ])("giveFolder and setMode refuse %s instead of a folder, and change nothing", (_kind, make) => {
    const target = join(top, "target");
    mkdirSync(target, { mode: 0o700 });
    make(folder);
    const before = lstatSync(folder).mode;

    expect(() => {
      giveFolder(folder, access);
    }).toThrow("is not a folder; move it away");
    expect(() => {
      setMode(folder, 0o755);
    }).toThrow("is not a folder; move it away");
    expect(lstatSync(folder).mode).toBe(before);
    expect(modeOf(target)).toBe("700");
  });
});

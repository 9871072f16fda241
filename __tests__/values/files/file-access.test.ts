import { parseFileAccess, type FileAccessProps } from "../../../lib/values/files/file-access";
import { Problems } from "../../../lib/errors";
import { formatAccess, parseAccess } from "../../../lib/machine-format/access";
import { problemsOf } from "../../support/problems";

function parse(props: Readonly<Record<string, unknown>>): ReturnType<typeof parseFileAccess> {
  const problems = new Problems();
  const access = parseFileAccess(problems, props);
  problems.throwIfAny("access");
  return access;
}

describe("parseFileAccess", () => {
  it.each<[FileAccessProps, string]>([
    [{ fileOwner: "mosquitto" }, "mosquitto: 0600 0711"],
    [{ fileGroup: "mosquitto" }, ":mosquitto 0640 0750"],
    [{ fileOwner: "1883", fileGroup: "1883" }, "1883:1883 0640 0751"],
    [{ keyMode: "0400" }, ": 0400 0700"],
    [{ folderMode: "0711" }, ": 0600 0711"],
    [{ fileOwner: "a", fileGroup: "b", keyMode: "0400", folderMode: "0710" }, "a:b 0400 0710"],
    [{ fileOwner: "a.b-c_d$", keyMode: "0440", folderMode: "0751" }, "a.b-c_d$: 0440 0751"],
  ])("parseFileAccess fills in the defaults: %j", (props, text) => {
    const access = parse({ ...props });

    expect(access && formatAccess(access)).toBe(text);
    expect(parseAccess(text)).toEqual({
      owner: access?.owner ?? "",
      group: access?.group ?? "",
      keyMode: Number.parseInt(access?.keyMode ?? "", 8),
      folderMode: Number.parseInt(access?.folderMode ?? "", 8),
    });
  });

  it("parseFileAccess is undefined without options", () => {
    expect(parse({})).toBeUndefined();
    expect(parseAccess("")).toBeUndefined();
    expect(parseAccess(undefined)).toBeUndefined();
  });

  it.each(["", "-u", "a b", "a:b", "ab/c", "../x", "4294967295", "99999999999", 1883, null, "a\nb"])(
    "parseFileAccess refuses the account %j",
    (name) => {
      expect(problemsOf(() => parse({ fileOwner: name, fileGroup: name }))).toMatchObject([
        { path: "fileOwner", reason: "is neither the name nor the number of an account" },
        { path: "fileGroup" },
      ]);
    },
  );

  it.each([
    ["keyMode", "0644"],
    ["keyMode", "0660"],
    ["keyMode", "0604"],
    ["keyMode", "0777"],
    ["keyMode", 600],
    ["folderMode", "0777"],
    ["folderMode", "0770"],
    ["folderMode", "0600"],
    ["folderMode", "x"],
  ])("parseFileAccess refuses another mode than the safe ones: %s %s", (path, mode) => {
    expect(problemsOf(() => parse({ [path]: mode }))).toMatchObject([{ path }]);
  });

  it.each([
    [{ fileOwner: "a", folderMode: "0700" }, "keeps the fileOwner out"],
    [{ fileOwner: "a", folderMode: "0750" }, "keeps the fileOwner out"],
    [{ fileGroup: "a", folderMode: "0700" }, "keeps the fileGroup out"],
  ])("parseFileAccess refuses a folder that the owner or group of the files cannot enter: %j", (props, reason) => {
    expect(problemsOf(() => parse(props))).toMatchObject([
      { path: "folderMode", reason: expect.stringContaining(reason) as string },
    ]);
  });

  it.each(["0600", "0400"])(
    "parseFileAccess refuses a key mode that keeps the fileGroup from the key: %s",
    (keyMode) => {
      expect(problemsOf(() => parse({ fileGroup: "a", keyMode }))).toMatchObject([
        { path: "keyMode", reason: expect.stringContaining("keeps the fileGroup from the key") as string },
      ]);
    },
  );
});

import { AUTHORITY, check, problemsOf, paths, A, B } from "./support";

describe("who gets at the files of a fleet", () => {
  const machine = { authority: AUTHORITY, custody: "machine" };

  it("are the fleet's word and a broker's own", () => {
    const { brokers } = check({
      ...machine,
      fileGroup: "plant",
      brokers: [A, { ...B, fileGroup: "1883", keyMode: "0440" }],
    });

    expect(brokers.map(({ spec }) => spec?.access)).toEqual([
      { owner: undefined, group: "plant", keyMode: "0640", folderMode: "0750" },
      { owner: undefined, group: "1883", keyMode: "0440", folderMode: "0750" },
    ]);
  });

  it("are refused in what the local provider cannot set, where it is declared", () => {
    const props = { authority: AUTHORITY, fileOwner: "a", brokers: [A, { ...B, fileGroup: "b", folderMode: "0710" }] };

    expect(paths(props).sort()).toEqual(["brokers[1].fileGroup", "brokers[1].folderMode", "fileOwner"]);
    expect(paths({ authority: AUTHORITY, keyMode: "0640", directoryMode: "0711", brokers: [A] })).toEqual([]);
  });

  it.each([
    ["0777", "is not allowed"],
    ["x", "is not a file mode"],
    ["0700", "keeps the fileOwner or fileGroup of a.example.com out"],
  ])("are refused with a directory of mode %s", (directoryMode, reason) => {
    expect(problemsOf({ ...machine, directoryMode, brokers: [{ ...A, fileGroup: "plant" }] })).toMatchObject([
      { path: "directoryMode", reason: expect.stringContaining(reason) as string },
    ]);
  });
});

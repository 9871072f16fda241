import { AUTHORITY, check, problemsOf, paths, A, B } from "./support";

describe("file access of a fleet", () => {
  const machine = { authority: AUTHORITY, custody: "machine" };

  it("readFleet combines the file access of fleet and broker", () => {
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

  it("readFleet refuses file access that the local provider cannot set, at its declaration", () => {
    const props = { authority: AUTHORITY, fileOwner: "a", brokers: [A, { ...B, fileGroup: "b", folderMode: "0710" }] };

    expect(paths(props).sort()).toEqual(["brokers[1].fileGroup", "brokers[1].folderMode", "fileOwner"]);
    expect(paths({ authority: AUTHORITY, keyMode: "0640", directoryMode: "0711", brokers: [A] })).toEqual([]);
  });

  it("readFleet refuses a key mode of the fleet that keeps the fileGroup of a broker from its key", () => {
    const props = {
      ...machine,
      keyMode: "0600",
      brokers: [
        { ...A, fileGroup: "plant" },
        { ...B, fileOwner: "1883" },
      ],
    };

    expect(problemsOf(props)).toMatchObject([
      { path: "brokers[0].keyMode", reason: expect.stringContaining("keeps the fileGroup from the key") as string },
    ]);
  });

  it.each([
    ["0777", "is not allowed"],
    ["x", "is not a file mode"],
    ["0700", "keeps the fileOwner or fileGroup of a.example.com out"],
  ])("readFleet refuses a directory of mode %s for brokers with a file owner", (directoryMode, reason) => {
    expect(problemsOf({ ...machine, directoryMode, brokers: [{ ...A, fileGroup: "plant" }] })).toMatchObject([
      { path: "directoryMode", reason: expect.stringContaining(reason) as string },
    ]);
  });
});

import { Progress } from "../../lib/cli/progress";

/** The output for a line every tenth of a second. */
function written(isTTY: boolean, seconds: number): string[] {
  const texts: string[] = [];
  let now = 0;
  const progress = new Progress({ isTTY, write: (text: string) => texts.push(text) }, () => now);
  for (let count = 1; count <= seconds * 10; count++) {
    now += 100;
    progress.tell(() => `${count}`);
  }
  progress.clear();
  progress.clear();
  return texts;
}

describe("Progress", () => {
  it("Progress shows one line on a terminal, and clears it", () => {
    expect(written(true, 0.6)).toEqual(["\r\u001b[K2", "\r\u001b[K4", "\r\u001b[K6", "\r\u001b[K"]);
  });

  it("Progress writes a line every five seconds to a log, and none for a short command", () => {
    expect(written(false, 12)).toEqual(["50\n", "100\n"]);
    expect(written(false, 4)).toEqual([]);
  });
});

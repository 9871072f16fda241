import { reloadWordsFor } from "../../../../../lib/custody/machine/program/reload/decide-reloads";

const [BEFORE, NOW] = ["2026-01-05T09:00:00Z", "2026-11-28T13:49:00Z"];
const ran = (of: string) => ({ token: `${BEFORE} its files change`, of });

describe("reloadWordsFor", () => {
  it.each([
    ["succeeded for these files", `${BEFORE} new`, ran(`${BEFORE} new`), ""],
    ["was never run for the existing files", `${BEFORE} new`, undefined, "it failed before, or was never run"],
    [
      "succeeded for older ones",
      `${BEFORE} new`,
      ran("2025-01-01T00:00:00Z new"),
      "it failed before, or was never run",
    ],
    ["is for files that this plan makes", `${NOW} new`, ran(`${BEFORE} new`), "its files change"],
    ["is for files that this plan made, and succeeded", `${NOW} new`, ran(`${NOW} new`), ""],
    ["has no files", "", undefined, ""],
  ])("reloadWordsFor decides on a command that %s", (_, token, record, words) => {
    expect(reloadWordsFor(token, record, NOW)).toBe(words);
  });
});

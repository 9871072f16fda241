import { bytesOf, fit, type Section } from "../../../../lib/cli/review/formats/sections";

function section(name: string, count: number): Section {
  const rows = Array.from({ length: count }, (_, index) => ({ text: `${name} row → ${index}`, what: name }));
  return { open: [`open ${name}`, ""], rows, close: ["", `close ${name}`] };
}

const SECTIONS = [section("first", 3), section("none", 0), section("second", 4)];
const ALL = fit(SECTIONS, Infinity).lines;

describe("fit", () => {
  it("fit keeps all sections if they fit, except those without rows", () => {
    expect(ALL).toHaveLength(3 + 4 + 2 * 4);
    expect(ALL.join("\n")).not.toContain("none");
    expect(fit(SECTIONS, bytesOf(ALL))).toEqual({ lines: ALL, omitted: {} });
  });

  it("fit takes more rows than a call takes arguments", () => {
    const { lines, omitted } = fit([section("many", 200_000)], 100);

    expect(lines.at(-1)).toBe("close many");
    expect(omitted).toEqual({ many: 200_000 - (lines.length - 4) });
  });

  it("fit drops the last row if one byte is missing", () => {
    const { lines, omitted } = fit(SECTIONS, bytesOf(ALL) - 1);

    expect(lines).toEqual(ALL.filter((line) => line !== "second row → 3"));
    expect(omitted).toEqual({ second: 1 });
  });

  it("fit never exceeds the room, closes each section, and counts each dropped row", () => {
    for (let room = 0; room <= bytesOf(ALL); room += 1) {
      const { lines, omitted } = fit(SECTIONS, room);
      const has = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
      const left = Object.values(omitted).reduce((sum, count) => sum + count, 0);

      expect(bytesOf(lines)).toBeLessThanOrEqual(room);
      expect(has(/^open/)).toBe(has(/^close/));
      expect(has(/row/) + left).toBe(7);
    }
  });

  it("fit drops all later sections once a row is dropped", () => {
    const wide: Section = { open: [], rows: [{ text: "x".repeat(1_000), what: "wide" }], close: [] };
    const { lines, omitted } = fit([wide, section("small", 2)], 500);

    expect(lines).toEqual([]);
    expect(omitted).toEqual({ wide: 1, small: 2 });
  });
});

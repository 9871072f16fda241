import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimDirectory, isOwn, readOwner } from "../../../../../lib/custody/machine/program/files/owner";
import type { Settings } from "../../../../../lib/custody/machine/program/settings";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "owner-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const settings = (state: string): Settings => ({
  command: "authority",
  declaredFile: "declared.json",
  time: "2026-01-05T09:00:00Z",
  decisions: "",
  state,
  workspace: "staging",
});

const claim = (state: string, hasConsent = false): void => {
  claimDirectory(directory, "plant", settings(state), hasConsent);
};

describe("claimDirectory", () => {
  it("claimDirectory gives a directory without an owner to the first state", () => {
    expect(readOwner(directory)).toBeUndefined();
    expect(isOwn(directory, settings("one"))).toBe(true);

    claim("one");
    expect(readOwner(directory)).toMatchObject({
      state: "one",
      name: expect.stringMatching(/^the fleet plant, workspace staging, deployed from .* on /) as string,
    });
    expect(isOwn(directory, settings("one"))).toBe(true);
    expect(isOwn(directory, settings("two"))).toBe(false);
    expect(statSync(join(directory, "owner.json")).mode & 0o777).toBe(0o600);
  });

  it("claimDirectory changes nothing for the state that owns the directory", () => {
    claim("one");
    const before = readFileSync(join(directory, "owner.json"));

    claim("one");
    expect(readFileSync(join(directory, "owner.json"))).toEqual(before);
  });

  it("claimDirectory refuses another state without consent, and names the owner and the way out", () => {
    claim("one");

    expect(() => {
      claim("two");
    }).toThrow(/belongs to the fleet plant, workspace staging, .*create an empty file .*\/take-over/);
    expect(readOwner(directory)?.state).toBe("one");

    claim("two", true);
    expect(readOwner(directory)?.state).toBe("two");
  });

  it.each(["", "{", "{}", '{"state": 1, "name": "x"}'])(
    "claimDirectory treats an incomplete owner.json as no owner: %j",
    (text) => {
      writeFileSync(join(directory, "owner.json"), text, { mode: 0o600 });

      expect(readOwner(directory)).toBeUndefined();
      claim("one");
      expect(readOwner(directory)?.state).toBe("one");
    },
  );
});

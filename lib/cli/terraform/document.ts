import { utf8Of } from "../../values/text-file";
import { InputError } from "../input-error";
import { BrokenJson, DeepJson, JsonSlice } from "../read/json-slice";
import { publicText } from "../show/public-text";

type Kind = "plan" | "state";

/** The output of `terraform show -json` or `tofu show -json` (https://developer.hashicorp.com/terraform/internals/json-format). */
export interface TerraformDocument {
  readonly kind: Kind;
  readonly members: ReadonlyMap<string, JsonSlice>;
}

const SHOW = "terraform show -json";

/** How to write what a command reads. */
const FIXES: Readonly<Record<Kind, string>> = {
  plan: `write it with "${SHOW} PLAN > plan.json" (or tofu)`,
  state: `write it with "${SHOW} > state.json" (or tofu)`,
};

/** The bytes in which the JSON must start. A wrapper prints less than this. */
const LINES_WITHIN = 65_536;

/**
 * Reads a plan or a state. Lines that a wrapper of the engine prints are ignored: any lines before the JSON, and workflow commands
 * after it.
 *
 * @param path the file, for messages
 * @param given the content, in UTF-8 or UTF-16
 * @param wanted what the command reads, for messages
 * @throws InputError if it is neither a plan nor a state, or if its format is not known
 */
export function readDocument(path: string, given: Uint8Array, wanted: Kind): TerraformDocument {
  const bytes = utf8Of(given);
  const text = bytes.toString("latin1", 0, LINES_WITHIN);
  if (text.trim() === "") {
    throw new InputError(path, "is empty", `${FIXES[wanted]}, and check whether that failed`);
  }
  if (text.startsWith("PK\u0003\u0004")) {
    throw new InputError(path, "is a plan in the engine's own format, not JSON", FIXES[wanted]);
  }
  const members = read(path, bytes, text, wanted);
  refuseOtherFormats(path, members);
  const version = members.get("format_version")?.value();
  if (typeof version !== "string") {
    throw new InputError(path, "is neither a plan nor a state: it has no format_version", FIXES[wanted]);
  }
  if (!/^1(\.|$)/.test(version)) {
    const reason = `has format_version ${publicText(version)}, but this version of mqtt-pki reads 1.x`;
    throw new InputError(path, reason, "use a version of mqtt-pki that reads it, or an engine that writes 1.x");
  }
  const isPlan = members.has("planned_values") || members.has("resource_changes") || members.has("configuration");
  return { kind: isPlan ? "plan" : "state", members };
}

function refuseOtherFormats(path: string, members: ReadonlyMap<string, JsonSlice>): void {
  if (members.has("encrypted_data")) {
    throw new InputError(path, "is encrypted", `write it with "tofu show -json", with the passphrase configured`);
  }
  if (members.has("lineage") && members.has("serial")) {
    throw new InputError(path, "is a state in the engine's own format", FIXES.state);
  }
}

/** Reads the members of the document. */
function read(path: string, bytes: Buffer, start: string, wanted: Kind): ReadonlyMap<string, JsonSlice> {
  const begin = /^[ \t]*\{/m.exec(start)?.index ?? 0;
  const slice = JsonSlice.fromBytes(bytes.subarray(begin, endOfJson(bytes)));
  if (slice.isObject) {
    return refusingBroken(path, wanted, () => slice.members);
  }
  if (start.includes('"format_version"')) {
    const fix =
      "make sure that nothing else prints to it, such as a wrapper of the engine (setup-terraform: terraform_wrapper: false)";
    throw new InputError(path, "has other text before the JSON, on the same line", fix);
  }
  throw new InputError(path, "is neither a plan nor a state in JSON", FIXES[wanted]);
}

/** The end of the JSON, before blanks and workflow commands such as `::debug::exitcode: 0`. */
function endOfJson(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0) {
    const last = bytes[end - 1] ?? 0;
    const line = bytes.lastIndexOf("\n", end - 1) + 1;
    if (last <= 0x20) {
      end -= 1;
    } else if (bytes.toString("latin1", line, line + 2) === "::") {
      end = line;
    } else {
      break;
    }
  }
  return end;
}

/**
 * Reads from a document whose parts are parsed on first use.
 *
 * @throws InputError if one of them is not JSON
 */
export function refusingBroken<T>(path: string, wanted: Kind, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DeepJson) {
      throw new InputError(path, error.reason, FIXES[wanted]);
    }
    throw error instanceof BrokenJson
      ? new InputError(path, "is JSON that is cut off, or has other text after it", FIXES[wanted])
      : error;
  }
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The directory to which scripts/bundle.js writes the bundle of ./browser. */
const BUNDLE = join(__dirname, "bundle");

/** The script and the style of all pages, and the policy that permits no other. */
export interface Assets {
  readonly script: string;
  readonly style: string;
  /** A Content-Security-Policy. */
  readonly policy: string;
}

export function readAssets(): Assets {
  const [script, style] = [
    readFileSync(join(BUNDLE, "script.js"), "utf8"),
    readFileSync(join(BUNDLE, "style.css"), "utf8"),
  ];
  return { script, style, policy: policyOf(script, style) };
}

/** A policy that permits only this script and this style: no loading, no sending, no markup from text, no frames, no plugins. */
function policyOf(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
}

/** The hash in the form of CSP 3. */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

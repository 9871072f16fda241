import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What scripts/bundle.js makes of ./browser. */
const BUNDLE = join(__dirname, "bundle");

/** The script and the style of all pages, as they stand in each, and the policy that lets a browser take no other. */
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

/** Nothing is loaded, sent or made of a text; no frame, no plugin, no other base of links. */
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

/** As policies have it (CSP 3). */
function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

import type { Inventory } from "../../../lib/cli/inventory/entry";
import type { Review } from "../../../lib/cli/review/review";
import { sentence } from "../../../lib/cli/review/sentence";
import { publicText } from "../../../lib/cli/show/public-text";
import { changeWith, reviewWith } from "../review/reviews";
import { entryWith, sampleInventory } from "./samples";

/** Texts that would be more than text in a page, if reading plans and states lets them through. */
const HOSTILE: readonly string[] = [
  '"><img src=x onerror=alert(1)>',
  "</script><script>alert(1)</script>",
  "</noscript><script>alert(1)</script>",
  "</style><style>*{display:none}</style>",
  "</title><script>alert(1)</script>",
  "<!--<script>",
  "]]><svg onload=alert(1)>",
  "<iframe src=javascript:alert(1)>",
  "javascript:alert(1)",
  "' onmouseover='alert(1)",
  "&lt;b&gt; &#60;script&#62;",
  "${alert(1)} {{alert(1)}} `",
  "\u202egnp.exe\u2066\u0000\u001b[31m",
  "שלום.example.com",
  "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035aalgo".repeat(8),
  "\ud800 a lone surrogate",
  "W".repeat(65_536),
  "constructor",
  "__proto__",
].map(publicText);

/** An inventory in which each text is hostile, in turn. */
export function hostileInventory(): Inventory {
  const certificates = HOSTILE.map((text, index) =>
    entryWith({
      source: text,
      location: text,
      kind: index % 2 === 0 ? "authority" : "broker",
      address: text,
      names: [text, ...HOSTILE],
      serialNumber: text,
      fingerprint: text,
      keyType: text,
      issuer: { commonName: text, generation: null, verified: false },
      accepted: index % 3 === 0 ? null : false,
      reasons: [text],
    }),
  );
  return {
    ...sampleInventory(0),
    certificates,
    unreadable: HOSTILE.map((text) => ({ source: text, location: text, reason: text })),
    violations: HOSTILE.map((text) => violationWith(text)),
  };
}

/** A review in which each text is hostile. */
export function hostileReview(): Review {
  const certificates = HOSTILE.map((text, index) =>
    changeWith({
      source: text,
      address: text,
      title: text,
      kinds: index % 2 === 0 ? ["removed"] : ["addresses-changed", "moved"],
      before: { names: [text], notAfter: "2027-01-01T00:00:00Z", fingerprint: text, keyType: text, issuer: text },
      after: { names: HOSTILE, notAfter: "2028-01-01T00:00:00Z", keyType: text, keyPin: text, issuer: `CN=${text}` },
      files: [{ address: text, path: text, action: text }],
      renamedFrom: text,
      notes: [text],
    }),
  );
  const other = (text: string) => ({ source: text, address: text, action: text, detail: text });
  return reviewWith({
    sources: HOSTILE,
    certificates,
    reloads: HOSTILE.map((text) => ({ source: text, address: text, broker: text, command: text, reason: text })),
    others: HOSTILE.map(other),
    outputs: HOSTILE.map(other),
    drift: HOSTILE.map(other),
    incomplete: HOSTILE,
    violations: HOSTILE.map((text) => violationWith(text)),
  });
}

function violationWith(text: string): Inventory["violations"][number] {
  const waiver = { owner: text, reason: text, until: "2027-01-01", isOver: false };
  return {
    rule: "names",
    level: "fail",
    address: text,
    location: text,
    message: sentence`has ${[text]}`,
    place: text,
    declared: text,
    waiver,
  };
}

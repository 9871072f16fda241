import { writeFileSync } from "node:fs";
import type { Custody } from "./custodies";
import type { Project } from "./project";
import { letOwnAuthorityEnd, letServerEnd } from "./records";

const DAY = 24 * 3_600_000;

/** Changes the expiry date of the authority's certificate where a plan reads it. */
export function letAuthorityEnd(project: Project, custody: Custody, days: number): void {
  const end = inDays(days);
  if (custody === "machine") {
    letOwnAuthorityEnd(project, end);
  } else {
    const text = /(?<="type": "tls_self_signed_cert",\s+"name": "authority",[^]*?"validity_end_time": ")[^"]+/;
    rewrite(project, "terraform.mqtt.tfstate", text, end);
  }
}

/** Changes the expiry date of a broker's certificate where a plan reads it: in the state or in its record. */
export function letEnd(project: Project, custody: Custody, address: string, days: number): void {
  const end = inDays(days);
  if (custody === "machine") {
    letServerEnd(project, `brokers/${address}`, end);
  } else {
    const resource = `"broker_${address.replaceAll(".", "_")}"`;
    const text = new RegExp(
      `(?<="type": "tls_locally_signed_cert",\\s+"name": ${resource},[^]*?"validity_end_time": ")[^"]+`,
    );
    rewrite(project, "terraform.mqtt.tfstate", text, end);
  }
}

function inDays(days: number): string {
  return new Date(Date.now() + days * DAY).toISOString().replace(/\.\d+/, "");
}

function rewrite(project: Project, path: string, pattern: RegExp, by: string): void {
  const text = project.read(path);
  const rewritten = text.replace(pattern, by);
  if (rewritten === text) {
    throw new Error(`${path} has no ${pattern.source}`);
  }
  writeFileSync(project.path(path), rewritten);
}

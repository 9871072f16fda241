import { createPrivateKey, sign } from "node:crypto";
import { pemBlocks, toPem } from "../../lib/x509/pem";
import { type Element, read, write } from "./der-tree";

/**
 * A certificate or a signing request with other octets in its signed part, signed again with SHA-256.
 *
 * @param octets hexadecimal, as long as the octets that they replace
 */
export function resigned(pem: string, keyPem: string, [old, next]: readonly [old: string, octets: string]): string {
  const [block] = pemBlocks(pem);
  const [toBeSigned, algorithm] = read(block?.data ?? new Uint8Array()).children ?? [];
  const content = toBeSigned && Buffer.concat((toBeSigned.children ?? []).map(write)).toString("hex");
  if (block === undefined || algorithm === undefined || content?.includes(old) !== true || old.length !== next.length) {
    throw new Error(`There is no ${old} to change.`);
  }
  const changed: Element = { tag: 0x30, bytes: Buffer.from(content.replaceAll(old, next), "hex") };
  return toPem(block.label, encoded(changed, algorithm, keyPem));
}

function encoded(toBeSigned: Element, algorithm: Element, keyPem: string): Buffer {
  const signature = sign("sha256", write(toBeSigned), createPrivateKey(keyPem));
  return write({
    tag: 0x30,
    children: [toBeSigned, algorithm, { tag: 0x03, bytes: Buffer.concat([Buffer.alloc(1), signature]) }],
  });
}

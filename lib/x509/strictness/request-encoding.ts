import * as asn1 from "asn1js";
import { childrenOf, contentOf, findEncodingFlaw, findTextFlaw, flawOfHeader, readElement } from "./encoding";

/** The signed parts of a request (RFC 2986, section 4.1). */
const PARTS = ["a version", "a subject", "a public key", "attributes"] as const;

/**
 * Why Go, and so Terraform's tls provider, cannot read a request: each as the rest of "a request that …".
 *
 * @param der a request that can be read here
 */
export function flawsForGo(der: Uint8Array): string[] {
  const request = readElement(der)?.element;
  const [toBeSigned, ...signature] = childrenOf(request);
  const frame = [request, toBeSigned].flatMap((block) => (block && flawOfHeader(block)) ?? []);
  const parts = [
    ...childrenOf(toBeSigned).map((part, index) => [PARTS[index] ?? "attributes", part] as const),
    ...signature.map((part) => ["a signature", part] as const),
  ];
  return [
    ...frame.map(({ what }) => `has ${what}`),
    ...parts.flatMap(([name, part]) => {
      const what = findEncodingFlaw(part)?.what ?? (name === "a subject" ? findTextFlaw(part) : undefined);
      return what === undefined ? [] : [`has ${name} with ${what}`];
    }),
    ...flawsOfExtensions(extensionsIn(toBeSigned)),
  ];
}

/** All octet strings below an element: the contents of the requested extensions. */
function extensionsIn(element: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  return childrenOf(element).flatMap((child) => (child instanceof asn1.OctetString ? [child] : extensionsIn(child)));
}

function flawsOfExtensions(values: readonly asn1.BaseBlock[]): string[] {
  return values.flatMap((value) => {
    const read = readElement(contentOf(value));
    const flaw = read && findEncodingFlaw(read.element);
    return flaw === undefined ? [] : [`asks for an extension with ${flaw.what}`];
  });
}

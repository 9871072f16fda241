import { ipText } from "./certificate";

/** How custody "machine" writes what a plan shows of a certificate: the names of a server's, `DNS:a.example.com, IP:192.0.2.1`. */
export function namesIn(text: string): string[] {
  return text.split(", ").map((name) => ipText(name.replace(/^(DNS|IP):/, "")));
}

/** The kind of a key, `ECDSA-P256` there, as a certificate's facts have it; undefined for `none`, where its broker makes it. */
export function keyTypeIn(text: string): string | undefined {
  return text === "none" ? undefined : text.replace(/-P?/, (dash) => (dash === "-" ? " " : " P-"));
}

import { type Expression, hcl, interpolate, literal, type Template } from "../../../terraform/expression";
import { trustFormFiles } from "../../../machine-format/rules";
import type { TrustForm } from "../../../values/files/forms";
import { C_HEADER } from "../../../x509/c-header";

/** A file with a form of the trust anchors, for the local provider: text, or base64 of binary content. */
export interface TrustFormFile {
  readonly path: string;
  readonly content: { readonly content: Template } | { readonly contentBase64: Template };
}

/**
 * The files of a form, below the PEM directory. Custody `state` does not make PKCS #12.
 *
 * @param trusted the PEM of each generation, by its number, in the order in which clients get them
 */
export function trustFormContents(form: TrustForm, trusted: ReadonlyMap<number, Expression>): readonly TrustFormFile[] {
  const paths = trustFormFiles(form, [...trusted.keys()]);
  const contents = contentsOf(form, [...trusted.values()]);
  return contents.map((content, index) => ({ path: paths[index] ?? "", content }));
}

function contentsOf(form: TrustForm, trusted: readonly Expression[]): readonly TrustFormFile["content"][] {
  switch (form) {
    case "pem":
      return trusted.map((pem) => ({ content: interpolate(hcl`join("\\n", concat(${linesOf(pem)}, [""]))`) }));
    case "der":
      return trusted.map((pem) => ({ contentBase64: interpolate(derOf(pem)) }));
    case "c-header":
      return [{ content: header(trusted) }];
    case "pkcs12":
      return [];
  }
}

/** The lines of the certificates in a text, without the text around them. */
function linesOf(pem: Expression): Expression {
  const certificates = hcl`regexall("-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----", ${pem})`;
  return hcl`flatten([for one in ${certificates} : split("\\n", replace(one, "\\r", ""))])`;
}

/** The base64 of a certificate's DER: the body of its PEM. */
function derOf(pem: Expression): Expression {
  return hcl`join("", [for line in ${linesOf(pem)} : trimspace(line) if !startswith(line, "-----")])`;
}

function header(trusted: readonly Expression[]): Template {
  const { start, beforeLine, afterLine, end } = C_HEADER;
  const lines = trusted
    .map((pem) => hcl`[for line in ${linesOf(pem)} : join("", [${literal(beforeLine)}, line, ${literal(afterLine)}])]`)
    .join(", ");
  return interpolate(hcl`join("", [${literal(start)}, join("\\n", concat(${lines as Expression})), ${literal(end)}])`);
}

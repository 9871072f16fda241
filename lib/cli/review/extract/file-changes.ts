import { projectPath } from "../../../values/files/project-path";
import { ReadCertificate } from "../../read/certificate";
import type { Planned } from "../../terraform/planned-values";
import type { ResourceChange } from "../../terraform/resource-change";
import { actionOf } from "./actions";
import type { FileChange } from "../certificate-change";
import type { Change, PlanIndex } from "./plan-index";

/** A changed file, and the resource of the key or certificate in it. */
export interface LinkedFile {
  readonly file: FileChange;
  readonly change: ResourceChange;
  /** The resource of a certificate or a key; undefined if it is not known. */
  readonly content: ResourceChange | undefined;
}

/** The files that a plan writes or removes, each with its content: found by its text, or else by its references. */
export function fileChanges(index: PlanIndex): LinkedFile[] {
  const certificates = new Map<string, ResourceChange>();
  for (const { change, before, after } of index.certificates) {
    for (const pem of [before?.pem, after?.pem]) {
      if (typeof pem === "string") {
        certificates.set(pem.trim(), change);
      }
    }
  }
  return index.changedFiles.map((one) => {
    const action = actionOf(one.change);
    const path = [one.after?.path, one.before?.path].find((each) => typeof each === "string");
    const file = {
      address: one.change.address,
      ...(typeof path === "string" && { path: projectPath(path) }),
      action: action === "create" || action === "replace" || action === "update" ? "written" : action,
    };
    return { file, change: one.change, content: contentOf(one, certificates, index) };
  });
}

const REFERRED = ["tls_locally_signed_cert", "tls_self_signed_cert", "tls_private_key"];

function contentOf(
  { change, before, after }: Change<"file">,
  certificates: ReadonlyMap<string, ResourceChange>,
  index: PlanIndex,
): ResourceChange | undefined {
  for (const side of [after, before]) {
    const found = firstOf(side?.certificates, certificates) ?? index.keyWith(side?.key);
    if (found !== undefined) {
      return found;
    }
  }
  const referred = ["content", "sensitive_content"].flatMap((attribute) =>
    REFERRED.map((type) => index.referredTo(change, attribute, type)),
  );
  return referred.find((each) => each !== undefined);
}

/** The first certificate in a text. */
function firstOf(text: Planned<string>, certificates: ReadonlyMap<string, ResourceChange>): ResourceChange | undefined {
  if (typeof text !== "string") {
    return undefined;
  }
  const whole = certificates.get(text.trim());
  return (
    whole ?? ReadCertificate.fromPem(text).flatMap(({ x509 }) => certificates.get(x509.toString().trim()) ?? [])[0]
  );
}

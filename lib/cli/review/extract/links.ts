import { readRequest, type RequestFacts } from "../../read/request";
import { type KeyDigest, type Planned, UNKNOWN } from "../../terraform/planned-values";
import type { ResourceChange } from "../../terraform/resource-change";
import type { Change, PlanIndex } from "./plan-index";

/** What a certificate is made from: its certificate signing request, before and after, and its key. */
export interface Links {
  /** The resource of the CSR; undefined if the broker made the CSR itself, or if it is not known. */
  readonly requestBefore: Change<"request"> | undefined;
  readonly requestAfter: Change<"request"> | undefined;
  /** The facts of a CSR that no resource made. */
  readonly factsAfter: RequestFacts | undefined;
  readonly key: "same" | "new" | "unknown";
  /** The type of the key after the plan, if the plan has its resource. */
  readonly keyType: string | undefined;
}

export function linksOf(one: Change<"certificate">, index: PlanIndex): Links {
  const { change, before, after } = one;
  const requestBefore = index.requestWith(before?.requestPem);
  const requestAfter =
    after?.requestPem === UNKNOWN
      ? (index.requestReferredTo(change) ?? requestBefore)
      : index.requestWith(after?.requestPem);
  const isFromBroker = typeof after?.requestPem === "string" && requestAfter === undefined;
  const factsAfter = isFromBroker ? readRequest(after.requestPem) : undefined;
  const owner = after?.isSelfSigned === true ? change : requestAfter?.change;
  return {
    requestBefore,
    requestAfter,
    factsAfter,
    key: keyOf(one, { requestBefore, requestAfter, factsAfter }),
    keyType: owner && index.keyTypeOf(index.referredTo(owner, "private_key_pem", "tls_private_key")),
  };
}

function keyOf({ before, after }: Change<"certificate">, links: Omit<Links, "key" | "keyType">): Links["key"] {
  if (after === undefined) {
    return "same";
  }
  if (after.isSelfSigned) {
    return before === undefined ? newOrSame(after.key) : comparison(before.key, after.key);
  }
  const { requestBefore, requestAfter, factsAfter } = links;
  if (requestAfter !== undefined) {
    const next = requestAfter.after?.key;
    return before === undefined ? newOrSame(next) : comparison(requestBefore?.before?.key, next);
  }
  if (factsAfter === undefined) {
    return "unknown";
  }
  if (typeof before?.requestPem !== "string") {
    return "same";
  }
  return readRequest(before.requestPem)?.publicKey === factsAfter.publicKey ? "same" : "new";
}

/** The state of the key of a certificate that did not exist before. */
function newOrSame(key: Planned<KeyDigest>): Links["key"] {
  return key === UNKNOWN ? "new" : key === undefined ? "unknown" : "same";
}

function comparison(before: Planned<KeyDigest>, after: Planned<KeyDigest>): Links["key"] {
  if (after === UNKNOWN) {
    return "new";
  }
  return typeof before === "string" && after !== undefined ? (before === after ? "same" : "new") : "unknown";
}

/** The changes that are part of a certificate's change: of its CSR, and of its key. */
export function partsOf(one: Change<"certificate">, links: Links, index: PlanIndex): ResourceChange[] {
  const requests = [links.requestBefore, links.requestAfter].filter((request) => request !== undefined);
  const digests = [one, ...requests].flatMap(({ before, after }): Planned<KeyDigest>[] => [before?.key, after?.key]);
  const referring = [one, ...requests].map(({ change }) =>
    index.referredTo(change, "private_key_pem", "tls_private_key"),
  );
  return [
    ...requests.map(({ change }) => change),
    ...digests.flatMap((digest) => index.keyWith(digest) ?? []),
    ...referring.filter((key) => key !== undefined),
  ];
}

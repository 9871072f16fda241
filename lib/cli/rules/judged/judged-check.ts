import type { CheckedBroker } from "../../check/checked-broker";
import type { Judged } from "./judged";

/** What rules check of a broker: the certificate that it serves. */
export function judgedOfBroker({ address, kinds, served, dialled, source }: CheckedBroker): Judged {
  return {
    address,
    isAuthority: false,
    kinds,
    fate: "stays",
    ...(served !== null && {
      names: served.names,
      keyType: served.keyType,
      issuer: served.issuer,
      notBefore: served.notBefore,
      notAfter: served.notAfter,
    }),
    location: dialled === null ? source : `${dialled.host}:${dialled.port}`,
  };
}

import { Problems, thrownFrom } from "../errors";
import type { BrokerProps } from "../spec/fleet-props";
import { BROKER } from "../spec/properties/broker";
import { namesIn } from "../spec/properties/property";
import { ServerCertificateSpec } from "../spec/server-certificate-spec";

/**
 * The openssl command that makes a broker's key (`server.key`) and certificate signing request (`server.csr`), on the broker:
 * one line for a POSIX shell and OpenSSL 1.1.1 or later. It overwrites both files.
 *
 * @example
 * ```ts
 * console.log(requestCommand({ address: "edge-7.example.com", csrFile: "csr/edge-7.csr" }));
 * ```
 *
 * @param broker the broker, as in a fleet or a fleet file
 * @throws InvalidInputError with every problem of the broker
 */
export function requestCommand(broker: BrokerProps): string {
  return thrownFrom(requestCommand, () => {
    const problems = new Problems();
    const spec = problems.attempt("", () => ServerCertificateSpec.fromProps(broker));
    if (spec !== undefined) {
      problems.refuseUnknown("", broker, namesIn(BROKER));
    }
    problems.throwIfAny("a broker");
    return spec?.requestCommand ?? "";
  });
}

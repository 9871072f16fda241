import { Problems, thrownFrom } from "../errors";
import type { BrokerProps } from "../spec/fleet-props";
import { BROKER } from "../spec/properties/broker";
import { namesIn } from "../spec/properties/property";
import { ServerCertificateSpec } from "../spec/server-certificate-spec";

/**
 * The openssl command that makes, on a broker, its key (`server.key`) and the request for it (`server.csr`): one line for a
 * POSIX shell and OpenSSL from 1.1.1 on. It overwrites both files.
 *
 * @param broker as a fleet, or a file, declares it
 * @throws InvalidInputError with all that is wrong with it
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

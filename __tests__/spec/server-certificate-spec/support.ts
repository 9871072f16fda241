import type { Problem } from "../../../lib/errors";
import { CertificateAuthoritySpec } from "../../../lib/spec/certificate-authority-spec";
import type { DistinguishedNameProps } from "../../../lib/values/distinguished-name";
import { Duration } from "../../../lib/values/duration";
import { ServerCertificateSpec } from "../../../lib/spec/server-certificate-spec";
import { problemsOf as findProblems } from "../../support/problems";

export const ADDRESS = "mqtt-1.plant.example.com";

/** Props as plain JavaScript may give them. */
export type AnyProps = Readonly<Record<string, unknown>>;

export function spec(props: AnyProps = {}, authority?: CertificateAuthoritySpec): ServerCertificateSpec {
  return ServerCertificateSpec.fromProps({ address: ADDRESS, ...props }, authority);
}

/** The problems of a server certificate. */
export function problemsOf(props: AnyProps, authority?: CertificateAuthoritySpec): readonly Problem[] {
  return findProblems(() => spec(props, authority));
}

export function authorityOf(subject: DistinguishedNameProps, duration = Duration.days(3650)): CertificateAuthoritySpec {
  return CertificateAuthoritySpec.fromProps({ subject, duration });
}

/** The problems, one line each. */
export function lines(problems: readonly Problem[]): string[] {
  return problems.map(({ path, reason }) => `${path} ${reason}`);
}

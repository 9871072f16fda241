import { Construct } from "constructs";
import { TerraformOutput, TerraformStack } from "../../cdk";
import type { ICertificateAuthority, IServerCertificate } from "../issuer";
import { ChainedPem } from "../chained-pem";

/** The options of {@link PemOutputs}. */
export interface PemOutputsProps {
  /**
   * The authority of `ca_pem` and `ca_key`.
   * @default - neither `ca_pem` nor `ca_key`
   */
  readonly authority?: ICertificateAuthority;
  /**
   * Additional authorities that clients trust: their certificates follow in `ca_pem`.
   * @default - none
   */
  readonly otherAuthorities?: readonly ICertificateAuthority[];
  /**
   * The server certificates, in any order: the outputs are maps by address.
   * @default - neither `server_certificates` nor `server_keys`
   */
  readonly servers?: readonly IServerCertificate[];
  /**
   * Whether the authority's key is an output.
   * @default true
   */
  readonly authorityKey?: boolean;
}

/**
 * PEMs as outputs of the stack: `ca_pem` and `server_certificates`, a map by address; and, as sensitive outputs,
 * `server_keys`, a map by address, and `ca_key`. Imported keys are left out, and the keys have no passwords. A stack can have
 * only one.
 */
export class PemOutputs extends Construct {
  /** Adds the outputs to the stack of `scope`. */
  constructor(scope: Construct, id: string, props: PemOutputsProps) {
    super(scope, id);
    if (props.authority !== undefined) {
      this.addAuthority(props.authority, props);
    }
    if (props.servers !== undefined) {
      this.add("server_certificates", byAddress(props.servers, "certificatePem", this), "By address");
      this.addSecret("server_keys", byAddress(props.servers, "privateKeyPem", this), "By address");
    }
  }

  private addAuthority(
    authority: ICertificateAuthority,
    { otherAuthorities = [], authorityKey = true }: PemOutputsProps,
  ): void {
    const trusted = [authority, ...otherAuthorities].map(({ issuer }) => issuer.issued.certificatePem);
    this.add("ca_pem", new ChainedPem(trusted).referenceIn(this), "The certificates that clients trust");
    const { privateKeyPem } = authority.issuer.issued;
    if (privateKeyPem !== undefined && authorityKey) {
      this.addSecret("ca_key", privateKeyPem.referenceIn(this), "The key of the authority");
    }
  }

  private add(name: string, value: unknown, description: string): void {
    new TerraformOutput(TerraformStack.of(this), name, { value, description, staticId: true });
  }

  private addSecret(name: string, value: unknown, description: string): void {
    new TerraformOutput(TerraformStack.of(this), name, { value, description, sensitive: true, staticId: true });
  }
}

function byAddress(
  servers: readonly IServerCertificate[],
  pem: "certificatePem" | "privateKeyPem",
  scope: Construct,
): Record<string, string> {
  return Object.fromEntries(
    servers.flatMap((server) => {
      const issued = server.issued[pem];
      return issued === undefined ? [] : [[server.spec.address.text, issued.referenceIn(scope)]];
    }),
  );
}

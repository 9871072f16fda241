import type { IConstruct } from "constructs";
import type { Pem } from "./issuer";

/** Several PEMs in one, such as a certificate and those of the authorities above. Each ends with an end of line. */
export class ChainedPem implements Pem {
  constructor(private readonly parts: readonly Pem[]) {}

  public get token(): string {
    return this.parts.map((part) => part.token).join("");
  }

  public referenceIn(scope: IConstruct): string {
    return this.parts.map((part) => part.referenceIn(scope)).join("");
  }
}

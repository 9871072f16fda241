import type { IConstruct } from "constructs";
import type { Pem } from "./issuer";

/** Several PEMs joined, such as a certificate and its intermediate authorities. Each ends with a line break. */
export class ChainedPem implements Pem {
  constructor(private readonly parts: readonly Pem[]) {}

  public get token(): string {
    return this.parts.map((part) => part.token).join("");
  }

  public referenceIn(scope: IConstruct): string {
    return this.parts.map((part) => part.referenceIn(scope)).join("");
  }
}

import { AsnConvert } from "@peculiar/asn1-schema";
import * as asn1 from "asn1js";

/** The tag classes of ASN.1 (X.690, section 8.1.2.2), as asn1js numbers them. */
export const TAG_CLASS = { universal: 1, context: 3 } as const;

/** A block that is already encoded. */
export class Encoded extends asn1.BaseBlock {
  readonly #der: ArrayBuffer;

  public constructor(der: Uint8Array | ArrayBuffer) {
    super();
    this.#der = der instanceof ArrayBuffer ? der : new Uint8Array(der).buffer;
  }

  /** A value of one of asn1-schema's types. */
  public static of(value: unknown): Encoded {
    return new Encoded(AsnConvert.serialize(value));
  }

  public static oid(value: string): Encoded {
    return new Encoded(new asn1.ObjectIdentifier({ value }).toBER());
  }

  public override toBER(_sizeOnly?: boolean, writer?: Parameters<asn1.BaseBlock["toBER"]>[1]): ArrayBuffer {
    writer?.write(this.#der);
    return this.#der;
  }
}

/** The items of a sequence; empty if the block is not a sequence. */
export function childrenOf(block: asn1.BaseBlock | undefined): asn1.BaseBlock[] {
  return block instanceof asn1.Sequence ? block.valueBlock.value : [];
}

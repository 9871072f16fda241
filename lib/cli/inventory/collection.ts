import { ReadCertificate } from "../read/certificate";

/** A certificate, and where it is. */
export interface Found {
  readonly location: string;
  readonly certificate: ReadCertificate;
  /** The certificates after it in its file, which a broker presents with it; undefined where it was in no file. */
  readonly presented: readonly ReadCertificate[] | undefined;
}

const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----/g;
const BEGIN = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----/g;

/** The certificates of one source, each once: where it was seen first. */
export class Collection {
  readonly #read = new Map<string, ReadCertificate | undefined>();
  readonly #found = new Map<string, Found>();
  readonly #unreadable = new Map<string, string>();

  public get found(): Found[] {
    return [...this.#found.values()];
  }

  /** By location, what is wrong there. */
  public get unreadable(): ReadonlyMap<string, string> {
    return this.#unreadable;
  }

  /** A certificate by itself, without those that would be presented with it. */
  public addSingle(location: string, pem: string): ReadCertificate[] {
    const certificates = this.read(location, pem);
    certificates.forEach((certificate, index) => {
      this.keep(numbered(location, index), certificate, undefined);
    });
    return certificates;
  }

  /** The content of a file: what comes after the first certificate is presented with it. */
  public addFile(location: string, pem: string): ReadCertificate[] {
    return this.keepFile(location, this.read(location, pem));
  }

  /** A file that may be in DER. */
  public addBytes(location: string, bytes: Uint8Array): ReadCertificate[] {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    if (text.includes("-----BEGIN ")) {
      return this.addFile(location, text);
    }
    const certificate = readable(ReadCertificate.fromDer(bytes));
    if (certificate === undefined) {
      this.#unreadable.set(location, "is no certificate");
    }
    return this.keepFile(location, certificate === undefined ? [] : [certificate]);
  }

  private keepFile(location: string, certificates: ReadCertificate[]): ReadCertificate[] {
    certificates.forEach((certificate, index) => {
      this.keep(numbered(location, index), certificate, index === 0 ? certificates.slice(1) : undefined);
    });
    return certificates;
  }

  private keep(location: string, certificate: ReadCertificate, presented: Found["presented"]): void {
    const { fingerprint } = certificate.facts;
    const known = this.#found.get(fingerprint);
    const isLonger = (presented?.length ?? -1) > (known?.presented?.length ?? -1);
    this.#found.set(fingerprint, {
      location: known?.location ?? location,
      certificate: known?.certificate ?? certificate,
      presented: isLonger ? presented : known?.presented,
    });
  }

  private read(location: string, text: string): ReadCertificate[] {
    const blocks = text.match(BLOCK) ?? [];
    const certificates = blocks.flatMap((block) => this.readBlock(block) ?? []);
    const begun = text.match(BEGIN)?.length ?? 0;
    if (begun > certificates.length) {
      const broken = begun - certificates.length;
      this.#unreadable.set(location, `${broken} of ${begun} certificates there cannot be read`);
    }
    return certificates;
  }

  private readBlock(block: string): ReadCertificate | undefined {
    if (!this.#read.has(block)) {
      this.#read.set(block, readable(ReadCertificate.fromPem(block)[0]));
    }
    return this.#read.get(block);
  }
}

function numbered(location: string, index: number): string {
  return index === 0 ? location : `${location}#${index + 1}`;
}

/** Undefined for one with a key or a time that is not known here. */
function readable(certificate: ReadCertificate | undefined): ReadCertificate | undefined {
  try {
    return certificate?.facts === undefined ? undefined : certificate;
  } catch {
    return undefined;
  }
}

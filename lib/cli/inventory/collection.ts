import { utf8Of } from "../../values/text-file";
import { PKCS7_LABELS, pemBlocks } from "../../x509/pem";
import { ReadCertificate } from "../read/certificate";
import { certificatesInPkcs7 } from "../read/pkcs7";

/** A certificate, and where it is. */
export interface Found {
  readonly location: string;
  readonly certificate: ReadCertificate;
  /** The certificates after it in its file, which a broker presents with it; undefined if it was in no file. */
  readonly presented: readonly ReadCertificate[] | undefined;
}

const BLOCK = /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----[^-]*-----END \1-----/g;
/** Also matches the header of a block that lost a dash. */
const BEGIN = /-BEGIN (?:X509 |TRUSTED )?CERTIFICATE-/g;

/** The names of files that hold certificates only; a `.pem` file may hold something else. */
const OF_CERTIFICATES = /\.(crt|cer|p7b|p7c)$/i;

/** The certificates of one source, each once, at the place where it was found first. */
export class Collection {
  readonly #read = new Map<string, ReadCertificate | undefined>();
  readonly #found = new Map<string, Found>();
  readonly #unreadable = new Map<string, string>();

  public get found(): Found[] {
    return [...this.#found.values()];
  }

  /** Why places cannot be read, by location. */
  public get unreadable(): ReadonlyMap<string, string> {
    return this.#unreadable;
  }

  /** Adds a single certificate, without those that a broker presents with it. */
  public addSingle(location: string, pem: string): ReadCertificate[] {
    const certificates = this.read(location, pem);
    certificates.forEach((certificate, index) => {
      this.keep(numbered(location, index), certificate, undefined);
    });
    return certificates;
  }

  /** Adds the content of a file: a broker presents the later certificates with the first one. */
  public addFile(location: string, pem: string): ReadCertificate[] {
    return this.keepFile(location, this.read(location, pem));
  }

  /** Adds a file, in PEM or DER. */
  public addBytes(location: string, bytes: Uint8Array): ReadCertificate[] {
    const text = utf8Of(bytes).toString("latin1");
    if (text.includes("-BEGIN ")) {
      const certificates = this.addFile(location, text);
      if (certificates.length === 0 && OF_CERTIFICATES.test(location) && !this.#unreadable.has(location)) {
        this.#unreadable.set(location, "holds no certificate");
      }
      return certificates;
    }
    const certificate = ReadCertificate.fromDer(bytes);
    const certificates = certificate === undefined ? this.readBundle(location, bytes) : [certificate];
    return this.keepFile(location, certificates);
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
    const bundles = PKCS7_LABELS.some((label) => text.includes(`-BEGIN ${label}-`)) ? pemBlocks(text) : [];
    const inBundles = bundles
      .filter(({ label }) => PKCS7_LABELS.includes(label))
      .flatMap(({ data }) => this.readBundle(location, data));
    return [...certificates, ...inBundles];
  }

  /** The certificates of PKCS #7, which defines no order: the broker's before those of authorities. */
  private readBundle(location: string, der: Uint8Array): ReadCertificate[] {
    const bundle = certificatesInPkcs7(der);
    const ders = bundle ?? [];
    const certificates = ders.flatMap((one) => ReadCertificate.fromDer(one) ?? []);
    const broken = ders.length - certificates.length;
    if (broken > 0) {
      this.#unreadable.set(location, `${broken} of ${ders.length} certificates there cannot be read`);
    } else if (certificates.length === 0) {
      this.#unreadable.set(location, bundle === undefined ? "is not a certificate" : "holds no certificate");
    }
    return certificates.toSorted((one, other) => Number(one.facts.isAuthority) - Number(other.facts.isAuthority));
  }

  private readBlock(block: string): ReadCertificate | undefined {
    if (!this.#read.has(block)) {
      this.#read.set(block, ReadCertificate.fromPem(block)[0]);
    }
    return this.#read.get(block);
  }
}

function numbered(location: string, index: number): string {
  return index === 0 ? location : `${location}#${index + 1}`;
}

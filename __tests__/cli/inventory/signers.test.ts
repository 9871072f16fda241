import type { X509Certificate } from "node:crypto";
import type { Authority } from "../../../lib/cli/inventory/authority";
import { Signers } from "../../../lib/cli/inventory/signers";

/** A certificate that names its issuer, and perhaps the issuer's key. */
interface Signed {
  readonly issuer: string;
  readonly key: number;
  readonly isKeyNamed: boolean;
}

let verified = 0;
beforeEach(() => {
  verified = 0;
});

function authority(subject: string, key: number): Authority {
  const verifies = (signed: unknown): boolean => {
    verified += 1;
    return (signed as Signed).key === key;
  };
  return { subject, keyId: `${key}`, verifies, read: { x509: key } } as unknown as Authority;
}

function certificate(signed: Signed): X509Certificate {
  const checkIssued = (issuer: unknown): boolean => !signed.isKeyNamed || issuer === signed.key;
  return { ...signed, checkIssued } as unknown as X509Certificate;
}

/** Authorities of one name, each with its own key. */
const NAMESAKES = Array.from({ length: 1000 }, (_, key) => authority("CN=CA", key));

describe("Signers.of", () => {
  it("Signers.of finds the issuer among many of one name, by the key id", () => {
    const found = new Signers(NAMESAKES).of(certificate({ issuer: "CN=CA", key: 999, isKeyNamed: true }));

    expect(found).toEqual({ authorities: [NAMESAKES[999]], isCut: false });
    expect(verified).toBe(1);
  });

  it("Signers.of returns all certificates of the issuer after one verification", () => {
    const reissued = Array.from({ length: 1000 }, () => authority("CN=CA", 7));
    const found = new Signers(reissued).of(certificate({ issuer: "CN=CA", key: 7, isKeyNamed: false }));

    expect(found).toEqual({ authorities: reissued, isCut: false });
    expect(verified).toBe(1);
  });

  it("Signers.of verifies a certificate only once", () => {
    const signers = new Signers(NAMESAKES);
    const signed = certificate({ issuer: "CN=CA", key: 1, isKeyNamed: true });

    expect(signers.of(signed)).toBe(signers.of(signed));
    expect(verified).toBe(1);
  });

  it("Signers.of verifies at most 100 signatures, and reports that it stopped", () => {
    const found = new Signers(NAMESAKES).of(certificate({ issuer: "CN=CA", key: 999, isKeyNamed: false }));

    expect(found).toEqual({ authorities: [], isCut: true });
    expect(verified).toBe(100);
  });

  it("Signers.of considers only authorities with the name of the issuer", () => {
    const found = new Signers(NAMESAKES).of(certificate({ issuer: "CN=Other", key: 1, isKeyNamed: false }));

    expect(found).toEqual({ authorities: [], isCut: false });
    expect(verified).toBe(0);
  });
});

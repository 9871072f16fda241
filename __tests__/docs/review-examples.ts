import type { CertificateChange } from "../../lib/cli/review/certificate-change";
import type { Review } from "../../lib/cli/review/review";
import { changeWith, reviewWith } from "../cli/review/reviews";

function changeOf(number: number, end: string, given: Partial<CertificateChange>): CertificateChange {
  const name = `mqtt-${number}.example.com`;
  const folder = `pki/brokers/${name}`;
  const side = { names: [name], keyType: "ECDSA P-256" };
  return changeWith({
    title: name,
    address: `tls_locally_signed_cert.broker_${name.replaceAll(".", "_")}`,
    before: { ...side, notAfter: `${end}T00:00:00Z`, fingerprint: `A9:EF:01:F0:A9:21:FC:9E${":00".repeat(24)}` },
    after: { ...side, notAfter: "2029-02-27T00:00:00Z", isEstimated: true },
    files: [{ address: "local_file.certificate", path: `${folder}/server.pem`, action: "written" }],
    ...given,
  });
}

function removed(number: number): CertificateChange {
  const { after: _, ...change } = changeOf(number, "2027-02-04", { kinds: ["removed"] });
  const files = ["server.pem", "server.key"].map((file) => ({
    ...{ address: "local_file.removed", path: `pki/brokers/${change.title}/${file}`, action: "delete" },
  }));
  return { ...change, files };
}

/** The Markdown in docs/reference/review.md. */
export const TWO: Review = reviewWith({
  counts: { removed: 1, renewed: 1 },
  unchanged: 9,
  certificates: [removed(3), changeOf(2, "2027-02-04", {})],
});

/** The text output in docs/reference/review.md. */
export const MANY: Review = reviewWith({
  counts: { removed: 1, renewed: 100 },
  unchanged: 20,
  certificates: [
    removed(121),
    ...Array.from({ length: 100 }, (_, index) => changeOf(index + 1, index < 40 ? "2026-12-28" : "2027-02-04", {})),
  ],
});

import { commonNameIn } from "../../read/subject";
import type { CertificateSide } from "../certificate-change";
import { fileActionOf, shortFingerprintOf } from "../formats/words";
import type { ReviewedChange } from "../impact";
import type { Review } from "../review";
import type { ReviewData, Row, Side } from "./row";

export function reviewDataOf({ sources, authorities, certificates }: Review): ReviewData {
  return { page: "review", hasSources: sources.length > 1, rows: [...authorities, ...certificates].map(rowOf) };
}

function rowOf(change: ReviewedChange): Row {
  const { source, address, title, isAuthority, kinds, group, key, authority, before, after, renamedFrom, movedFrom } =
    change;
  const was = movedFrom === undefined ? renamedFrom : `${movedFrom.address} in ${movedFrom.source}`;
  return {
    ...{ source, address, title, isAuthority, kinds, group },
    warnings: change.warnings.map(String),
    remarks: [...change.remarks, ...change.notes].map(String),
    ...{ key, authority },
    ...(before && { before: sideOf(before) }),
    ...(after && { after: sideOf(after) }),
    files: change.files.map((file) => `${file.path ?? file.address} ${fileActionOf(file)}`),
    ...(was !== undefined && { was }),
  };
}

function sideOf(side: CertificateSide): Side {
  const { names, notAfter, isEstimated, keyType, keyPin, issuer } = side;
  const fingerprint = shortFingerprintOf(side);
  return {
    ...(names && { names }),
    ...(notAfter !== undefined && { notAfter }),
    ...(isEstimated === true && { isEstimated }),
    ...(keyType !== undefined && { keyType }),
    ...(keyPin !== undefined && { keyPin }),
    ...(issuer !== undefined && { issuer: commonNameIn(issuer) ?? issuer }),
    ...(fingerprint !== "" && { fingerprint }),
  };
}

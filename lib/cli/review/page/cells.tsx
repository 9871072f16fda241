import { Fragment, h, type Markup } from "../../page/markup/markup";
import { Badge, Day, Name } from "../../page/text";
import { numberOf } from "../../show/numbers";
import { KINDS, type Kind } from "../kinds";
import { hasName } from "../names";
import type { Row, Side } from "./row";

interface CellProps {
  readonly row: Row;
}

export function NameCell({ row, hasSource }: CellProps & { readonly hasSource: boolean }): Markup {
  const { title, isAuthority, kinds, address, source, was } = row;
  return (
    <>
      <Name text={title} />
      {isAuthority && <Badge kind="note">authority</Badge>}
      <div>
        {kinds.map((kind) => (
          <Happening kind={kind} group={row.group} />
        ))}
      </div>
      <div class="small quiet">
        {address !== title && <Name text={address} />}
        {hasSource && (
          <>
            {" in "}
            <Name text={source} />
          </>
        )}
      </div>
      {was !== undefined && (
        <div class="small">
          was <Name text={was} />
        </div>
      )}
    </>
  );
}

/** A kind in the colour of its group. Its meaning is in the page as text, so that no one needs a pointer to see it. */
function Happening({ kind, group }: { readonly kind: Kind; readonly group: string }): Markup {
  return <Badge kind={group}>{kind}</Badge>;
}

export function MeaningCell({ row: { warnings, remarks, kinds } }: CellProps): Markup {
  const isSilent = warnings.length + remarks.length === 0;
  return (
    <>
      {warnings.map((warning) => (
        <div class="warning">
          <span aria-hidden="true">⚠ </span>
          <span class="unseen">Warning: </span>
          <bdi>{warning}</bdi>
        </div>
      ))}
      {remarks.map((remark) => (
        <div class="small">
          <bdi>{remark}</bdi>
        </div>
      ))}
      {isSilent && <div class="small">{kinds.map((kind) => KINDS[kind]).join("; ")}</div>}
    </>
  );
}

export function EndCell({ row: { before, after } }: CellProps): Markup {
  const [old, next] = [before?.notAfter, after?.notAfter];
  return old === next ? (
    <End side={before} />
  ) : (
    <Change old={<End side={before} />} next={after === undefined ? "removed" : <End side={after} />} />
  );
}

function End({ side }: { readonly side: Side | undefined }): Markup {
  return side?.notAfter === undefined ? (
    <span class="quiet">{side === undefined ? "none" : "unknown"}</span>
  ) : (
    <Day time={side.notAfter} isAbout={side.isEstimated} />
  );
}

export function AuthorityCell({ row: { before, after, authority, isAuthority } }: CellProps): Markup {
  const [old, next] = [before?.issuer, after?.issuer];
  return (
    <>
      {old !== undefined && next !== undefined && old !== next ? (
        <Change old={<Name text={old} />} next={<Name text={next} />} />
      ) : (
        <Name text={next ?? old ?? ""} />
      )}
      {after !== undefined && !isAuthority && (
        <div class="small">
          <Verdict state={authority} />
        </div>
      )}
    </>
  );
}

/** The number of files, or of names, that a cell lists. Further ones are counted. */
const LISTED_AT_MOST = 8;

export function PartsCell({ row: { before, after, key, files } }: CellProps): Markup {
  const left = files.length - LISTED_AT_MOST;
  return (
    <dl class="details">
      <dt>Names</dt>
      <dd>
        <Names before={before?.names} after={after?.names} isGone={after === undefined} />
      </dd>
      <dt>Key</dt>
      <dd>
        {after === undefined ? before?.keyType : <KeyAfter before={before} after={after} state={key} />}
        {key !== "same" && before?.keyPin !== undefined && (
          <div class="small quiet">
            old pin <code>{before.keyPin}</code>
          </div>
        )}
      </dd>
      {before?.fingerprint !== undefined && (
        <>
          <dt>Old SHA-256</dt>
          <dd>
            <code class="small">{before.fingerprint}</code>
          </dd>
        </>
      )}
      {files.length > 0 && (
        <>
          <dt>Files</dt>
          <dd class="small">
            {files.slice(0, LISTED_AT_MOST).map((file) => (
              <div>
                <Name text={file} />
              </div>
            ))}
            {left > 0 && <div class="quiet">and {numberOf(left, "more file")}</div>}
          </dd>
        </>
      )}
    </dl>
  );
}

interface KeyAfterProps {
  readonly before: Side | undefined;
  readonly after: Side;
  readonly state: Row["key"];
}

function KeyAfter({ before, after, state }: KeyAfterProps): Markup {
  const [old, next] = [before?.keyType, after.keyType];
  return (
    <>
      <Verdict state={state} />{" "}
      {old !== undefined && next !== undefined && old !== next ? `${old} → ${next}` : (next ?? old)}
    </>
  );
}

interface NamesProps {
  readonly before: readonly string[] | undefined;
  readonly after: readonly string[] | undefined;
  readonly isGone: boolean;
}

/** Removed names are struck out, new names are underlined, and both come first. */
function Names({ before = [], after = [], isGone }: NamesProps): Markup {
  const isKnown = after.length > 0 || isGone;
  const gone = isKnown && !isGone ? before.filter((name) => !hasName(after, name)) : [];
  const added = before.length > 0 ? after.filter((name) => !hasName(before, name)) : [];
  const kept = (after.length > 0 ? after : before).filter((name) => !hasName(gone, name) && !hasName(added, name));
  const all = [
    ...gone.map((name) => ({ name, mark: "gone" as const })),
    ...added.map((name) => ({ name, mark: "new" as const })),
    ...kept.map((name) => ({ name })),
  ];
  const left = all.length - LISTED_AT_MOST;
  return (
    <>
      {all.slice(0, LISTED_AT_MOST).map(({ name, ...marked }) => (
        <div>
          <Name text={name} {...marked} />
        </div>
      ))}
      {left > 0 && <div class="quiet">and {numberOf(left, "more name")}</div>}
    </>
  );
}

/** Whether a key or an authority stays the same. */
function Verdict({ state }: { readonly state: Row["key"] | Row["authority"] }): Markup {
  return <span class={`verdict ${state === "same" ? "quiet" : "changed"}`}>{state}</span>;
}

function Change({ old, next }: { readonly old: Markup; readonly next: Markup | string }): Markup {
  return (
    <>
      <span class="old">{old}</span> <span aria-label="to">→</span> <span class="next">{next}</span>
    </>
  );
}

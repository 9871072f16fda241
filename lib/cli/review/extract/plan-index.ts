import type { Plan } from "../../terraform/plan";
import type { Target } from "../../terraform/references";
import type {
  Attributes,
  CertificateAttributes,
  FileAttributes,
  KeyAttributes,
  MachineAttributes,
  ReloadAttributes,
  RequestAttributes,
} from "../../terraform/attributes";
import type { KeyDigest, Planned, PlannedText } from "../../terraform/planned-values";
import type { ResourceChange } from "../../terraform/resource-change";
import { actionOf } from "./actions";

interface Roles {
  readonly key: KeyAttributes;
  readonly request: RequestAttributes;
  readonly certificate: CertificateAttributes;
  readonly file: FileAttributes;
  readonly machine: MachineAttributes;
  readonly reload: ReloadAttributes;
}

/** A change of a resource of a known role, before and after. */
export interface Change<Role extends keyof Roles> {
  readonly change: ResourceChange;
  readonly before: Roles[Role] | undefined;
  readonly after: Roles[Role] | undefined;
}

/** The changes of a plan, indexed by their roles and by the values that refer to them. */
export class PlanIndex {
  public readonly keys: readonly Change<"key">[];
  public readonly requests: readonly Change<"request">[];
  public readonly certificates: readonly Change<"certificate">[];
  public readonly files: readonly Change<"file">[];
  /** The texts of files and outputs that are or may be certificates. */
  public readonly texts: readonly PlannedText[];
  /** The files that change. */
  public readonly changedFiles: readonly Change<"file">[];
  public readonly machines: readonly Change<"machine">[];
  public readonly reloads: readonly Change<"reload">[];
  private readonly byResource = new Map<string, ResourceChange[]>();
  private readonly requestsByPem = new Map<string, Change<"request">>();
  private readonly keysByDigest = new Map<KeyDigest, ResourceChange>();
  private readonly requestsOf = new Map<ResourceChange, Change<"request">>();

  constructor(private readonly plan: Plan) {
    const managed = plan.changes.filter(({ isData }) => !isData);
    const select = <Role extends keyof Roles>(role: Role): Change<Role>[] =>
      managed.flatMap((change) => {
        const [before, after] = [change.before, change.after].map((side) => withRole(side, role));
        return before === undefined && after === undefined ? [] : [{ change, before, after }];
      });
    this.keys = select("key");
    this.requests = select("request");
    this.certificates = select("certificate");
    this.files = select("file");
    this.changedFiles = this.files.filter(({ change }) => actionOf(change) !== "no-op");
    this.texts = [
      ...this.files.map(({ before, after }): PlannedText => ({
        before: before?.certificates,
        after: after?.certificates,
      })),
      ...plan.outputs.map(({ certificates }) => certificates),
    ];
    this.machines = select("machine");
    this.reloads = select("reload");
    for (const change of managed) {
      const id = idOf(change);
      const group = this.byResource.get(id);
      if (group === undefined) {
        this.byResource.set(id, [change]);
      } else {
        group.push(change);
      }
    }
    for (const { change, before, after } of this.keys) {
      for (const digest of [...(before?.digests ?? []), ...(after?.digests ?? [])]) {
        this.keysByDigest.set(digest, change);
      }
    }
    for (const request of this.requests) {
      this.requestsOf.set(request.change, request);
      for (const side of [request.before, request.after]) {
        if (typeof side?.pem === "string") {
          this.requestsByPem.set(side.pem, request);
        }
      }
    }
  }

  /** The CSR with this text, before or after. */
  public requestWith(pem: unknown): Change<"request"> | undefined {
    return typeof pem === "string" ? this.requestsByPem.get(pem) : undefined;
  }

  /** Undefined if the plan removes it, or if it is no key. */
  public keyTypeOf(key: ResourceChange | undefined): string | undefined {
    return key?.after?.role === "key" ? key.after.keyType : undefined;
  }

  public keyWith(digest: Planned<KeyDigest>): ResourceChange | undefined {
    return typeof digest === "string" ? this.keysByDigest.get(digest) : undefined;
  }

  /** The CSR that a certificate refers to; undefined if it is not known. */
  public requestReferredTo(from: ResourceChange): Change<"request"> | undefined {
    const target = this.referredTo(from, "cert_request_pem", "tls_cert_request");
    return target && this.requestsOf.get(target);
  }

  /** The intermediate authority that signs a certificate, after the plan; undefined if it is not known, or if a root signs. */
  public signerReferredTo(from: ResourceChange): CertificateAttributes | undefined {
    return withRole(this.referredTo(from, "ca_cert_pem", "tls_locally_signed_cert")?.after, "certificate");
  }

  /** The subject of the authority that signs a certificate, if the plan makes both; undefined if it is not known. */
  public signerSubjectOf(from: ResourceChange): string | undefined {
    const root = withRole(this.referredTo(from, "ca_cert_pem", "tls_self_signed_cert")?.after, "certificate");
    const below = this.referredTo(from, "ca_cert_pem", "tls_locally_signed_cert");
    const subject = root?.subject ?? (below && this.requestReferredTo(below)?.after?.subject);
    return typeof subject === "string" ? subject : undefined;
  }

  /** The one resource of a type that an attribute refers to; undefined if there is none, or if several are possible. */
  public referredTo(from: ResourceChange, attribute: string, type: string): ResourceChange | undefined {
    const found = this.plan.references
      .find(from, attribute, type)
      .flatMap((target) => this.instancesOf(target, from.index));
    return found.length === 1 ? found[0] : undefined;
  }

  private instancesOf(target: Target, index: Target["index"]): ResourceChange[] {
    const all = (this.byResource.get(idOf(target)) ?? []).filter(
      ({ isDeposed, after }) => !isDeposed && after !== undefined,
    );
    if (target.index !== undefined) {
      return all.filter((change) => change.index === target.index);
    }
    return all.length > 1 && index !== undefined ? all.filter((change) => change.index === index) : all;
  }
}

function idOf({ module, type, name }: Pick<Target, "module" | "type" | "name">): string {
  return [module, type, name].join("\0");
}

function withRole<Role extends keyof Roles>(side: Attributes | undefined, role: Role): Roles[Role] | undefined {
  return side?.role === role ? (side as Roles[Role]) : undefined;
}

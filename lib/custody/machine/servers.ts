import { Construct } from "constructs";
import { TerraformStack } from "../../cdk";
import { invalid } from "../../errors";
import type { IssuedCertificate, Validity } from "../issuer";
import type { DeclaredServer } from "../../machine-format/declared";
import { SERVER_FILES } from "../../machine-format/rules";
import { type PemFile, refuseWhatIsInTheWay, serverCertificateFile, serverFolder, serverKeyFile } from "../pem-paths";
import { ensurePasswordVariable } from "../../terraform/secret-variable";
import type { ServerCertificateSpec } from "../../spec/server-certificate-spec";
import {
  type DecisionInputs,
  inHcl,
  isForeign,
  isSettled,
  journalIn,
  NO_RECORD,
  recordsIn,
  soundRecords,
  soundText,
  wordsFor,
  wordsThatKeep,
} from "./decisions";
import { declareServer } from "./declare";
import { type Condition, consentIn, createLocal, type MachineGeneration } from "./generation";
import { MachinePem } from "./machine-pem";

export interface MachineServersProps {
  /** The PEM directory as a user knows it, and from the stack's folder. */
  readonly path: string;
  readonly directory: string;
  /** What is declared of all brokers: the address of an object, by their folders. */
  readonly declared: string;
  readonly generations: ReadonlyMap<number, MachineGeneration>;
  /** The address of the resource that makes them. */
  readonly resource: () => string;
  readonly localsPrefix: string | undefined;
}

/** The brokers of a PEM directory of custody `machine`, and what a plan makes of them. */
export class MachineServers {
  /** What is declared of each, by its folder. */
  public readonly declared = new Map<string, DeclaredServer>();
  /** What a plan shows of all of them: an expression for JSON, of which engines show what changes. */
  public readonly shown: string;
  /** The hash of what the plan decided. */
  public readonly decisions: string;
  /** What must hold before anything is made. */
  public readonly conditions: readonly Condition[];

  private readonly records: string;
  /** The words of what is made, by the folders of those that are not left as they are. */
  private readonly due: string;
  /** The token of each, once the plan is applied. */
  private readonly tokens: string;
  private readonly validity: Pick<Validity, "allDueIn">;

  /** @param owner the construct to whom they belong */
  constructor(
    private readonly owner: Construct,
    private readonly props: MachineServersProps,
  ) {
    const { directory, path, declared, resource } = props;
    const parent = new Construct(owner, "servers");
    const local = (id: string, expression: string): string => createLocal(parent, id, expression, props.localsPrefix);
    const index = local("index", recordsIn(`${directory}/brokers.records`));
    this.records = local(
      "records",
      `merge(${soundRecords(index, "brokers")}, ${journalIn(`${directory}/brokers.journal`)})`,
    );
    const issuers = local(
      "issuers",
      byGeneration(props.generations, ({ issuer }) => issuer),
    );
    const ends = local(
      "ends",
      byGeneration(props.generations, ({ notAfter }) => notAfter),
    );
    const inputs = (record: string): DecisionInputs => ({
      folder: `${directory}/\${folder}`,
      files: SERVER_FILES,
      record,
      declared: "server",
      keyVersion: "s.key_version",
      issuer: `${issuers}[s.generation]`,
      renewBefore: "s.renew_before_hours",
    });
    const recorded = inputs(`${this.records}[folder]`);
    const recordedIfAny = inputs(`try(${this.records}[folder], ${NO_RECORD})`);
    const all = `for folder, server in ${declared} : folder`;
    const settled = local("settled", `{${all} => ${isSettled(recorded)}}`);
    this.due = local("due", `{${all} => ${wordsFor(recordedIfAny)} if !${settled}[folder]}`);
    const { records, due } = this;
    const kept = `{for folder, is_settled in ${settled} : folder => ${records}[folder].token if is_settled}`;
    // What is left alone by every rule, and is not settled, has something beside it that stops the plan.
    const token = `words == "" ? try(${records}[folder].token, "") : "\${plantimestamp()} \${words}"`;
    this.tokens = local("tokens", `merge(${kept}, {for folder, words in ${due} : folder => ${token}})`);
    const gone = local("gone", `[for folder, record in ${records} : folder if !can(${declared}[folder])]`);
    const removed = local(
      "removed",
      `length(${gone}) == 0 ? ${soundText(index, "removed")} : "\${plantimestamp()} removes \${join(" ", ${gone})}"`,
    );
    this.shown = local("shown", `jsonencode(merge(${this.showAll()}, {removed = ${removed}}))`);
    const tokens = `[for folder, token in ${this.tokens} : "\${folder} \${token}"]`;
    this.decisions = local("decisions", `sha256(join("\\n", concat(${tokens}, ["removed \${${removed}}"])))`);

    const foreign = local(
      "foreign",
      `[for folder, words in ${due} : folder if [for server in [${declared}[folder]] : ${isForeign(recordedIfAny, consentIn(directory), true)}][0]]`,
    );
    // One that stays was made in time.
    const late = local(
      "late",
      `[for folder, words in ${due} : basename(folder) if !contains(${wordsThatKeep(SERVER_FILES)}, words) && try(timecmp(timeadd(plantimestamp(), "\${${declared}[folder].hours}h"), ${ends}[${declared}[folder].generation]) > 0, false)]`,
    );
    const isNew = local(
      "new",
      byGeneration(props.generations, ({ isTooNew }) => isTooNew),
    );
    const early = local(
      "early",
      `flatten([for any in [anytrue(values(${isNew})) && !${consentIn(directory)}] : [for folder, server in ${declared} : basename(folder) if ${isNew}[server.generation] && can(${records}[folder])] if any])`,
    );
    this.conditions = conditionsFor(path, { foreign, late, early });
    this.validity = {
      // Two texts of a fleet's size are compared once.
      allDueIn: () =>
        `flatten([for is_left in [${resource()}.triggers_replace != ${this.shown}] : [for folder, words in ${due} : "\${basename(folder)} (until \${try(${this.records}[folder].not_after, "")})" if is_left]])`,
    };
  }

  /**
   * @throws InvalidInputError where `scope` is in another stack, or the address has a certificate already
   */
  public issue(scope: Construct, spec: ServerCertificateSpec, generation: number): IssuedCertificate {
    const { path } = this.props;
    const { address, password, request } = spec;
    const folder = serverFolder(address);
    const pem = serverCertificateFile(address);
    const key = request === undefined ? serverKeyFile(address) : undefined;
    if (TerraformStack.of(scope) !== TerraformStack.of(this.owner)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack", "unsupported");
    }
    if (this.declared.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once", "duplicate");
    }
    if (password !== undefined) {
      ensurePasswordVariable(this.owner, password.variable);
    }
    this.declared.set(folder, declareServer(spec, generation));
    const record = `${this.records}["${folder}"]`;
    const stays = `!can(${this.due}["${folder}"])`;
    const pemOf = (file: PemFile): MachinePem => new MachinePem(this.owner, path, file, this.props.resource(), stays);
    const keeps = `contains(${wordsThatKeep(SERVER_FILES)}, try(${this.due}["${folder}"], ""))`;
    const notAfter = `${stays} || ${keeps} ? try(${record}.not_after, "") : timeadd(plantimestamp(), "${spec.durationHours}h")`;
    return {
      certificatePem: pemOf(pem),
      privateKeyPem: key && pemOf(key),
      validity: { notAfterIn: () => notAfter, isDueIn: () => `!${stays}`, ...this.validity },
    };
  }

  /** @throws InvalidInputError where something stands in the way of the files */
  public checkFiles({ address, request }: ServerCertificateSpec): void {
    const files = [serverCertificateFile(address), ...(request === undefined ? [serverKeyFile(address)] : [])];
    refuseWhatIsInTheWay(this.owner, this.props.path, files);
  }

  private showAll(): string {
    const fields = ["subject", "names", "key", "validity"].map((name) => [name, `server.${name}`] as const);
    const shown = inHcl({ ...Object.fromEntries(fields), token: `${this.tokens}[folder]` });
    return `{for folder, server in ${this.props.declared} : folder => ${shown}}`;
  }
}

function conditionsFor(
  path: string,
  { foreign, late, early }: Readonly<Record<"foreign" | "late" | "early", string>>,
): Condition[] {
  return [
    {
      condition: `\${length(${foreign}) == 0}`,
      errorMessage: `In \${join(", ", ${foreign})}, below ${path}, is a server.key, or a server.pem, that was not made for this fleet. Put back what was, or move it away. If it is another custody's, or the records, brokers.records, are broken, create an empty file ${path}/take-over to take it over.`,
    },
    {
      condition: `\${length(${late}) == 0}`,
      errorMessage: `Certificates would end after their authority's, and be refused from then on: \${join(", ", ${late})}. Give them a shorter duration, or let a later generation of the authority sign them.`,
    },
    {
      condition: `\${length(${early}) == 0}`,
      errorMessage: `A generation of the authority would sign in the deployment that makes it, and clients know it not: for \${join(", ", ${early})}. Deploy it first beside the one that signs now, and give clients ca.pem; then let it sign. If the one that signs now is missed here: declare it, with its generation, or bring its files. To replace it at once, declare the new one with preventDestroy: false.`,
    },
  ];
}

/** An object with something of each generation, by its number: an expression. */
function byGeneration(
  generations: ReadonlyMap<number, MachineGeneration>,
  of: (generation: MachineGeneration) => string,
): string {
  return `{${[...generations].map(([generation, it]) => `"${generation}" = ${of(it)}`).join(", ")}}`;
}

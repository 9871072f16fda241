import { Construct } from "constructs";
import { Lazy, TerraformStack } from "../../cdk";
import { invalid } from "../../errors";
import type { IssuedCertificate, Validity } from "../issuer";
import type { DeclaredServer } from "../../machine-format/declared";
import { SERVER_FILES } from "../../machine-format/rules";
import {
  orWithMode,
  type PemFile,
  refuseWhatIsInTheWay,
  serverCertificateFile,
  serverFolder,
  serverKeyFile,
  serverKeyFiles,
} from "../pem-paths";
import { ensurePasswordVariable } from "../../terraform/secret-variable";
import type { ServerCertificateSpec } from "../../spec/server-certificate-spec";
import type { Condition } from "../../terraform/condition";
import { type Expression, hcl, interpolate, literal, object, reference } from "../../terraform/expression";
import type { DirectoryMode } from "../../values/files/file-access";
import { createLocal } from "../../terraform/local-value";
import { type DecisionInputs, isSettled, newToken, wordsFor, wordsThatKeep } from "./decisions";
import { declareServer } from "./declare";
import { type DirectoryPaths, keyModesOnRecord } from "./directory-files";
import { byGeneration, type MachineGeneration } from "./generation";
import { MachinePem } from "./machine-pem";
import { journalIn, NO_RECORD, recordsIn, soundRecords, soundText } from "./records";
import { conditionsOfServers } from "./server-conditions";

export interface MachineServersProps extends DirectoryPaths {
  /** The declarations of all brokers: an object by folder. */
  readonly declared: Expression;
  readonly generations: ReadonlyMap<number, MachineGeneration>;
  /** The resource that makes the brokers' files. */
  readonly resource: () => Expression;
  readonly localsPrefix: string | undefined;
  /** The mode of the directory, if it is declared. */
  readonly directoryMode: DirectoryMode | undefined;
}

/** The facts that a plan shows only for a broker that declares them. */
const SHOWN_WHERE_DECLARED = ["client_auth", "access"] as const satisfies (keyof DeclaredServer)[];

/** The brokers of a PEM directory of custody `machine`, and the changes that a plan makes to them. */
export class MachineServers {
  /** The declaration of each broker, by folder. */
  public readonly declared = new Map<string, DeclaredServer>();
  /** The facts that a plan shows of all brokers: JSON, of which engines show the changes. */
  public readonly shown: Expression;
  /** The token of each broker, once the plan is applied. */
  public readonly tokens: Expression;
  /** The hash of the plan's decisions. */
  public readonly decisions: Expression;
  /** The preconditions of making anything. */
  public readonly conditions: readonly Condition[];

  private readonly records: Expression;
  /** The words of the rules that hold, by the folders of the brokers that change. */
  private readonly due: Expression;
  private readonly validity: Pick<Validity, "allDueIn">;
  private readonly keyModesOnRecord: ReturnType<typeof keyModesOnRecord>;

  /** @param owner the construct that owns them */
  constructor(
    private readonly owner: Construct,
    private readonly props: MachineServersProps,
  ) {
    const { directory, declared, resource } = props;
    this.keyModesOnRecord = keyModesOnRecord(props.path);
    const parent = new Construct(owner, "servers");
    const local = (id: string, expression: Expression) => createLocal(parent, id, expression, props.localsPrefix);
    const index = local("index", recordsIn(`${directory}/brokers.records`));
    this.records = local(
      "records",
      hcl`merge(${soundRecords(index, "brokers")}, ${journalIn(`${directory}/brokers.journal`)})`,
    );
    const issuers = local(
      "issuers",
      byGeneration(props.generations, ({ issuer }) => issuer),
    );
    const ends = local(
      "ends",
      byGeneration(props.generations, ({ notAfter }) => notAfter),
    );
    const inputs = (record: Expression): DecisionInputs => ({
      folder: `${directory}/\${folder}`,
      files: SERVER_FILES,
      record,
      declared: hcl`server`,
      keyVersion: hcl`s.key_version`,
      issuer: hcl`${issuers}[s.generation]`,
      renewBefore: hcl`s.renew_before_hours`,
    });
    const recorded = inputs(hcl`${this.records}[folder]`);
    const recordedIfAny = inputs(hcl`try(${this.records}[folder], ${NO_RECORD})`);
    const settled = local("settled", hcl`{for folder, server in ${declared} : folder => ${isSettled(recorded)}}`);
    this.due = local(
      "due",
      hcl`{for folder, server in ${declared} : folder => ${wordsFor(recordedIfAny)} if !${settled}[folder]}`,
    );
    const { records, due } = this;
    const kept = hcl`{for folder, is_settled in ${settled} : folder => ${records}[folder].token if is_settled}`;
    // If no rule holds and the broker is not settled, its key differs from the record: a precondition stops the plan.
    const token = hcl`words == "" ? try(${records}[folder].token, "") : ${newToken("${words}")}`;
    this.tokens = local("tokens", hcl`merge(${kept}, {for folder, words in ${due} : folder => ${token}})`);
    const gone = local("gone", hcl`[for folder, record in ${records} : folder if !can(${declared}[folder])]`);
    const removed = local(
      "removed",
      hcl`length(${gone}) == 0 ? ${soundText(index, "removed")} : ${newToken(`removes ${interpolate(hcl`join(" ", ${gone})`)}`)}`,
    );
    // The value is known once all brokers are declared.
    const shown = Lazy.stringValue({
      produce: () => {
        const { directoryMode } = this;
        const directory = directoryMode === undefined ? {} : { directory: literal(`mode ${directoryMode}`) };
        return hcl`jsonencode(merge(${this.showAll()}, ${object({ removed, ...directory })}))`;
      },
    });
    this.shown = local("shown", reference(shown));
    const tokens = hcl`[for folder, token in ${this.tokens} : "\${folder} \${token}"]`;
    this.decisions = local("decisions", hcl`sha256(join("\\n", concat(${tokens}, ["removed \${${removed}}"])))`);

    this.conditions = conditionsOfServers({ ...props, records, due, inputs: recordedIfAny, ends, local });
    this.validity = {
      // This compares two texts of a fleet's size, and only once.
      allDueIn: () => {
        const isLeft = hcl`${resource()}.triggers_replace != ${this.shown}`;
        const shown = hcl`"\${basename(folder)} (until \${try(${records}[folder].not_after, "")})"`;
        return hcl`flatten([for is_left in [${isLeft}] : [for folder, words in ${due} : ${shown} if is_left]])`;
      },
    };
  }

  /**
   * @throws InvalidInputError if `scope` is in another stack, or the address has a certificate already
   */
  public issue(scope: Construct, spec: ServerCertificateSpec, generation: number): IssuedCertificate {
    const { path } = this.props;
    const { address, password, request, access, forms } = spec;
    const folder = serverFolder(address);
    const pem = serverCertificateFile(address);
    const key = request === undefined ? serverKeyFile(address, access) : undefined;
    if (TerraformStack.of(scope) !== TerraformStack.of(this.owner)) {
      const reason = 'is in another stack than its authority, whose custody is "machine"';
      throw invalid("a server certificate", address.text, reason, "put both into one stack", "unsupported");
    }
    if (this.declared.has(folder)) {
      throw invalid("a server certificate", address.text, "is issued twice", "declare each broker once", "duplicate");
    }
    for (const { variable } of [password, forms.password].filter((one) => one !== undefined)) {
      ensurePasswordVariable(this.owner, variable);
    }
    this.declared.set(folder, declareServer(spec, generation));
    // Lazy: most fleets need no such expression of a single broker.
    const stays = (): Expression => hcl`!can(${this.wordsOf(folder)})`;
    const pemOf = (file: PemFile): MachinePem => new MachinePem(this.owner, path, file, this.props.resource(), stays);
    return {
      certificatePem: pemOf(pem),
      privateKeyPem: key && pemOf(key),
      validity: {
        notAfterIn: () => this.endOf(folder, spec.durationHours, stays()),
        isDueIn: () => hcl`!${stays()}`,
        ...this.validity,
      },
    };
  }

  /** The mode of the directory; undefined if it stays. */
  public get directoryMode(): DirectoryMode | undefined {
    const isForOthers = [...this.declared.values()].some(
      ({ access }) => access !== undefined && !access.startsWith(": "),
    );
    return this.props.directoryMode ?? (isForOthers ? "0711" : undefined);
  }

  /** The words of the rule that holds for a broker that changes. */
  private wordsOf(folder: string): Expression {
    return hcl`${this.due}[${literal(folder)}]`;
  }

  private endOf(folder: string, hours: number, stays: Expression): Expression {
    const keeps = hcl`contains(${wordsThatKeep(SERVER_FILES)}, try(${this.wordsOf(folder)}, ""))`;
    const recorded = hcl`try(${this.records}[${literal(folder)}].not_after, "")`;
    return hcl`${stays} || ${keeps} ? ${recorded} : timeadd(plantimestamp(), ${literal(`${hours}h`)})`;
  }

  /** @throws InvalidInputError if something is in the way of the files */
  public checkFiles(spec: ServerCertificateSpec): void {
    const modes = this.keyModesOnRecord(serverFolder(spec.address));
    const keyFiles = serverKeyFiles(spec).map((file) => orWithMode(file, modes));
    const files = [serverCertificateFile(spec.address), ...keyFiles];
    refuseWhatIsInTheWay(this.owner, this.props.path, files);
  }

  private showAll(): Expression {
    const fields = ["subject", "names", "key", "validity"].map((name) => [name, reference(`server.${name}`)] as const);
    const shown = object({ ...Object.fromEntries(fields), token: hcl`${this.tokens}[folder]` });
    // Only for brokers that declare them. A fleet without them pays nothing.
    const further = SHOWN_WHERE_DECLARED.filter((name) => [...this.declared.values()].some((one) => name in one));
    const own = hcl`{for name in ${literal(further)} : name => server[name] if can(server[name])}`;
    return hcl`{for folder, server in ${this.props.declared} : folder => ${further.length === 0 ? shown : hcl`merge(${shown}, ${own})`}}`;
  }
}

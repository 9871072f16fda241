import { CloudBackend, RemoteBackend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { GivenGeneration } from "./given-generation";
import type { IssuedCertificate, Issuer } from "./issuer";
import { importedAuthority, type OpensslAuthority, ownAuthority } from "./openssl-authority";
import type { DeclaredServer } from "./openssl-declaration";
import { OpensslForeignGeneration } from "./openssl-foreign-generation";
import { OpensslGeneration } from "./openssl-generation";
import { type Condition, createLocal } from "./openssl-generation-files";
import { OpensslGuard } from "./openssl-guard";
import { OpensslPem } from "./openssl-pem";
import { isTrustReplaceable, removalOf, trustPlanFor, trustRecordOf } from "./openssl-plan";
import { OpensslScript } from "./openssl-script";
import { objectOf, OpensslServers } from "./openssl-servers";
import { createTable } from "./openssl-table";
import { checkPemDirectory, claimPemDirectory, type PemFile, refuseWhatIsInTheWay, TRUST } from "./pem-paths";
import { TerraformData } from "./terraform-data";
import { CertificateAuthoritySpec } from "./values/certificate-authority-spec";
import { fromStackFolder } from "./working-directory";

/** Where its resources go, and what they are called. */
export interface OpensslDirectoryProps {
  /** The PEM directory, as a user knows it. */
  readonly directory: string;
  /** In the order in which clients get their certificates. */
  readonly generations: readonly GivenGeneration[];
  /** The name of the guard; and, with suffixes, of the remover and of what clients trust. */
  readonly resourceName: string | undefined;
  /** Whether certificates are signed in other stacks, and none in this one. */
  readonly signsElsewhere: boolean;
}

/**
 * A PEM directory of custody `machine`: openssl makes keys and certificates on the machine that applies, and a key is in its
 * file alone.
 *
 * Terraform's built-in `terraform_data` does the bookkeeping, and its provisioner, `openssl.sh`, the work. State and plan
 * hold what is declared, and a token for each certificate, which is in its record too. Where the plan has a new token, the
 * certificate is issued: `openssl-plan.ts` has the rules.
 *
 * What follows what: the files of brokers that are declared no longer go; the authority is made; the guard looks at
 * everything; the brokers' certificates are issued. Where those are in other stacks, these are deployed after this one.
 */
export class OpensslDirectory {
  private readonly path: string;
  /** The same, from the stack's folder. */
  private readonly directory: string;
  private readonly script: OpensslScript;
  private readonly localsPrefix: string | undefined;
  /** Whether clients trust a single certificate, that of the first generation. */
  private readonly isAlone: boolean;
  private readonly generations = new Map<number, OpensslGeneration>();
  /** Undefined where certificates are signed in other stacks. */
  private readonly servers: OpensslServers | undefined;
  /** What is declared of brokers, in each stack that has some, by folder. */
  private readonly tables: Map<string, DeclaredServer>[] = [];

  /**
   * @param owner the construct to whom it belongs
   * @throws InvalidInputError where the directory cannot be used, or is another construct's
   */
  constructor(
    private readonly owner: Construct,
    private readonly props: OpensslDirectoryProps,
  ) {
    this.path = checkPemDirectory(props.directory);
    this.directory = fromStackFolder(owner, this.path);
    claimPemDirectory(owner, this.path);
    // Whichever signs.
    const [first] = [...props.generations].sort((one, other) => one.generation - other.generation);
    this.localsPrefix = first?.resourceName;
    this.isAlone = props.generations.length === 1 && first?.generation === 1;
    owner.node.addValidation({ validate: () => flawsOfBackend(owner) });
    this.script = new OpensslScript(owner, "script");

    const declared = createTable(owner, () => this.toTable(), this.localsPrefix);
    const dependsOn = this.createAuthorities(this.createRemover(declared));
    if (!props.signsElsewhere) {
      this.servers = this.createServers(declared, dependsOn);
    } else {
      const hasRecord = `fileexists("${this.directory}/\${folder}/server.json")`;
      new OpensslGuard(owner, "guard", {
        path: this.path,
        resourceName: props.resourceName,
        dependsOn,
        preconditions: [this.isNoneEarly(declared, hasRecord)],
        postconditions: this.isHere(),
      });
    }
  }

  /** The way to sign with one of its generations. */
  public of(generation: number): Issuer {
    const { notAfter } = this.at(generation);
    return {
      issued: { ...this.pemsOf(generation), validity: { notAfterIn: () => notAfter, isDueIn: () => "false" } },
      issue: (scope, spec, resourceName) => {
        if (this.servers === undefined) {
          throw new Error(`${this.owner.node.path} signs in other stacks`);
        }
        return this.servers.issue(scope, spec, generation, resourceName);
      },
    };
  }

  /** The ways to sign with its generations in another stack. */
  public in(owner: Construct, given: readonly GivenGeneration[]): ReadonlyMap<number, Issuer> {
    const { path, isAlone, localsPrefix } = this;
    owner.node.addValidation({ validate: () => flawsOfBackend(owner) });
    const home = TerraformStack.of(this.owner).node.id;
    const generations = new Map(
      given.map(({ generation, spec, scope, resourceName }) => {
        const all = { generation, signer: signerOf(scope, spec), path, isAlone, resourceName };
        return [generation, new OpensslForeignGeneration(scope, home, all)];
      }),
    );
    const table = new Map<string, DeclaredServer>();
    this.tables.push(table);
    const servers = new OpensslServers(owner, {
      path,
      script: new OpensslScript(owner, "script"),
      declared: createTable(owner, () => table, localsPrefix),
      servers: table,
      localsPrefix,
      resourceName: this.props.resourceName,
      generations,
      dependsOn: [],
      preconditions: () => [...generations.values()].flatMap(({ preconditions }) => preconditions),
    });
    return new Map(
      [...generations].map(([generation, { issuer }]) => [
        generation,
        {
          issued: {
            ...this.pemsOf(generation),
            validity: { notAfterIn: () => `${issuer}.not_after`, isDueIn: () => "false" },
          },
          issue: (scope, spec, resourceName) => servers.issue(scope, spec, generation, resourceName),
        },
      ]),
    );
  }

  private at(generation: number): OpensslGeneration {
    const found = this.generations.get(generation);
    if (found === undefined) {
      throw new Error(`${this.owner.node.path} has no generation ${generation}`);
    }
    return found;
  }

  private pemsOf(generation: number): Pick<IssuedCertificate, "certificatePem" | "privateKeyPem"> {
    const { certificateFile, keyFile, resource } = this.at(generation);
    const pemOf = (file: PemFile): OpensslPem => new OpensslPem(this.owner, this.path, file, resource.address);
    return { certificatePem: pemOf(certificateFile), privateKeyPem: keyFile && pemOf(keyFile) };
  }

  /** All brokers of the directory: in full where they are issued here, else with no more than the generation that signs. */
  private toTable(): ReadonlyMap<string, object> {
    const all = this.tables.flatMap((table) => [...table]);
    const isHome = this.servers !== undefined;
    return new Map(all.map(([folder, server]) => [folder, isHome ? server : { generation: server.generation }]));
  }

  private createServers(declared: string, dependsOn: TerraformData[]): OpensslServers {
    const { path, script, localsPrefix, generations } = this;
    const servers = new Map<string, DeclaredServer>();
    this.tables.push(servers);
    return new OpensslServers(this.owner, {
      path,
      script,
      declared,
      servers,
      localsPrefix,
      resourceName: this.props.resourceName,
      generations,
      dependsOn,
      preconditions: (records) => [this.isNoneEarly(declared, `${records}[folder].state != "none"`)],
      postconditions: this.isHere(),
    });
  }

  /** @returns all that comes before the brokers */
  private createAuthorities(remover: TerraformData): TerraformData[] {
    const { path, owner } = this;
    const trustRecord = this.isAlone ? undefined : this.local("trust_record", trustRecordOf(this.directory));
    const dependsOn = [remover];
    const runs = this.script.runs.bind(this.script);
    for (const { generation, spec, scope, resourceName } of this.props.generations) {
      const all = { generation, signer: signerOf(scope, spec), path, trustRecord, resourceName, dependsOn, runs };
      const created = new OpensslGeneration(scope, all);
      const { certificateFile, keyFile } = created;
      refuseWhatIsInTheWay(owner, path, keyFile === undefined ? [certificateFile] : [certificateFile, keyFile]);
      this.generations.set(generation, created);
    }
    const created = [...this.generations.values()];
    const authorities = created.map(({ resource }) => resource);
    return trustRecord === undefined
      ? authorities
      : [...authorities, this.createTrust(created, trustRecord, authorities)];
  }

  /** Writes what clients trust, where that is not one certificate: those of all generations. */
  private createTrust(
    generations: readonly OpensslGeneration[],
    record: string,
    dependsOn: TerraformData[],
  ): TerraformData {
    const { directory, path, owner } = this;
    refuseWhatIsInTheWay(owner, path, [TRUST]);
    const certificates = this.local("trust", `join(" ", [${generations.map(({ trusted }) => trusted).join(", ")}])`);
    const token = `\${${trustPlanFor(directory, record, certificates)}}`;
    const records = generations.map((generation) => generation.record);
    return new TerraformData(owner, "trust", {
      resourceName: this.props.resourceName && `${this.props.resourceName}_trust`,
      dependsOn,
      lifecycle: {
        precondition: [
          {
            condition: `\${${isTrustReplaceable(directory, record, records)}}`,
            errorMessage: `${path}/ca.pem is there, and was not made for this fleet. Move it away; or, to replace it, create an empty file ${path}/take-over.`,
          },
        ],
      },
      attributes: {
        triggers_replace: { certificates: `\${${certificates}}`, token },
      },
      localExec: [
        this.script.runs("trust", {
          DIRECTORY: directory,
          TOKEN: "${self.triggers_replace.token}",
          CERTIFICATES: "${self.triggers_replace.certificates}",
          TRUST: generations.map(({ certificateFile }) => certificateFile.path).join(" "),
        }),
      ],
    });
  }

  /**
   * Whether no generation signs for brokers that exist, and is new itself.
   *
   * @param exists whether the broker of `folder` does: an expression
   */
  private isNoneEarly(declared: string, exists: string): Condition {
    const isNew = this.local(
      "new",
      objectOf(this.generations, ({ isTooNew }) => isTooNew),
    );
    const early = this.local(
      "early",
      `fileexists("${this.directory}/take-over") ? [] : [for folder, server in ${declared} : basename(folder) if ${exists} && ${isNew}[server.generation]]`,
    );
    return {
      condition: `\${length(${early}) == 0}`,
      errorMessage: `A generation of the authority would sign in the deployment that makes it, and clients know it not: for \${join(", ", ${early})}. Deploy it first beside the one that signs now, and give clients ca.pem; then let it sign. If the one that signs now is missed here: declare it, with its generation, or bring its files. To replace it at once, declare the new one with preventDestroy: false.`,
    };
  }

  /** Whether the files are here that the state was made with. */
  private isHere(): Condition[] {
    const { path, directory } = this;
    // Of one that comes later, the record of what clients trust tells.
    const [first] = [...this.generations].sort(([one], [other]) => one - other);
    const key = first?.[1].keyFile?.path;
    return key === undefined
      ? []
      : [
          {
            condition: `\${fileexists("${directory}/././${key}\${substr(self.id, 0, 0)}")}`,
            errorMessage: `${path}/${key} is not on this machine, and what this state knows was made with it. Deploy where it is, or bring ${path} here.`,
          },
        ];
  }

  /**
   * Removes the files of brokers that are declared no longer. A provisioner for destruction goes with the declaration that
   * it stands in: this one stays, and waits for the end of the fleet.
   */
  private createRemover(declared: string): TerraformData {
    const { directory, script } = this;
    return new TerraformData(this.owner, "remover", {
      resourceName: this.props.resourceName && `${this.props.resourceName}_removed`,
      // So, a replacement does not run the provisioner for destruction.
      lifecycle: { createBeforeDestroy: true },
      attributes: {
        triggers_replace: { token: `\${${removalOf(directory, `keys(${declared})`)}}` },
      },
      localExec: [
        script.runs("remove", { DIRECTORY: directory, REMOVAL: "${self.triggers_replace.token}" }),
        { ...script.runs("remove", { DIRECTORY: directory, REMOVAL: "all" }), when: "destroy" },
      ],
    });
  }

  /** @returns its address */
  private local(id: string, expression: string): string {
    return createLocal(this.owner, id, expression, this.localsPrefix);
  }
}

function signerOf(scope: Construct, spec: GivenGeneration["spec"]): OpensslAuthority {
  return spec instanceof CertificateAuthoritySpec ? ownAuthority(scope, spec) : importedAuthority(scope, spec);
}

/** HCP Terraform and its like run each plan and apply on a machine that is thrown away, with the keys on it. */
function flawsOfBackend(construct: Construct): string[] {
  const backends = TerraformStack.of(construct).node.findAll();
  const isRemote = backends.some((child) => child instanceof RemoteBackend || child instanceof CloudBackend);
  return isRemote
    ? [
        'custody "machine" keeps private keys on the machine that applies, and this backend applies on machines that are thrown away: choose custody "state", or a backend that holds the state alone',
      ]
    : [];
}

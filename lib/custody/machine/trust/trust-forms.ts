import { TRUST_FORM_RULES, trustFormFiles, type TrustFormFact, trustFormWords } from "../../../machine-format/rules";
import { formatForms } from "../../../machine-format/forms";
import { type Expression, hcl, letIn, list, literal } from "../../../terraform/expression";
import type { Forms, TrustForm } from "../../../values/files/forms";
import { firstOf, tokenAfter } from "../decisions";
import { type DirectoryPaths, hashOf } from "../directory-files";
import type { MachineGeneration } from "../generation";
import { soundTrustFormRecord } from "../records";

/**
 * The tokens of the further forms of the trust anchors, by their names in a plan.
 *
 * @param index the content of the file with the authority's records
 * @param generations in the order in which clients get their certificates
 */
export function createTrustForms(
  { directory }: Pick<DirectoryPaths, "directory">,
  { names, password }: Forms<TrustForm>,
  index: Expression,
  generations: ReadonlyMap<number, MachineGeneration>,
  local: (id: string, expression: Expression) => Expression,
): ReadonlyMap<string, Expression> {
  const trusted = list([...generations.values()].map((generation) => generation.trusted));
  return new Map(
    names.map((form) => {
      const id = `trust_${form.replace("-", "_")}`;
      const record = local(`${id}_record`, soundTrustFormRecord(index, form));
      const files = trustFormFiles(form, [...generations.keys()]);
      const hashes = list(files.map((file) => hashOf(`${directory}/${file}`)));
      const facts: Readonly<Record<TrustFormFact, Expression>> = {
        unknown: hcl`r.token == ""`,
        "other certificates": hcl`r.certificates != join(" ", ${trusted})`,
        "another password": hcl`r.password != ${literal(form === "pkcs12" ? formatForms({ names: [], password }) : "")}`,
        "missing or changed": hcl`r.sha256 != join(" ", ${hashes})`,
      };
      const found = TRUST_FORM_RULES.map(
        (rule) => hcl`${facts[rule.when]} ? ${literal(trustFormWords(rule, form))} : ""`,
      );
      const words = local(`${id}_words`, letIn("r", record, firstOf(found)));
      return [`trust/${form}`, tokenAfter(record, words)] as const;
    }),
  );
}

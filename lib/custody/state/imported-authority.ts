import type { Construct } from "constructs";
import { Attribute } from "./attribute";
import { local, TerraformStack, tls } from "../../cdk";
import { LocalText } from "./local-text";
import type { ProviderAuthority, SharedProviderAuthority } from "./authority";
import { ensureLocalProvider } from "./providers";
import { type Expression, hcl, interpolate, literal, quoted, reference } from "../../terraform/expression";
import { nameResource } from "../../terraform/resource-name";
import { ensurePasswordVariable, ensureSecretVariable } from "../../terraform/secret-variable";
import { PasswordScript } from "./password/password-script";
import type { ImportedAuthoritySpec } from "../../spec/imported-authority-spec";
import { relativeToStackFolder } from "../../terraform/stack-path";

/** Reads the key of an imported authority in each plan, and checks that it belongs to the certificate. */
export function importAuthority(
  scope: Construct,
  spec: ImportedAuthoritySpec,
  resourceName: string | undefined,
): SharedProviderAuthority {
  const named = (part: string): string | undefined => resourceName && `${resourceName}_${part}`;
  const key = nameResource(
    new (tls().dataTlsPublicKey.DataTlsPublicKey)(scope, "key", {
      privateKeyPem: interpolate(importedKey(scope, spec, named)),
      lifecycle: {
        postcondition: [
          {
            condition: interpolate(hcl`trimspace(self.public_key_pem) == ${literal(spec.publicKeyPem.trim())}`),
            errorMessage: `${spec.keyFile ?? `The key in the variable ${spec.keyVariable}`} is not the key of the authority's certificate. Use the key that it was issued for.`,
          },
        ],
      },
    }),
    resourceName,
  );
  const privateKeyPem = new Attribute(key, "private_key_pem");
  const issued = {
    privateKeyPem: undefined,
    certificatePem: new LocalText(scope, "trust anchor", spec.trustAnchorPem, named("trust_anchor")),
    validity: { notAfterIn: () => literal(spec.notAfter), isDueIn: () => hcl`false` },
  };
  return {
    issued,
    ...certificatesIn(scope, spec, named),
    privateKeyPem,
    inStackOf: (other) => ({
      issued,
      ...certificatesIn(other, spec, named),
      privateKeyPem: new LocalText(other, "key", privateKeyPem.referenceIn(other), named("key")),
    }),
  };
}

function certificatesIn(
  scope: Construct,
  spec: ImportedAuthoritySpec,
  named: (part: string) => string | undefined,
): Pick<ProviderAuthority, "certificatePem" | "chainPem"> {
  return {
    certificatePem: new LocalText(scope, "certificate", spec.certificatePem, named("certificate")),
    chainPem: spec.chainPem === "" ? undefined : new LocalText(scope, "chain", spec.chainPem, named("chain")),
  };
}

/** An expression for the key as PEM. */
function importedKey(
  scope: Construct,
  spec: ImportedAuthoritySpec,
  named: (part: string) => string | undefined,
): Expression {
  const { keyFile, keyVariable, passwordVariable } = spec;
  if (keyFile === undefined) {
    const name = keyVariable ?? "";
    ensureSecretVariable(scope, { name, content: "private key of the authority", isEphemeral: false });
    return blockOf(reference(`var.${name}`));
  }
  const path = relativeToStackFolder(scope, keyFile);
  return passwordVariable === undefined
    ? blockOf(hcl`sensitive(file(${quoted(path)}))`)
    : unlock(scope, path, passwordVariable, named);
}

/** Only the block of the key: `openssl ecparam` writes a block of parameters before it, which the provider would read. */
function blockOf(pem: Expression): Expression {
  return hcl`regex("-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END [A-Z ]*PRIVATE KEY-----", ${pem})`;
}

/**
 * Reads a key whose file has a password.
 *
 * The engine shows and logs the output of a data source. So the script encrypts the key for a second key, which the state holds
 * like this one; `rsadecrypt` is the only function of Terraform's language that decrypts.
 */
function unlock(
  scope: Construct,
  path: string,
  passwordVariable: string,
  named: (part: string) => string | undefined,
): Expression {
  ensureLocalProvider(scope);
  ensurePasswordVariable(scope, passwordVariable);
  const script = new PasswordScript(scope).path;
  const transport = nameResource(
    new (tls().privateKey.PrivateKey)(scope, "transport key", { algorithm: "RSA", rsaBits: 2048 }),
    named("transport"),
  );
  const unlocked = nameResource(
    new (local().dataLocalCommand.DataLocalCommand)(scope, "unlocked", {
      command: "sh",
      arguments: [script, "unlock", passwordVariable, path],
      stdin: new Attribute(transport, "public_key_pem").referenceIn(scope),
    }),
    named("unlocked"),
  );
  const stack = TerraformStack.of(scope);
  const pieces = hcl`split("\\n", trimspace(${new Attribute(unlocked, "stdout").expressionIn(stack)}))`;
  const decrypted = hcl`rsadecrypt(piece, ${new Attribute(transport, "private_key_pem").expressionIn(stack)})`;
  return hcl`replace(join("", [for piece in ${pieces} : ${decrypted}]), "|", "\\n")`;
}

import type { TerraformStack } from "../cdk";
import { ensureSecretVariable } from "./secret-variable";
import { environmentVariable } from "../values/key-password";

/**
 * Encrypts state and saved plans with OpenTofu: AES-GCM, with a key that PBKDF2 derives from a passphrase in the environment.
 * Neither is read or written without the passphrase. Terraform refuses the configuration, because it has no such block.
 *
 * @param options `readsOthers`: whether the stack reads states of other stacks, which use the same encryption
 *
 * See https://opentofu.org/docs/language/state/encryption/. In JSON, its references are plain text.
 */
export function encryptState(
  stack: TerraformStack,
  passphraseVariable: string,
  options: { readonly readsOthers: boolean },
): void {
  ensureSecretVariable(stack, { name: passphraseVariable, content: "passphrase", isEphemeral: true });
  // If the passphrase is missing, OpenTofu only names the key provider: so this has the variable's name.
  const name = environmentVariable(passphraseVariable);
  const target = { method: `method.aes_gcm.${name}`, enforced: true };
  stack.addOverride("terraform.encryption", {
    key_provider: { pbkdf2: { [name]: { passphrase: `\${var.${passphraseVariable}}` } } },
    method: { aes_gcm: { [name]: { keys: `key_provider.pbkdf2.${name}` } } },
    state: target,
    plan: target,
    ...(options.readsOthers && { remote_state_data_sources: { default: { method: target.method } } }),
  });
}

import type { TerraformStack } from "../cdk";
import { ensureSecretVariable } from "./secret-variable";
import { environmentVariable } from "../values/key-password";

/**
 * Encrypts state and saved plans with OpenTofu: AES-GCM, with a key that PBKDF2 makes of a passphrase of the environment.
 * Neither is read or written without it. Terraform refuses the configuration: it has no block of that name.
 *
 * @param options `readsOthers`: whether it reads states of other stacks, which are encrypted like its own
 *
 * See https://opentofu.org/docs/language/state/encryption/. In JSON, its references are plain text.
 */
export function encryptState(
  stack: TerraformStack,
  passphraseVariable: string,
  options: { readonly readsOthers: boolean },
): void {
  ensureSecretVariable(stack, { name: passphraseVariable, content: "passphrase", isEphemeral: true });
  // OpenTofu says of a missing passphrase only which key provider has none.
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

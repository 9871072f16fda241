import type { Construct } from "constructs";
import { local, TerraformStack, tls } from "../../cdk";
import { PrivateState } from "../../terraform/private-state";

/** Gives the stack of `scope` the tls provider, unless it has it, and keeps its state private: the provider's resources hold keys. */
export function ensureTlsProvider(scope: Construct): void {
  ensure(scope, "tls", (stack) => new (tls().provider.TlsProvider)(stack, "tls"));
  const stack = TerraformStack.of(scope);
  if (!kept.has(stack)) {
    kept.add(stack);
    new PrivateState(stack);
  }
}

/** Gives the stack of `scope` the local provider, unless it has it. */
export function ensureLocalProvider(scope: Construct): void {
  ensure(scope, "local", (stack) => new (local().provider.LocalProvider)(stack, "local"));
}

function ensure(scope: Construct, type: string, add: (stack: TerraformStack) => void): void {
  const stack = TerraformStack.of(scope);
  const providers = provided.get(stack) ?? new Set<string>();
  provided.set(stack, providers);
  if (!providers.has(type) && !stack.allProviders().some((provider) => provider.terraformResourceType === type)) {
    add(stack);
  }
  providers.add(type);
}

/** The known providers of each stack: searching the whole tree for every broker would be quadratic. */
const provided = new WeakMap<TerraformStack, Set<string>>();

/** The stacks whose state is kept private. */
const kept = new WeakSet<TerraformStack>();

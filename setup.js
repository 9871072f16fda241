const { existsSync } = require("node:fs");

// Gives expect() the matchers of cdktf, such as toHaveResourceWithProperties.
require("cdktf").Testing.setupJest();

// What tests find does not hang on the settings of the one who runs them, but on what they set themselves. How an engine comes
// by its providers (TF_CLI_CONFIG_FILE, TF_CLI_ARGS_providers_lock) is the machine's business.
const SETTINGS =
  /^(TF_LOG.*|TF_CLI_ARGS(?!_providers_lock).*|TF_VAR_.*|TF_(WORKSPACE|DATA_DIR|INPUT|IN_AUTOMATION)|CDKTF_(OUTDIR|CONTEXT_JSON|LOG_LEVEL)|TERRAFORM_BINARY_NAME)$/;
for (const name of Object.keys(process.env)) {
  if (SETTINGS.test(name)) {
    Reflect.deleteProperty(process.env, name);
  }
}
// An engine goes on without such a file; OpenTofu says so on standard output, before the JSON that it is asked for.
if (!existsSync(process.env.TF_CLI_CONFIG_FILE ?? "")) {
  delete process.env.TF_CLI_CONFIG_FILE;
}
process.umask(0o022);

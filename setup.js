const { existsSync } = require("node:fs");

// Gives expect() the matchers of cdktf, such as toHaveResourceWithProperties.
require("cdktf").Testing.setupJest();

// Test results must not depend on the user's settings, only on the tests' own. The machine decides how an engine gets its
// providers (TF_CLI_CONFIG_FILE, TF_CLI_ARGS_providers_lock).
const SETTINGS =
  /^(TF_LOG.*|TF_CLI_ARGS(?!_providers_lock).*|TF_VAR_.*|TF_(WORKSPACE|DATA_DIR|INPUT|IN_AUTOMATION)|CDKTF_(OUTDIR|CONTEXT_JSON|LOG_LEVEL)|TERRAFORM_BINARY_NAME)$/;
for (const name of Object.keys(process.env)) {
  if (SETTINGS.test(name)) {
    Reflect.deleteProperty(process.env, name);
  }
}
// An engine runs without this file, but OpenTofu prints a remark on standard output, before the requested JSON.
if (!existsSync(process.env.TF_CLI_CONFIG_FILE ?? "")) {
  delete process.env.TF_CLI_CONFIG_FILE;
}
process.umask(0o022);

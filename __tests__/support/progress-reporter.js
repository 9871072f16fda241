/**
 * Shows each end-to-end test as it ends, names aloud what was skipped, and closes with the counts on a line of their own.
 *
 * With REQUIRE_E2E=1 a skipped test fails the run: for machines that have all that the tests need.
 */
module.exports = class ProgressReporter {
  onTestCaseResult(test, result) {
    if (/[/\\]e2e[/\\]/.test(test.path) && result.status !== "pending") {
      const seconds = ((result.duration ?? 0) / 1000).toFixed(1);
      process.stderr.write(`  ${result.status === "passed" ? "ok" : "FAILED"} ${result.fullName} (${seconds} s)\n`);
    }
  }

  onRunComplete(_contexts, results) {
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter((test) => test.status === "pending").map((test) => test.fullName),
    );
    this.mustFail = skipped.length > 0 && process.env.REQUIRE_E2E === "1";
    if (skipped.length > 0) {
      process.stderr.write(
        `\nSKIPPED, and so not tested on this machine:\n${skipped.map((name) => `  ${name}\n`).join("")}`,
      );
    }
    if (this.mustFail) {
      process.stderr.write("\nREQUIRE_E2E=1: skipped tests are failures here.\n");
    }
    const { numPassedTests, numFailedTests } = results;
    process.stderr.write(`\n${numPassedTests} passed, ${numFailedTests} failed, ${skipped.length} skipped\n`);
  }

  getLastError() {
    return this.mustFail ? new Error("Tests were skipped, and REQUIRE_E2E=1") : undefined;
  }
};

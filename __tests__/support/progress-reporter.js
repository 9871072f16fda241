/**
 * Shows each end-to-end test as it ends, names aloud what was skipped, and closes with the counts on the last line.
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
    if (skipped.length > 0) {
      process.stderr.write(
        `\nSKIPPED, and so not tested on this machine:\n${skipped.map((name) => `  ${name}\n`).join("")}`,
      );
    }
    const { numPassedTests, numFailedTests } = results;
    process.stderr.write(`\n${numPassedTests} passed, ${numFailedTests} failed, ${skipped.length} skipped\n`);
  }
};

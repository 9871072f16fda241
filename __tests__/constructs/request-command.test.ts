import { KeyAlgorithm, requestCommand } from "../../lib";
import { problemsOf } from "../support/problems";

describe("requestCommand", () => {
  it("requestCommand asks for what a broker declares, in a fleet or in a file of brokers", () => {
    const broker = { address: "edge-7.example.com", keyAlgorithm: KeyAlgorithm.ECDSA_P256, shard: "site-a" };

    expect(requestCommand(broker)).toMatch(
      /^openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 .* -subj '\/CN=edge-7\.example\.com' /,
    );
  });

  it("requestCommand refuses a misspelled property", () => {
    const broker = { address: "edge-7.example.com", keyAlgoritm: KeyAlgorithm.ECDSA_P256 };

    expect(problemsOf(() => requestCommand(broker))).toMatchObject([
      { path: "keyAlgoritm", fix: "did you mean keyAlgorithm?", code: "unknown-property" },
    ]);
  });
});

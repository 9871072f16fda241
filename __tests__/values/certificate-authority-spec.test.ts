import type { Problem } from "../../lib/errors";
import {
  CertificateAuthoritySpec,
  type CertificateAuthoritySpecProps,
} from "../../lib/values/certificate-authority-spec";
import { Duration } from "../../lib/values/duration";
import { KeyAlgorithm } from "../../lib/values/key-algorithm";
import { problemsOf as findProblems } from "../support/problems";

const SUBJECT = { commonName: "Plant MQTT CA", organization: "Example Ltd", country: "us" };

/** All that is wrong with what was given for an authority. */
function problemsOf(given: unknown): readonly Problem[] {
  return findProblems(() => CertificateAuthoritySpec.fromProps(given as CertificateAuthoritySpecProps));
}

describe("CertificateAuthoritySpec.fromProps", () => {
  it("has an RSA key of 2048 bits and ten years of 365 days by default", () => {
    const spec = CertificateAuthoritySpec.fromProps({ subject: SUBJECT });

    expect(spec.keyParameters).toEqual({ algorithm: "RSA", rsaBits: 2048 });
    expect(spec.durationHours).toBe(3650 * 24);
  });

  it("takes the key algorithm and the duration that were given", () => {
    const spec = CertificateAuthoritySpec.fromProps({
      subject: SUBJECT,
      keyAlgorithm: KeyAlgorithm.ECDSA_P384,
      duration: Duration.hours(100),
    });

    expect(spec.keyParameters).toEqual({ algorithm: "ECDSA", ecdsaCurve: "P384" });
    expect(spec.durationHours).toBe(100);
  });

  it("has the subject that was given, an e-mail address included", () => {
    const spec = CertificateAuthoritySpec.fromProps({ subject: { ...SUBJECT, emailAddress: "pki@example.com" } });

    expect(spec.subject.attributes).toEqual({ ...SUBJECT, country: "US", emailAddress: "pki@example.com" });
  });

  it("needs one attribute of a subject, whichever it is", () => {
    expect(problemsOf({ subject: { organization: "Example Ltd" } })).toEqual([]);
  });

  it.each<[string, object]>([
    ["without attributes", {}],
    ["with undefined attributes only", { commonName: undefined }],
  ])("refuses a subject %s", (_what, subject) => {
    expect(problemsOf({ subject })).toMatchObject([
      {
        path: "subject",
        reason: "has no attribute",
        fix: 'name the authority, as in { commonName: "Plant MQTT CA" }',
      },
    ]);
  });

  it.each<[string, object, string]>([
    ["a missing subject", {}, "undefined"],
    ["null for a subject", { subject: null }, "null"],
    ["text for a subject", { subject: "Plant MQTT CA" }, '"Plant MQTT CA"'],
    ["a list for a subject", { subject: [{ commonName: "Plant MQTT CA" }] }, "(a list of 1)"],
    ["an empty list for a subject", { subject: [] }, "[]"],
  ])("refuses %s", (_what, props, value) => {
    expect(problemsOf(props)).toEqual([
      {
        path: "subject",
        value,
        reason: "is not a set of attributes",
        fix: 'write it as in { organization: "Example Ltd" }',
      },
    ]);
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [null, "null"],
    ["Plant MQTT CA", '"Plant MQTT CA"'],
    [[{ subject: SUBJECT }], "(a list of 1)"],
  ])("refuses %p, which is no authority", (given, value) => {
    expect(problemsOf(given)).toEqual([
      { path: "", value, reason: "is not an authority", fix: "write it as in { subject: { … } }" },
    ]);
  });

  it("shows a duration that it refuses in quotes", () => {
    expect(problemsOf({ subject: SUBJECT, duration: Duration.days(-1) })).toEqual([
      { path: "duration", value: '"-1 days"', reason: "is negative", fix: "give at least one hour" },
    ]);
  });

  it("reports every problem at once, each at its path", () => {
    const problems = problemsOf({
      subject: { country: "USA", commonName: "", organization: "x".repeat(65) },
      keyAlgorithm: KeyAlgorithm.fromName("RSA-1024"),
      duration: Duration.days(0),
    });

    expect(problems.map(({ path, reason }) => `${path} ${reason}`)).toEqual([
      "subject.country is not two letters",
      "subject.commonName is empty",
      "subject.organization is 65 characters long",
      "keyAlgorithm is too weak: clients refuse RSA under 2048 bits",
      "duration is zero",
    ]);
  });
});

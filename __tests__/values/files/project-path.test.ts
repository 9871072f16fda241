import { projectPath } from "../../../lib/values/files/project-path";

describe("projectPath", () => {
  it.each([
    ["of the project", "../../../pki/brokers/a.example.com/server.pem", "pki/brokers/a.example.com/server.pem"],
    ["next to the project", "../../../../common/pki/ca.pem", "../common/pki/ca.pem"],
  ])("projectPath is relative to the project for a path from a stack's folder: %s", (_, path, shown) => {
    expect(projectPath(path)).toBe(shown);
  });

  it.each(["pki/ca.pem", "../pki/ca.pem", "../../pki/ca.pem", "/srv/pki/ca.pem", "../../..", "../../../", ""])(
    "projectPath leaves any other path unchanged: %j",
    (path) => {
      expect(projectPath(path)).toBe(path);
    },
  );
});

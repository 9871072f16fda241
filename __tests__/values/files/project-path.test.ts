import { projectPath } from "../../../lib/values/files/project-path";

describe("a path as the user of a project knows it", () => {
  it.each([
    ["of the project", "../../../pki/brokers/a.example.com/server.pem", "pki/brokers/a.example.com/server.pem"],
    ["beside the project", "../../../../common/pki/ca.pem", "../common/pki/ca.pem"],
  ])("is told from there, where the engine runs in a stack's folder: %s", (_, path, shown) => {
    expect(projectPath(path)).toBe(shown);
  });

  it.each(["pki/ca.pem", "../pki/ca.pem", "../../pki/ca.pem", "/srv/pki/ca.pem", "../../..", "../../../", ""])(
    "is as it is anywhere else: %j",
    (path) => {
      expect(projectPath(path)).toBe(path);
    },
  );
});

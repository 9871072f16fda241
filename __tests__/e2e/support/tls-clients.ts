import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { isIP } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkServerIdentity, connect, type PeerCertificate } from "node:tls";
import { machine } from "./machine";
import { run, succeed, type Result } from "./run";

/** The address that a client dials, and the name that it expects. */
export interface Target {
  readonly host: "127.0.0.1" | "::1" | "localhost";
  readonly port: number;
  readonly name: string;
}

/** Shakes hands once with the trust anchors of a file: status 0 if the client verifies the server, otherwise its message. */
export type TlsClient = (target: Target, ca: string) => Promise<Result>;

export const sClient: TlsClient = (target, ca) => {
  const isIp = isIP(target.name) !== 0;
  const host = target.host.includes(":") ? `[${target.host}]` : target.host;
  return run("openssl", [
    ...["s_client", "-connect", `${host}:${target.port}`, "-CAfile", ca, "-x509_strict", "-verify_return_error"],
    ...(isIp ? ["-verify_ip", target.name] : ["-verify_hostname", target.name, "-servername", target.name]),
  ]);
};

const PYTHON_CLIENT = `
import socket, ssl, sys
host, port, name, ca = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.verify_flags |= ssl.VERIFY_X509_STRICT
with socket.create_connection((host, int(port))) as plain:
    with context.wrap_socket(plain, server_hostname=name):
        print("verified")
`;

export const pythonClient: TlsClient = (target, ca) =>
  run("python3", ["-c", PYTHON_CLIENT, ...argumentsFor(target, ca)]);

export const nodeClient: TlsClient = ({ host, port, name }, ca) =>
  new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca: readFileSync(ca),
      ...(isIP(name) === 0 && { servername: name }),
      checkServerIdentity: expecting(name),
    });
    socket.once("secureConnect", () => {
      socket.end();
      resolve({ status: 0, stdout: "verified\n", stderr: "" });
    });
    socket.once("error", (error: Error) => {
      resolve({ status: 1, stdout: "", stderr: error.message });
    });
  });

/** Node's check of the server name, for the expected name. */
export function expecting(name: string): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (_host, certificate) => checkServerIdentity(name, certificate);
}

/** The compiled clients in Go and Java, which use only their standard libraries. */
export class CompiledClients {
  private readonly folder = mkdtempSync(join(tmpdir(), "clients-"));

  public readonly go: TlsClient = (target, ca) => run(join(this.folder, "client"), argumentsFor(target, ca));

  public readonly java: TlsClient = (target, ca) =>
    run("java", ["-cp", this.folder, "Client", ...argumentsFor(target, ca)]);

  /** The Java client with a truststore instead of a PEM file. */
  public javaWithTruststore(target: Target, truststore: string, password: string): Promise<Result> {
    return run("java", ["-cp", this.folder, "Client", ...argumentsFor(target, truststore), password]);
  }

  /** Compiles the clients whose compilers the machine has. */
  public async compile(): Promise<void> {
    const { go, java } = machine();
    const source = (name: string): string => join(__dirname, "clients", name);
    if (go.missing === undefined) {
      await succeed("go", ["build", "-o", join(this.folder, "client"), source("client.go")]);
    }
    if (java.missing === undefined) {
      await succeed("javac", ["-d", this.folder, source("Client.java")]);
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function argumentsFor({ host, port, name }: Target, ca: string): string[] {
  return [host, String(port), name, ca];
}

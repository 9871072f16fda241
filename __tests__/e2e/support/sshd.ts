import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { machine } from "./machine";
import { freePort } from "./mosquitto";
import { succeed } from "./run";

/** The folder for privilege separation of an sshd of root. Usually the service's script makes it. */
const EMPTY = "/run/sshd";

/** A real sshd of this user on a port of this machine, with new keys. */
export class Sshd {
  private process: ChildProcess | undefined;
  private hasMadeEmpty = false;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  public static async create(folder: string): Promise<Sshd> {
    mkdirSync(folder);
    const port = await freePort("127.0.0.1");
    const file = (name: string): string => join(folder, name);
    for (const name of ["host_key", "user_key"]) {
      await succeed("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(name)]);
    }
    const publicKey = (name: string): string => readFileSync(file(`${name}.pub`), "utf8");
    writeFileSync(file("authorized_keys"), publicKey("user_key"));
    writeFileSync(file("known_hosts"), `[127.0.0.1]:${port} ${publicKey("host_key")}`);
    writeFileSync(
      file("sshd_config"),
      [
        `ListenAddress 127.0.0.1:${port}`,
        `HostKey ${file("host_key")}`,
        `AuthorizedKeysFile ${file("authorized_keys")}`,
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "PermitRootLogin prohibit-password",
        "",
      ].join("\n"),
    );
    writeFileSync(
      file("ssh_config"),
      [
        "Host *",
        "  HostName 127.0.0.1",
        `  Port ${port}`,
        `  User ${userInfo().username}`,
        `  IdentityFile ${file("user_key")}`,
        "  IdentitiesOnly yes",
        `  UserKnownHostsFile ${file("known_hosts")}`,
        "",
      ].join("\n"),
    );
    return new Sshd(folder, port);
  }

  /** A script that acts as `ssh` for a user whose configuration names this server. */
  public get client(): string {
    return `#!/bin/sh\nexec /usr/bin/ssh -F '${join(this.folder, "ssh_config")}' "$@"\n`;
  }

  public async start(): Promise<void> {
    if (process.getuid?.() === 0 && !existsSync(EMPTY)) {
      mkdirSync(EMPTY);
      this.hasMadeEmpty = true;
    }
    const { program, libraryPath, preload } = machine().sshd;
    this.process = spawn(program, ["-D", "-e", "-f", join(this.folder, "sshd_config")], {
      env: {
        ...process.env,
        ...(libraryPath !== undefined && { LD_LIBRARY_PATH: libraryPath }),
        ...(preload !== undefined && this.pretendUser(preload)),
      },
      stdio: "ignore",
    });
    for (let attempt = 0; attempt < 100; attempt++) {
      if (await isListening(this.port)) {
        return;
      }
      await sleep(100);
    }
    throw new Error("sshd does not listen");
  }

  /** The variables for nss_wrapper, which shows sshd the user that it needs besides those of this machine. */
  private pretendUser(preload: string): NodeJS.ProcessEnv {
    const users = join(this.folder, "passwd");
    writeFileSync(users, `${readFileSync("/etc/passwd", "utf8")}sshd:x:65533:65534::${EMPTY}:/usr/sbin/nologin\n`);
    return { LD_PRELOAD: preload, NSS_WRAPPER_PASSWD: users, NSS_WRAPPER_GROUP: "/etc/group" };
  }

  public async stop(): Promise<void> {
    if (this.process?.exitCode === null) {
      const ended = once(this.process, "exit");
      this.process.kill();
      await ended;
    }
    this.process = undefined;
    if (this.hasMadeEmpty) {
      rmdirSync(EMPTY);
      this.hasMadeEmpty = false;
    }
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

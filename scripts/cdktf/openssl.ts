import { spawnSync } from "node:child_process";
import { Failure } from "./failure";

/** @throws Failure where there is no openssl, or none that custody "machine" can work with */
export function checkOpenssl(): void {
  const { status, stdout } = spawnSync("openssl", ["version"], { encoding: "utf8" });
  if (status !== 0) {
    throw new Failure(
      'openssl is not on this machine, and custody "machine" works with it.\nInstall OpenSSL 3.0 or later.',
    );
  }
  const [, major] = /^OpenSSL (\d+)\./.exec(stdout) ?? [];
  if (Number(major ?? 0) < 3) {
    throw new Failure(`openssl is ${stdout.trim()} here.\nInstall OpenSSL 3.0 or later, and put it first in PATH.`);
  }
}

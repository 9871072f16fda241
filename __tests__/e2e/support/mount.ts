import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Tool } from "./machine";
import { succeed } from "./run";

/** Whether a temporary file system can be mounted here. */
export function findMount(): Tool {
  const folder = mkdtempSync(join(tmpdir(), "mount-"));
  const isMounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]).status === 0;
  if (isMounted) {
    spawnSync("umount", [folder]);
  }
  rmSync(folder, { recursive: true });
  return { program: "mount", ...(!isMounted && { missing: "a tmpfs cannot be mounted, which takes root on Linux" }) };
}

/** A small file system in memory. Its folder is removed with it. */
export class Disk {
  private constructor(private readonly folder: string) {}

  public static async mount(folder: string, size: string): Promise<Disk> {
    mkdirSync(folder, { recursive: true });
    await succeed("mount", ["-t", "tmpfs", "-o", `size=${size},mode=0700`, "tmpfs", folder]);
    return new Disk(folder);
  }

  /** Changes its options: a size such as `size=16k`, `ro` or `rw`. */
  public async remount(options: string): Promise<void> {
    await succeed("mount", ["-o", `remount,${options}`, this.folder]);
  }

  /**
   * Fills the file system.
   *
   * @param free the remaining space in KiB
   */
  public async fill(free = 0): Promise<void> {
    spawnSync("dd", ["if=/dev/zero", "bs=4k", `of=${this.filler}`]);
    await succeed("truncate", ["-s", `-${free}K`, this.filler]);
  }

  /** Frees the space that `fill` took. */
  public empty(): void {
    rmSync(this.filler);
  }

  public async unmount(): Promise<void> {
    await succeed("umount", [this.folder]);
    rmSync(this.folder, { recursive: true });
  }

  private get filler(): string {
    return join(this.folder, "filler");
  }
}

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

export interface DebianProgram {
  readonly program: string;
  /** Where the libraries are that came with it: for `LD_LIBRARY_PATH`. */
  readonly libraryPath: string;
}

/** A program of a Debian package, which is unpacked into a cache with all that it needs: no root needed, nothing installed. */
export function debianProgram(name: string, path: string): DebianProgram {
  const cache = join(__dirname, "../node_modules/.cache/cdktf-mqtt-pki", name);
  const unpacked = join(cache, "root");
  const program = join(unpacked, path);
  if (!existsSync(program)) {
    // Others may be about the same: who is first there puts all of it in place at once.
    const own = `${cache}-${process.pid}`;
    unpack(name, own, join(own, "root"));
    try {
      renameSync(own, cache);
    } catch {
      rmSync(own, { recursive: true });
    }
  }
  const libraries = join(unpacked, "usr/lib");
  const triplets = existsSync(libraries) ? readdirSync(libraries).map((folder) => join(libraries, folder)) : [];
  return { program, libraryPath: [libraries, ...triplets].join(":") };
}

function unpack(name: string, cache: string, unpacked: string): void {
  for (const folder of ["lists/partial", "archives/partial"]) {
    mkdirSync(join(cache, folder), { recursive: true });
  }
  const apt = (...parameters: readonly string[]) =>
    execFileSync(
      "apt-get",
      [
        "-o",
        `Dir::State::lists=${join(cache, "lists")}`,
        "-o",
        `Dir::Cache=${cache}`,
        "-o",
        "Debug::NoLocking=1",
        ...parameters,
      ],
      { stdio: "pipe" },
    );
  apt("update");
  apt("--no-install-recommends", "--download-only", "--yes", "install", name);
  for (const archive of readdirSync(join(cache, "archives")).filter((file) => file.endsWith(".deb"))) {
    execFileSync("dpkg-deb", ["--extract", join(cache, "archives", archive), unpacked], { stdio: "pipe" });
  }
  rmSync(join(cache, "lists"), { recursive: true });
}

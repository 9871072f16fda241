import { join } from "node:path";
import { hashSeen } from "../files/trusted-file";
import { seeFolder } from "../files/trusted-folder";

/**
 * The files in a broker's folder as the plan sees them, to decide the same. Others may have changed some of them: then only
 * this broker fails. Each file is read once, and not at all if the folder is missing.
 *
 * What is no file, such as a link, is refused: a plan cannot know its hash.
 */
export class SeenFiles {
  /** Why they must not be used, once their hashes are known; undefined if nothing is wrong. */
  public flaw: string | undefined;

  private readonly isThere: boolean;
  private readonly known = new Map<string, string | undefined>();

  /**
   * @param hasFolders whether the folder above exists
   * @param owners the ids of further users who may own the files
   */
  constructor(
    private readonly folder: string,
    hasFolders: boolean,
    private readonly owners: readonly number[],
  ) {
    const { isThere, flaw } = hasFolders ? seeFolder(folder) : { isThere: false, flaw: undefined };
    this.isThere = isThere;
    this.flaw = flaw?.message;
  }

  /** The hash of a file; undefined if it is missing. */
  public readonly hashOf = (file: string): string | undefined => {
    if (this.isThere && !this.known.has(file)) {
      const { hash, flaw } = hashSeen(join(this.folder, file), this.owners);
      this.known.set(file, hash);
      this.flaw ??= flaw?.message;
    }
    return this.known.get(file);
  };
}

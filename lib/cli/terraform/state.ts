import { InputError } from "../input-error";
import type { JsonSlice } from "../read/json-slice";
import { readDocument, refusingBroken } from "./document";

/** A resource of a state. Its values are parsed on first use, because most of them are keys. */
export class StateResource {
  readonly #members: ReadonlyMap<string, JsonSlice>;

  constructor(resource: JsonSlice) {
    this.#members = resource.members;
  }

  /** `module.plant.tls_locally_signed_cert.broker["mqtt-1"]`, with its deposed key if it only waits to be destroyed. */
  public get address(): string {
    const deposed = this.text("deposed_key");
    return this.text("address") + (deposed === "" ? "" : ` (deposed ${deposed})`);
  }

  public get type(): string {
    return this.text("type");
  }

  public get name(): string {
    return this.text("name");
  }

  public get values(): ReadonlyMap<string, JsonSlice> {
    return this.#members.get("values")?.members ?? new Map<string, JsonSlice>();
  }

  private text(member: string): string {
    const value = this.#members.get(member)?.value();
    return typeof value === "string" ? value : "";
  }
}

/** A state in the form of `terraform show -json` or `tofu show -json`. */
export class State {
  readonly #path: string;
  readonly #values: JsonSlice | undefined;

  private constructor(path: string, values: JsonSlice | undefined) {
    this.#path = path;
    this.#values = values;
  }

  /**
   * @param path the file, for messages
   * @throws InputError if it is not a state
   */
  public static fromBytes(path: string, bytes: Uint8Array): State {
    const { kind, members } = readDocument(path, bytes, "state");
    if (kind === "plan") {
      const fix = 'write a state with "terraform show -json > state.json" (or tofu)';
      throw new InputError(path, "is a plan, not a state", fix);
    }
    return new State(path, members.get("values"));
  }

  /**
   * Visits the resources of all modules, one at a time.
   *
   * @throws InputError if the state is cut off
   */
  public forEachResource(look: (resource: StateResource) => void): void {
    refusingBroken(this.#path, "state", () => {
      forEachResource(this.#values?.members.get("root_module"), look);
    });
  }

  /**
   * The outputs of the root module, by name.
   *
   * @throws InputError if the state is cut off
   */
  public get outputs(): ReadonlyMap<string, unknown> {
    return refusingBroken(this.#path, "state", () => {
      const outputs = this.#values?.members.get("outputs")?.members ?? new Map<string, JsonSlice>();
      return new Map([...outputs].map(([name, output]) => [name, output.members.get("value")?.value()]));
    });
  }
}

function forEachResource(module: JsonSlice | undefined, look: (resource: StateResource) => void): void {
  const members = module?.members;
  members?.get("resources")?.forEach((resource) => {
    look(new StateResource(resource));
  });
  members?.get("child_modules")?.forEach((child) => {
    forEachResource(child, look);
  });
}

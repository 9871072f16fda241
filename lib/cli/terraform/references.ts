import { isList, isObject } from "../../values/plain-data";
import { property } from "../read/json";
import type { JsonSlice } from "../read/json-slice";

/** A resource that an expression refers to, and its instance: any instance, if it is not known. */
export interface Target {
  /** The `module_address` of a plan; empty for the root module. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
}

type Index = Target["index"];

/** A step into a child module, and its instance. */
interface Step {
  readonly name: string;
  readonly index: Index;
}

interface Module {
  /** What an expression refers to, by type and name, such as `tls_cert_request.broker`, and by attribute. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;
  readonly calls: ReadonlyMap<string, ModuleCall>;
  readonly outputs: ReadonlyMap<string, readonly string[]>;
}

interface ModuleCall {
  readonly inputs: ReadonlyMap<string, readonly string[]>;
  readonly forEach: readonly string[];
  readonly module: Module;
}

/** The most expressions to follow. Circles and chains of modules could go on without end. */
const EXPRESSIONS_AT_MOST = 1000;

/** The attributes whose expressions determine a certificate or a file. */
const ATTRIBUTES = ["cert_request_pem", "ca_cert_pem", "private_key_pem", "content", "sensitive_content"];

/**
 * The references of a configuration's expressions, through variables and outputs of modules. A plan does not contain the values of
 * `locals`, so a reference through them ends there.
 */
export class References {
  private constructor(private readonly root: Module) {}

  /** @param configuration the plan's member */
  public static fromConfiguration(configuration: JsonSlice | undefined): References {
    return new References(moduleOf(configuration?.members.get("root_module")));
  }

  /** The resources of a type that an attribute refers to. Empty if there are too many references to follow. */
  public find(from: Target, attribute: string, wanted: string): Target[] {
    const path = stepsOf(from.module);
    const resource = this.moduleAt(path)?.resources.get(`${from.type}.${from.name}`);
    const references = resource?.get(attribute) ?? [];
    const budget = { left: EXPRESSIONS_AT_MOST };
    const found = this.follow(path, references, from.index, resource?.get("for_each") ?? [], budget);
    return budget.left < 0 ? [] : found.filter(({ type }) => type === wanted);
  }

  private follow(
    path: readonly Step[],
    references: readonly string[],
    index: Index,
    forEach: readonly string[],
    budget: { left: number },
  ): Target[] {
    budget.left -= 1;
    if (budget.left < 0) {
      return [];
    }
    const isEach = references.some((reference) => /^(each\.(key|value)|count\.index)\b/.test(reference));
    const next = (to: readonly Step[], further: readonly string[], at: Index, each: readonly string[]): Target[] =>
      this.follow(to, further, at, each, budget);
    return references.flatMap((reference): Target[] => {
      const [, kind = "", name = "", key, rest = ""] = PARTS.exec(reference) ?? [];
      const at = key === undefined ? (isEach ? index : undefined) : indexIn(key);
      switch (kind) {
        case "each":
          return name === "value" ? next(path, forEach, index, []) : [];
        case "var": {
          const last = path.at(-1);
          const call = last && this.moduleAt(path.slice(0, -1))?.calls.get(last.name);
          return last === undefined
            ? []
            : next(path.slice(0, -1), call?.inputs.get(name) ?? [], last.index, call?.forEach ?? []);
        }
        case "module": {
          const steps = [...path, { name, index: at }];
          const output = /^\.(\w[\w-]*)/.exec(rest)?.[1] ?? "";
          return next(steps, this.moduleAt(steps)?.outputs.get(output) ?? [], undefined, []);
        }
        default:
          return kind.includes("_") ? [{ module: addressOf(path), type: kind, name, index: at }] : [];
      }
    });
  }

  private moduleAt(path: readonly Step[]): Module | undefined {
    return path.reduce<Module | undefined>((module, { name }) => module?.calls.get(name)?.module, this.root);
  }
}

/** `tls_cert_request.broker["a"].cert_request_pem`: the first two names, a key, and what follows. */
const PARTS = /^(\w[\w-]*)\.(\w[\w-]*)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?(.*)$/s;

/** A key of `for_each`, or a number of `count`; undefined if it is neither. */
function indexIn(text: string): Index {
  try {
    return JSON.parse(text) as string | number;
  } catch {
    return undefined;
  }
}

/** Keeps the longest references: engines list a reference together with all of its prefixes. */
function longest(references: readonly string[]): string[] {
  // Separators sort before everything else, so that a longer reference comes right after its prefix.
  const keys = new Map([...new Set(references)].map((one) => [one.replace(/[.[]/g, "\0$&"), one]));
  const sorted = [...keys.keys()].sort();
  const isGoneOn = (key: string, index: number): boolean => sorted[index + 1]?.startsWith(`${key}\0`) === true;
  return sorted.filter((key, index) => !isGoneOn(key, index)).flatMap((key) => keys.get(key) ?? []);
}

/** `module.plant.module.broker["a"]` */
function stepsOf(address: string): Step[] {
  return [...address.matchAll(/module\.([\w-]+)(?:\[("(?:[^"\\]|\\.)*"|\d+)\])?/g)].map(([, name = "", key]) => ({
    name,
    index: key === undefined ? undefined : indexIn(key),
  }));
}

function addressOf(path: readonly Step[]): string {
  return path
    .map(({ name, index }) => `module.${name}${index === undefined ? "" : `[${JSON.stringify(index)}]`}`)
    .join(".");
}

function moduleOf(slice: JsonSlice | undefined): Module {
  const members = slice?.members;
  const resources = new Map<string, ReadonlyMap<string, readonly string[]>>();
  members?.get("resources")?.forEach((element) => {
    const resource = element.value();
    const expressions = property(resource, "expressions");
    const attributes = ATTRIBUTES.map((name) => [name, referencesIn(property(expressions, name))] as const);
    resources.set(
      `${String(property(resource, "type"))}.${String(property(resource, "name"))}`,
      new Map([
        ...attributes.filter(([, references]) => references.length > 0),
        ["for_each", referencesIn(property(resource, "for_each_expression"))],
      ]),
    );
  });
  const calls = [...(members?.get("module_calls")?.members ?? [])].map(([name, call]) => [name, callOf(call)] as const);
  const outputs = [...(members?.get("outputs")?.members ?? [])].map(
    ([name, output]) => [name, referencesIn(output.members.get("expression")?.value())] as const,
  );
  return { resources, calls: new Map(calls), outputs: new Map(outputs) };
}

function callOf(slice: JsonSlice): ModuleCall {
  const { members } = slice;
  const inputs = [...(members.get("expressions")?.members ?? [])].map(
    ([name, expression]) => [name, referencesIn(expression.value())] as const,
  );
  return {
    inputs: new Map(inputs),
    forEach: referencesIn(members.get("for_each_expression")?.value()),
    module: moduleOf(members.get("module")),
  };
}

/** All references in an expression, in any object or list. */
function referencesIn(expression: unknown): string[] {
  return longest(allIn(expression));
}

function allIn(expression: unknown): string[] {
  if (isList(expression)) {
    return expression.flatMap(allIn);
  }
  if (!isObject(expression)) {
    return [];
  }
  const own = property(expression, "references");
  return isList(own)
    ? own.filter((reference) => typeof reference === "string")
    : Object.values<unknown>({ ...expression }).flatMap(allIn);
}

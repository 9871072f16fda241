/**
 * The properties of a fleet, once: their names, and what they say. The lists that props are held to, the JSON schema of fleet
 * files and the reference page of options come from the tables beside this; an interface and its table cannot differ.
 */
/** What of JSON schema, draft 7, describes a fleet file. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false;
  readonly items?: Schema;
  readonly not?: { readonly const: unknown };
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly examples?: readonly unknown[];
}

/** What is known of a property beside its type. */
export interface Property {
  /** What it says, in sentences. */
  readonly what: string;
  /** What holds without it; absent where it is required. */
  readonly default?: string;
  /** How TypeScript says it, where a file says it otherwise. */
  readonly inCode?: string;
  /** The page of `docs/` that tells more. */
  readonly page?: string;
}

/** A property of a broker, which a file may say too. */
export interface FileProperty extends Property {
  readonly schema: Schema;
  /** How CSV says it. */
  readonly inCsv?: string;
}

/** A row for each property of an interface. */
export type TableOf<Props, Row = Property> = { readonly [Name in keyof Required<Props>]: Row };

/** Of a fleet, and of an authority that stands alone. */
export const CUSTODY = {
  what: 'Where private keys live: `"state"`, with the tls provider; or `"machine"`, in their files alone.',
  default: 'what the app\'s context has as `cdktf-mqtt-pki:custody`, or `"state"`',
  page: "explanation/custody.md",
} as const satisfies Property;

/** The names in tables, in their order. */
export function namesIn(...tables: readonly object[]): readonly string[] {
  return tables.flatMap((table) => Object.keys(table));
}

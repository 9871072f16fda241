/**
 * The properties of a fleet, with their names and descriptions. The check of unknown properties, the JSON schema of fleet
 * files and the reference page of options come from these tables. The compiler keeps an interface and its table in step.
 */
/** The parts of JSON schema, draft 7, that describe a fleet file. */
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

/** The description of a property. */
export interface Property {
  /** The meaning, in sentences. */
  readonly what: string;
  /** The default; absent for a required property. */
  readonly default?: string;
  /** The form in TypeScript, if it differs from the form in a file. */
  readonly inCode?: string;
  /** The page of `docs/` with the details. */
  readonly page?: string;
}

/** A property of a broker, which a file may have too. */
export interface FileProperty extends Property {
  readonly schema: Schema;
  /** The form in CSV. */
  readonly inCsv?: string;
}

/** A row for each property of an interface. */
export type TableOf<Props, Row = Property> = { readonly [Name in keyof Required<Props>]: Row };

/** The custody of a fleet, or of an authority without a fleet. */
export const CUSTODY = {
  what: 'Where private keys live: `"state"` is the state, through the tls provider; `"machine"` is only their files.',
  default: 'the value of `cdktf-mqtt-pki:custody` in the app\'s context, or `"state"`',
  page: "explanation/custody.md",
} as const satisfies Property;

/** The names in tables, in their order. */
export function namesIn(...tables: readonly object[]): readonly string[] {
  return tables.flatMap((table) => Object.keys(table));
}

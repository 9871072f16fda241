import { blocksBelow, tableOf, type Language } from "../../e2e/support/pages";

const PAGE = "how-to/brokers.md";

/** A broker's row in the table of docs/how-to/brokers.md. */
export interface BrokerRow {
  /** The `forms` that the broker declares, in addition to server.pem and server.key. */
  readonly forms: readonly string[];
  readonly fileGroup: string | undefined;
  readonly reloadCommand: string | undefined;
  readonly renewed: string;
  readonly password: string;
  readonly ed25519: string;
}

/** The values instead of the page's examples. */
export interface Place {
  /** The fleet's directory. */
  readonly pki: string;
  readonly address: string;
  readonly port: number;
  /** The port of the broker behind a proxy. */
  readonly plainPort?: number;
}

export function rowOf(broker: string): BrokerRow {
  const row = tableOf(PAGE, "Configure a broker").find(({ broker: cell = "" }) => cell.startsWith(`[${broker}]`));
  if (row === undefined) {
    throw new Error(`docs/${PAGE} has no row of ${broker}.`);
  }
  const code = (name: string): string | undefined => /`(.*)`/.exec(row[name] ?? "")?.[1];
  const form = code("files");
  return {
    forms: form === undefined ? [] : [form],
    fileGroup: code("`fileGroup`"),
    reloadCommand: code("`reloadCommand`"),
    renewed: row["loads a renewed certificate"] ?? "",
    password: row["key with a password"] ?? "",
    ed25519: row["Ed25519"] ?? "",
  };
}

/** A block of a broker's section with 127.0.0.1, a free port and a fleet of the tests. */
export function blockOf(section: string, language: Language, place: Place, index = 0): string {
  const block = blocksBelow(PAGE, section, language)[index];
  if (block === undefined) {
    throw new Error(`docs/${PAGE} has no block ${index} of ${language} below "${section}".`);
  }
  return block
    .replaceAll("/srv/mqtt/pki", place.pki)
    .replaceAll("mqtt-1.plant.example.com", place.address)
    .replaceAll("0.0.0.0", "127.0.0.1")
    .replaceAll("127.0.0.1:1883", `127.0.0.1:${place.plainPort}`)
    .replaceAll("8883", String(place.port));
}

import { pemBlocks, toPem } from "./pem";

/** What is before the lines of a C header, and behind them. The constant has PEM, as Mbed TLS and what is built on it take it. */
export const C_HEADER = {
  start: [
    "/* The certificates that clients of the MQTT brokers trust, in PEM. */",
    "#ifndef MQTT_PKI_CA_H",
    "#define MQTT_PKI_CA_H",
    "",
    "static const char mqtt_ca_pem[] =",
    "",
  ].join("\n"),
  /** Around each line of PEM. Base64 and its frame have nothing that C reads otherwise. */
  beforeLine: '  "',
  afterLine: '\\n"',
  end: ";\n\n#endif /* MQTT_PKI_CA_H */\n",
} as const;

/** The certificates in a text as a string constant of C, without what stands around them. */
export function toCHeader(pem: string): string {
  const { start, beforeLine, afterLine, end } = C_HEADER;
  const lines = pemBlocks(pem).flatMap(({ label, data }) => toPem(label, data).trimEnd().split("\n"));
  return `${start}${lines.map((line) => `${beforeLine}${line}${afterLine}`).join("\n")}${end}`;
}

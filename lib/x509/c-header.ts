import { pemBlocks, toPem } from "./pem";

/** The frame of a C header with certificates. The constant is PEM, which Mbed TLS and libraries on top of it read. */
export const C_HEADER = {
  start: [
    "/* The certificates that clients of the MQTT brokers trust, in PEM. */",
    "#ifndef MQTT_PKI_CA_H",
    "#define MQTT_PKI_CA_H",
    "",
    "static const char mqtt_ca_pem[] =",
    "",
  ].join("\n"),
  /** The frame of each line of PEM. PEM contains nothing that needs an escape in C. */
  beforeLine: '  "',
  afterLine: '\\n"',
  end: ";\n\n#endif /* MQTT_PKI_CA_H */\n",
} as const;

/** The certificates in a text as a string constant of C, without the text around them. */
export function toCHeader(pem: string): string {
  const { start, beforeLine, afterLine, end } = C_HEADER;
  const lines = pemBlocks(pem).flatMap(({ label, data }) => toPem(label, data).trimEnd().split("\n"));
  return `${start}${lines.map((line) => `${beforeLine}${line}${afterLine}`).join("\n")}${end}`;
}

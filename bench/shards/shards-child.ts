/**
 * Synthesizes a fleet of many stacks in the working directory and prints, as JSON, what that took.
 *
 *     node --import tsx bench/shards/shards-child.ts OUTDIR BROKERS SHARDS [CONNECTION]
 *
 * SHARDS is 0 for a single stack. CONNECTION is that of a PostgreSQL; without one, states are files.
 */
import { App, PgBackend } from "cdktf";
import { BrokerPki, KeyAlgorithm } from "../../lib";
import { addresses, AUTHORITY, FLEET } from "../support/fleet";

const [outdir = "cdktf.out", count, shards, connStr] = process.argv.slice(2);
const brokers = addresses(Number(count)).map((address) => ({ address }));
const keyAlgorithm = KeyAlgorithm.ECDSA_P256;

const start = performance.now();
const app = new App({ outdir });
new BrokerPki(app, FLEET, {
  authority: { subject: AUTHORITY, keyAlgorithm },
  keyAlgorithm,
  brokers,
  ...(shards !== "0" && { shards: Number(shards) }),
  ...(connStr !== undefined && {
    backend: (stack) => new PgBackend(stack, { connStr, schemaName: stack.node.id.replaceAll("-", "_") }),
  }),
});
app.synth();
const seconds = (performance.now() - start) / 1000;

console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS }));

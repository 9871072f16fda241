/**
 * Synthesizes a fleet in the working directory and prints, as JSON, what that took. A process of its own for each
 * measurement: the peak of its memory is then that of one synth.
 *
 *     node --import tsx bench/synth-child.ts BROKERS
 */
import { App } from "cdktf";
import { BrokerPki, KeyAlgorithm } from "../lib";
import { addresses, AUTHORITY, FLEET } from "./fleet";

const brokers = addresses(Number(process.argv[2])).map((address) => ({ address }));

const start = performance.now();
const app = new App({ outdir: "cdktf.out" });
new BrokerPki(app, FLEET, {
  authority: { subject: AUTHORITY, keyAlgorithm: KeyAlgorithm.ECDSA_P256 },
  keyAlgorithm: KeyAlgorithm.ECDSA_P256,
  brokers,
});
app.synth();
const seconds = (performance.now() - start) / 1000;

console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS }));

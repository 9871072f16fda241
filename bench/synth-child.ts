/**
 * Synthesizes a fleet in the working directory and prints, as JSON, what that took. A process of its own for each
 * measurement: the peak of its memory is then that of one synth.
 *
 *     node --import tsx bench/synth-child.ts BROKERS CUSTODY KEY_ALGORITHM
 */
import { App } from "cdktf";
import { BrokerPki, KeyAlgorithm } from "../lib";
import { addresses, AUTHORITY, FLEET, type Fleet } from "./fleet";

const [count, custody, name] = process.argv.slice(2) as [string, Fleet["custody"], Fleet["keyAlgorithm"]];
const brokers = addresses(Number(count)).map((address) => ({ address }));
const keyAlgorithm = KeyAlgorithm[name];

const start = performance.now();
const app = new App({ outdir: "cdktf.out" });
new BrokerPki(app, FLEET, { custody, authority: { subject: AUTHORITY, keyAlgorithm }, keyAlgorithm, brokers });
app.synth();
const seconds = (performance.now() - start) / 1000;

console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS }));

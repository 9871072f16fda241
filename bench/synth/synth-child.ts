/**
 * Synthesizes a fleet in the working directory and prints, as JSON, what that took. Each measurement has its own
 * process: the peak of its memory is then that of one synth.
 *
 *     node --import tsx bench/synth/synth-child.ts BROKERS CUSTODY KEY_ALGORITHM [PASSWORD_VARIABLE]
 */
import { App } from "cdktf";
import { BrokerPki, KeyAlgorithm } from "../../lib";
import { addresses, AUTHORITY, FLEET, type Fleet } from "../support/fleet";

const [count, custody, name, passwordVariable = false] = process.argv.slice(2) as [
  string,
  Fleet["custody"],
  Fleet["keyAlgorithm"],
  string?,
];
const brokers = addresses(Number(count)).map((address) => ({ address }));
const keyAlgorithm = KeyAlgorithm[name];

const start = performance.now();
const app = new App({ outdir: "cdktf.out" });
const authority = { subject: AUTHORITY, keyAlgorithm };
new BrokerPki(app, FLEET, { custody, authority, keyAlgorithm, passwordVariable, brokers });
app.synth();
const seconds = (performance.now() - start) / 1000;

console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS }));

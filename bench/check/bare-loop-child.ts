/**
 * Shakes hands with as many brokers as `mqtt-pki check` does at once, and looks at nothing.
 *
 *     node --import tsx bench/check/bare-loop-child.ts BROKERS PORT
 */
import { once } from "node:events";
import { connect } from "node:tls";
import { addressAt } from "./address-at";

const [brokers = "0", port = "0"] = process.argv.slice(2);
const AT_ONCE = 256;

let next = 0;

async function work(): Promise<void> {
  for (let index = next++; index < Number(brokers); index = next++) {
    const socket = connect({ host: addressAt(index), port: Number(port), rejectUnauthorized: false });
    await once(socket, "secureConnect");
    socket.destroy();
  }
}

for (let count = 0; count < AT_ONCE; count++) {
  void work();
}

import { isIPv6 } from "node:net";
import type { TLSSocket } from "node:tls";
import type * as Ws from "ws";
import type { Target } from "./answer";
import { DEMANDS_CERTIFICATE, demandsCertificate } from "./failure";

/**
 * Requests a WebSocket with the subprotocol of MQTT (MQTT 3.1.1, section 6).
 *
 * @returns why the broker does not open it; undefined if it does
 */
export async function upgrade(
  socket: TLSSocket,
  { name, port, path }: Target,
  deadline: AbortSignal,
): Promise<string | undefined> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only if needed: a handshake does not use it
  const { WebSocket } = require("ws") as typeof Ws;
  const host = isIPv6(name) ? `[${name}]` : name;
  let webSocket: Ws.WebSocket | undefined;
  try {
    return await new Promise((resolve) => {
      // These come before the listeners of the WebSocket, for which both are one error.
      socket.on("error", (error) => {
        if (demandsCertificate(error)) {
          resolve(DEMANDS_CERTIFICATE);
        }
      });
      socket.on("end", () => {
        resolve("closes the connection instead of opening a WebSocket");
      });
      webSocket = new WebSocket(`wss://${host}:${port}${path}`, ["mqtt"], {
        createConnection: () => socket,
        perMessageDeflate: false,
        maxPayload: 1024,
      });
      webSocket.on("open", () => {
        resolve(undefined);
      });
      webSocket.on("unexpected-response", (_request, { statusCode = 0 }) => {
        resolve(`answers the WebSocket with HTTP status ${statusCode}`);
      });
      webSocket.on("error", () => {
        resolve("answers, but not with a WebSocket for MQTT");
      });
      deadline.addEventListener("abort", () => {
        resolve("does not answer the WebSocket in time");
      });
    });
  } finally {
    webSocket?.terminate();
  }
}

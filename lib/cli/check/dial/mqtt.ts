import type * as MqttPacket from "mqtt-packet";
import type { TLSSocket } from "node:tls";
import type { Target } from "./answer";
import { DEMANDS_CERTIFICATE, demandsCertificate } from "./failure";

/** In bytes; a CONNACK is shorter. */
const BYTES_AT_MOST = 1024;

/**
 * Sends CONNECT, without an identifier or a password, in a session that ends with the connection (MQTT 3.1.1, section 3.1).
 * Any CONNACK is an answer, also one that refuses the client.
 *
 * @returns why the broker does not speak MQTT; undefined if it does
 */
export function speakMqtt(socket: TLSSocket, _target: Target, deadline: AbortSignal): Promise<string | undefined> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- loaded only if needed: a handshake does not use it
  const { generate, parser } = require("mqtt-packet") as typeof MqttPacket;
  const packets = parser({ protocolVersion: 4 });
  return new Promise((resolve) => {
    let received = 0;
    packets.on("packet", ({ cmd }) => {
      resolve(cmd === "connack" ? undefined : "answers CONNECT with a packet other than CONNACK");
    });
    packets.on("error", () => {
      resolve("answers CONNECT, but not with MQTT");
    });
    socket.on("data", (data: Buffer) => {
      received += data.length;
      packets.parse(data);
      if (received > BYTES_AT_MOST) {
        resolve("answers CONNECT, but not with MQTT");
      }
    });
    socket.on("error", (error) => {
      resolve(demandsCertificate(error) ? DEMANDS_CERTIFICATE : "breaks off the connection after CONNECT");
    });
    socket.on("close", () => {
      resolve("closes the connection after CONNECT");
    });
    deadline.addEventListener("abort", () => {
      resolve("does not answer CONNECT in time");
    });
    socket.write(generate({ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, clientId: "" }));
  });
}

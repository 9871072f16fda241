import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the "http" backend takes: it keeps each state under its path, on a free port of 127.0.0.1. */
export class StateServer {
  private constructor(
    private readonly server: Server,
    private readonly states: ReadonlyMap<string, string>,
  ) {}

  public static async start(): Promise<StateServer> {
    const states = new Map<string, string>();
    const server = createServer((request, response) => {
      const path = request.url ?? "";
      if (request.method === "POST") {
        void bodyOf(request).then((body) => {
          states.set(path, body);
          response.end();
        });
      } else {
        const state = states.get(path);
        response.writeHead(state === undefined ? 404 : 200).end(state);
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new StateServer(server, states);
  }

  /** Where a state is, or is to be. */
  public address(name: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
  }

  /** Of all states that it has, sorted. */
  public get names(): string[] {
    return [...this.states.keys()].map((path) => path.slice(1)).sort();
  }

  public async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
  }
  return body;
}

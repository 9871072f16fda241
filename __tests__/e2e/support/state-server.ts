import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";

/** A server for the "http" backend on a free port of 127.0.0.1. It keeps states and locks by path. */
export class StateServer {
  private readonly states = new Map<string, string>();
  private readonly locks = new Map<string, string>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  public static async start(): Promise<StateServer> {
    const server = new StateServer();
    server.server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    return server;
  }

  /** The address of a state. */
  public address(name: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
  }

  /** The sorted names of all states. */
  public get names(): string[] {
    return [...this.states.keys()].map((path) => path.slice(1)).sort();
  }

  public async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await textOf(request);
    // The holder of the lock sends its id in the query.
    const [path = ""] = (request.url ?? "").split("?");
    const [state, lock] = [this.states.get(path), this.locks.get(path)];
    if (request.method === "LOCK" && lock !== undefined) {
      response.writeHead(423).end(lock);
      return;
    }
    switch (request.method) {
      case "LOCK":
        this.locks.set(path, body);
        break;
      case "UNLOCK":
        this.locks.delete(path);
        break;
      case "POST":
        this.states.set(path, body);
        break;
      default:
        response.writeHead(state === undefined ? 404 : 200).end(state);
        return;
    }
    response.end();
  }
}

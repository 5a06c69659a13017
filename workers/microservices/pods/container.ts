/** One running container: an HTTP server on a loopback port, with its timers. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Image, ProgramContext } from "./program.ts";

/** Exit code of a process that a signal ended: 128 + SIGKILL. */
const killedCode = 137;
const connectionsMax = 256;

export interface ContainerHost extends Omit<ProgramContext, "exit" | "after"> {
  readonly onStarted: (port: number) => void;
  readonly onExit: (exitCode: number) => void;
}

export class Container {
  readonly #server: Server;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #host: ContainerHost;
  #ended = false;

  constructor(image: Image, host: ContainerHost) {
    this.#host = host;
    const handler = image.start({
      ...host,
      exit: (code) => this.#end(code, true),
      after: (ms, run) => this.#after(ms, run),
    });
    this.#server = createServer(
      { keepAliveTimeout: 5_000, requestTimeout: 10_000, connectionsCheckingInterval: 30_000 },
      (request, response) => {
        // A server that is closing keeps no connection alive.
        if (this.#ended) response.shouldKeepAlive = false;
        handler(request, response);
      },
    );
    this.#server.maxConnections = connectionsMax;
    this.#server.once("error", (error) => {
      host.log(`fatal: ${error.message}`);
      this.#end(1, true);
    });
    this.#server.listen(0, "127.0.0.1", () => {
      if (!this.#ended) host.onStarted((this.#server.address() as AddressInfo).port);
    });
  }

  /** Lets requests finish for as long as the grace lasts; without grace it ends as if killed. */
  stop(graceMs: number): void {
    this.#host.log(graceMs > 0 ? "signal 15 received, shutting down" : "killed");
    this.#end(graceMs > 0 ? 0 : killedCode, graceMs === 0);
    if (graceMs === 0) return;
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    this.#server.once("close", () => clearTimeout(timer));
  }

  #end(exitCode: number, atOnce: boolean): void {
    if (this.#ended) {
      if (atOnce) this.#server.closeAllConnections();
      return;
    }
    this.#ended = true;
    const finish = () => {
      for (const timer of this.#timers) clearTimeout(timer);
      this.#timers.clear();
      this.#host.onExit(exitCode);
    };
    if (this.#server.listening) this.#server.close(finish);
    else setImmediate(finish);
    if (atOnce) this.#server.closeAllConnections();
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }
}

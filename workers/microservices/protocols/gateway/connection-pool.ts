/** Connections kept open to instances, the newest used first; requests beyond the bound wait in turn. */
import type { Endpoint } from "../../core/endpoints.ts";
import { dataPathLimits } from "../../limits.ts";
import { UpstreamConnection } from "./upstream-connection.ts";

type Waiting = (connection: UpstreamConnection | undefined) => void;

interface ServicePool {
  open: number;
  readonly waiting: Map<symbol, { readonly endpoint: Endpoint; readonly take: Waiting }>;
}

export class ConnectionPool {
  readonly #monotonicMs: () => number;
  readonly #idle = new Map<Endpoint, UpstreamConnection[]>();
  readonly #services = new Map<string, ServicePool>();
  readonly #all = new Set<UpstreamConnection>();
  readonly #sweep: NodeJS.Timeout;

  constructor(monotonicMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#sweep = setInterval(() => this.#closeStale(), dataPathLimits.sweepIntervalMs);
    this.#sweep.unref();
  }

  openTo(service: string): number {
    return this.#services.get(service)?.open ?? 0;
  }

  /** A connection at once, or undefined where `connectionsMax` are open already. */
  acquire(endpoint: Endpoint, connectionsMax: number): UpstreamConnection | undefined {
    const idle = this.#idle.get(endpoint);
    for (let kept = idle?.pop(); kept !== undefined; kept = idle?.pop()) {
      if (!kept.socket.destroyed && !kept.socket.readableEnded) return kept;
    }
    const pool = this.#poolOf(endpoint.service);
    if (pool.open >= connectionsMax && !this.#closeIdleOf(endpoint.service)) return undefined;
    pool.open += 1;
    const connection = new UpstreamConnection(endpoint, this);
    this.#all.add(connection);
    return connection;
  }

  /** Calls `take` when a connection is free. @returns gives the place in the queue up */
  wait(endpoint: Endpoint, take: Waiting): () => void {
    const { waiting } = this.#poolOf(endpoint.service);
    const place = Symbol("place");
    waiting.set(place, { endpoint, take });
    return () => waiting.delete(place);
  }

  released(connection: UpstreamConnection): void {
    const { endpoint } = connection;
    const pool = this.#poolOf(endpoint.service);
    if (pool.waiting.size > 0) {
      for (const [place, waiting] of pool.waiting) {
        if (waiting.endpoint !== endpoint) continue;
        pool.waiting.delete(place);
        waiting.take(connection);
        return;
      }
      // The first in turn wants another instance: make room for a connection there.
      connection.socket.destroy();
      return;
    }
    connection.idleSinceMs = this.#monotonicMs();
    const idle = this.#idle.get(endpoint);
    if (idle === undefined) this.#idle.set(endpoint, [connection]);
    else if (idle.length < dataPathLimits.idleConnectionsMax) idle.push(connection);
    else connection.socket.destroy();
  }

  closed(connection: UpstreamConnection): void {
    if (!this.#all.delete(connection)) return;
    const pool = this.#poolOf(connection.endpoint.service);
    pool.open -= 1;
    const [next] = pool.waiting;
    if (next !== undefined) {
      pool.waiting.delete(next[0]);
      next[1].take(this.acquire(next[1].endpoint, Number.POSITIVE_INFINITY));
    } else if (pool.open === 0) this.#services.delete(connection.endpoint.service);
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const connection of this.#all) connection.socket.destroy();
  }

  #poolOf(service: string): ServicePool {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    const pool: ServicePool = { open: 0, waiting: new Map() };
    this.#services.set(service, pool);
    return pool;
  }

  /** An idle connection of another instance makes room. */
  #closeIdleOf(service: string): boolean {
    for (const [endpoint, idle] of this.#idle) {
      const oldest = endpoint.service === service ? idle.shift() : undefined;
      if (oldest === undefined) continue;
      oldest.socket.destroy();
      return true;
    }
    return false;
  }

  #closeStale(): void {
    const now = this.#monotonicMs();
    for (const [endpoint, idle] of this.#idle) {
      const kept = idle.filter((connection) => {
        const isStale = endpoint.removed || now - connection.idleSinceMs >= connection.idleLimitMs;
        if (isStale) connection.socket.destroy();
        return !isStale && !connection.socket.destroyed;
      });
      if (kept.length === 0) this.#idle.delete(endpoint);
      else this.#idle.set(endpoint, kept);
    }
  }
}

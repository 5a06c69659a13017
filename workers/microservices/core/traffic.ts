/** What was measured on each connection: who called whom, how often, how long it took. */
import type { MeshEdge } from "../contract.ts";
import { gatewayLimits } from "../limits.ts";
import { LatencyHistogram, RateWindow } from "./measures.ts";

/** The name under which requests from outside enter the mesh. */
export const outside = "gateway";

interface EdgeTotals {
  readonly from: string;
  readonly to: string;
  requests: number;
  errors: number;
  retries: number;
  refused: number;
  lastAt: number;
  readonly latency: LatencyHistogram;
  readonly rate: RateWindow;
}

export class Traffic {
  readonly #edges = new Map<string, EdgeTotals>();

  /** A request that an instance was tried for: answered, or failed for good. */
  answered(
    from: string,
    to: string,
    now: number,
    outcome: { readonly ms: number; readonly failed: boolean; readonly attempts: number },
  ): void {
    const edge = this.#edge(from, to);
    edge.requests += 1;
    edge.errors += outcome.failed ? 1 : 0;
    edge.retries += outcome.attempts - 1;
    edge.lastAt = now;
    edge.latency.record(outcome.ms);
    edge.rate.record(now);
  }

  /** A request that no instance could be found for. */
  refused(from: string, to: string, now: number): void {
    const edge = this.#edge(from, to);
    edge.refused += 1;
    edge.lastAt = now;
  }

  /** All connections that lead to a service, together. */
  into(service: string, now: number) {
    const edges = [...this.#edges.values()].filter(({ to }) => to === service);
    return this.#sum(edges, now);
  }

  total(now: number) {
    return this.#sum([...this.#edges.values()], now);
  }

  edges(now: number): MeshEdge[] {
    return [...this.#edges.values()]
      .filter(({ requests }) => requests > 0)
      .map(({ from, to, requests, errors, latency, rate, lastAt }) => {
        const { meanMs, p99Ms } = latency.summary();
        return {
          from,
          to,
          requests,
          errors,
          requestsPerSecond: rate.perSecond(now),
          meanMs,
          p99Ms,
          lastAt,
        };
      });
  }

  #sum(edges: readonly EdgeTotals[], now: number) {
    const latency = new LatencyHistogram();
    const sum = { requests: 0, errors: 0, retries: 0, refused: 0, requestsPerSecond: 0 };
    for (const edge of edges) {
      latency.add(edge.latency);
      sum.requests += edge.requests;
      sum.errors += edge.errors;
      sum.retries += edge.retries;
      sum.refused += edge.refused;
      sum.requestsPerSecond += edge.rate.perSecond(now);
    }
    return { ...sum, latency: latency.summary() };
  }

  #edge(from: string, to: string): EdgeTotals {
    const key = `${from} ${to}`;
    const known = this.#edges.get(key);
    if (known !== undefined) return known;
    if (this.#edges.size >= gatewayLimits.edgesMax) {
      const [oldest] = [...this.#edges].toSorted(([, a], [, b]) => a.lastAt - b.lastAt);
      if (oldest !== undefined) this.#edges.delete(oldest[0]);
    }
    const edge: EdgeTotals = {
      from,
      to,
      requests: 0,
      errors: 0,
      retries: 0,
      refused: 0,
      lastAt: 0,
      latency: new LatencyHistogram(),
      rate: new RateWindow(),
    };
    this.#edges.set(key, edge);
    return edge;
  }
}

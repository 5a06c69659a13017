/**
 * Finagle's peak EWMA (com.twitter.finagle.loadbalancer.p2c.PeakEwma), Linkerd's default: a mean of
 * the latency that jumps to a worse value at once and forgets it over `decayMs`; of two hosts at
 * random the one with the lower latency x (active + 1) is chosen.
 */
import { type BalancedHost, type Balancer, twoOf } from "./balancer.ts";

/** Finagle's default. */
const decayMs = 10_000;
/** What a host that has not answered once counts as while it is asked: worse than any latency. */
const penaltyMs = Number.MAX_SAFE_INTEGER;

export class PeakEwma {
  #costMs = 0;
  #atMs = 0;

  observe(latencyMs: number, nowMs: number): void {
    const passedMs = Math.max(nowMs - this.#atMs, 0);
    this.#atMs = Math.max(nowMs, this.#atMs);
    if (latencyMs > this.#costMs) {
      this.#costMs = latencyMs;
      return;
    }
    const kept = Math.exp(-passedMs / decayMs);
    this.#costMs = this.#costMs * kept + latencyMs * (1 - kept);
  }

  /** Silence counts as a latency of nought, so that a slow host is tried again some day. */
  load(active: number, nowMs: number): number {
    this.observe(0, nowMs);
    return this.#costMs === 0 && active !== 0 ? penaltyMs + active : this.#costMs * (active + 1);
  }
}

export const peakEwma = (): Balancer => ({
  pick(hosts, { random, nowMs }) {
    if (hosts.length < 2) return hosts.length - 1;
    const [a, b] = twoOf(hosts.length, random);
    const load = ({ latency, active }: BalancedHost) => latency.load(active, nowMs);
    return load(hosts[a]!) <= load(hosts[b]!) ? a : b;
  },
});

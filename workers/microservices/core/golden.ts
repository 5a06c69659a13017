/** The golden measures of a route: how much, how often wrong, how long, how full. */
import type { GoldenMetrics } from "../contract.ts";
import { LatencyHistogram, RateWindow } from "./measures.ts";

export class Golden {
  requests = 0;
  errors = 0;
  retries = 0;
  hedges = 0;
  limited = 0;
  inFlight = 0;
  readonly latency = new LatencyHistogram();
  readonly #rate = new RateWindow();

  answered(ms: number, failed: boolean, now: number): void {
    this.requests += 1;
    if (failed) this.errors += 1;
    this.latency.record(ms);
    this.#rate.record(now);
  }

  view(now: number): GoldenMetrics {
    const { requests, errors, retries, hedges, limited, inFlight } = this;
    const counts = { requests, errors, retries, hedges, limited, inFlight };
    const requestsPerSecond = this.#rate.perSecond(now);
    return { ...counts, requestsPerSecond, latency: this.latency.summary() };
  }
}

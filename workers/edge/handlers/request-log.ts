/** The last requests, for the map and the list, and how long requests took. */
import { recentRequestsMax, type RequestRecord } from "../contract.ts";
import { LatencyWindow } from "../core/latency-window.ts";

export class RequestLog {
  readonly latency = new LatencyWindow();
  readonly #records: RequestRecord[] = [];

  get total(): number {
    return this.latency.total;
  }

  add(record: RequestRecord): void {
    this.#records[this.total % recentRequestsMax] = record;
    this.latency.record(record.queueMs + record.computeMs);
  }

  /** Newest first. */
  latest(limit: number): RequestRecord[] {
    const count = Math.min(limit, this.#records.length);
    return Array.from(
      { length: count },
      (_, back) => this.#records[(this.total - 1 - back) % recentRequestsMax]!,
    );
  }
}

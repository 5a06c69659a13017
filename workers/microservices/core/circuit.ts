/**
 * Circuit breaker of one instance, with the numbers of Envoy's outlier detection: open after five
 * failures in a row, for 30 s times the number of openings so far, at most 300 s; then one request
 * tries whether it has recovered.
 */
import { gatewayLimits } from "../limits.ts";

export class Circuit {
  #failures = 0;
  #openings = 0;
  #openUntil = 0;
  #trying = false;
  #open = false;

  state(now: number): "closed" | "open" | "half-open" {
    if (!this.#open) return "closed";
    return now < this.#openUntil ? "open" : "half-open";
  }

  /** Whether a request may be sent now. */
  admits(now: number): boolean {
    const state = this.state(now);
    return state === "closed" || (state === "half-open" && !this.#trying);
  }

  sent(now: number): void {
    if (this.state(now) === "half-open") this.#trying = true;
  }

  /** The caller gave up: that says nothing about the instance. */
  abandoned(): void {
    this.#trying = false;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#trying = false;
    if (this.#open) this.#openings = 0;
    this.#open = false;
  }

  failed(now: number): void {
    this.#failures += 1;
    const wasTrying = this.#trying;
    this.#trying = false;
    if (!wasTrying && (this.#open || this.#failures < gatewayLimits.breakerFailuresMax)) return;
    this.#open = true;
    this.#openings += 1;
    const { breakerOpenFirstMs, breakerOpenMaxMs } = gatewayLimits;
    this.#openUntil = now + Math.min(breakerOpenFirstMs * this.#openings, breakerOpenMaxMs);
  }
}

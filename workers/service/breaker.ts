/**
 * A circuit breaker per peer: after `failuresMax` failures in a row it refuses calls at once for
 * `openMs`, then lets one trial call through. Pure: time is passed in.
 */
export class CircuitBreaker {
  readonly #failuresMax: number;
  readonly #openMs: number;
  #failures = 0;
  #openUntil = 0;
  #trialRunning = false;

  constructor(failuresMax: number, openMs: number) {
    this.#failuresMax = failuresMax;
    this.#openMs = openMs;
  }

  /** Whether a call may go out now; a half-open breaker admits a single trial. */
  admits(nowMs: number): boolean {
    if (this.#failures < this.#failuresMax) return true;
    if (nowMs < this.#openUntil || this.#trialRunning) return false;
    this.#trialRunning = true;
    return true;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#trialRunning = false;
  }

  failed(nowMs: number): void {
    this.#failures += 1;
    this.#trialRunning = false;
    if (this.#failures >= this.#failuresMax) this.#openUntil = nowMs + this.#openMs;
  }

  /** An admitted call ended without telling anything about the peer. */
  abandoned(): void {
    this.#trialRunning = false;
  }

  state(nowMs: number): "closed" | "open" | "half-open" {
    if (this.#failures < this.#failuresMax) return "closed";
    return nowMs < this.#openUntil ? "open" : "half-open";
  }
}

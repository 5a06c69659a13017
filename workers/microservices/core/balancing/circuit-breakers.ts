/**
 * Envoy's circuit breakers (circuit_breaker.proto): bounds on what one service may hold at once,
 * with the retry budget in place of a fixed number of retries.
 */
import assert from "node:assert/strict";

export interface BreakerPolicy {
  readonly maxConnections: number;
  readonly maxPendingRequests: number;
  readonly maxRequests: number;
  /** null: the budget decides. */
  readonly maxRetries: number | null;
  readonly retryBudgetPercent: number;
  readonly retryBudgetMinimum: number;
}

/** Envoy's three retries hold where there is no budget; here there is one, of Envoy's figures. */
export const envoyBreakerDefaults: BreakerPolicy = {
  maxConnections: 1_024,
  maxPendingRequests: 1_024,
  maxRequests: 1_024,
  maxRetries: null,
  retryBudgetPercent: 20,
  retryBudgetMinimum: 3,
};

export class CircuitBreakers {
  policy: BreakerPolicy;
  requests = 0;
  pending = 0;
  retries = 0;
  /** Requests that a full breaker refused. */
  overflows = 0;

  constructor(policy: BreakerPolicy) {
    this.policy = policy;
  }

  beginRequest(): boolean {
    if (this.requests >= this.policy.maxRequests) {
      this.overflows += 1;
      return false;
    }
    this.requests += 1;
    return true;
  }

  endRequest(): void {
    this.requests -= 1;
    assert.ok(this.requests >= 0);
  }

  beginPending(): boolean {
    if (this.pending >= this.policy.maxPendingRequests) {
      this.overflows += 1;
      return false;
    }
    this.pending += 1;
    return true;
  }

  endPending(): void {
    this.pending -= 1;
    assert.ok(this.pending >= 0);
  }

  /** The requests that may be second tries at once. */
  get retryLimit(): number {
    const { maxRetries, retryBudgetPercent, retryBudgetMinimum } = this.policy;
    if (maxRetries !== null) return maxRetries;
    const share = Math.floor(((this.requests + this.pending) * retryBudgetPercent) / 100);
    return Math.max(retryBudgetMinimum, share);
  }

  beginRetry(): boolean {
    if (this.retries >= this.retryLimit) {
      this.overflows += 1;
      return false;
    }
    this.retries += 1;
    return true;
  }

  endRetry(): void {
    this.retries -= 1;
    assert.ok(this.retries >= 0);
  }
}

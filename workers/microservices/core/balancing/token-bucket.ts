/** Rate limits: a bucket that fills with time, and one bucket for each client. */

export interface RateLimit {
  readonly perSecond: number;
  /** Tokens that a bucket holds at most, and at first. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #limit: RateLimit;
  #tokens: number;
  #atMs: number;

  constructor(limit: RateLimit, nowMs: number) {
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#atMs = nowMs;
  }

  /** @returns 0 when the request may pass, else the milliseconds until the next token. */
  take(nowMs: number): number {
    const { perSecond, burst } = this.#limit;
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#atMs = Math.max(nowMs, this.#atMs);
    this.#tokens = Math.min(burst, this.#tokens + (passedMs * perSecond) / 1_000);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return 0;
    }
    return Math.max(1, Math.ceil(((1 - this.#tokens) * 1_000) / perSecond));
  }
}

/** The client seen longest ago is forgotten first; it starts anew with a full bucket. */
export class ClientBuckets {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limit: RateLimit;
  readonly #clientsMax: number;

  constructor(limit: RateLimit, clientsMax: number) {
    this.#limit = limit;
    this.#clientsMax = clientsMax;
  }

  get size(): number {
    return this.#buckets.size;
  }

  take(client: string, nowMs: number): number {
    const bucket = this.#buckets.get(client) ?? new TokenBucket(this.#limit, nowMs);
    this.#buckets.delete(client);
    if (this.#buckets.size >= this.#clientsMax) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    this.#buckets.set(client, bucket);
    return bucket.take(nowMs);
  }
}

/**
 * Envoy's outlier detection (outlier_detection.proto and outlier_detection_impl.cc) over the hosts
 * of one service: which are ejected, until when, and why. Stepped by whoever asks, once an interval.
 */

export interface OutlierPolicy {
  readonly consecutive5xx: number;
  readonly consecutiveGatewayFailure: number;
  readonly intervalMs: number;
  readonly baseEjectionMs: number;
  readonly maxEjectionMs: number;
  readonly maxEjectionPercent: number;
  readonly successRateMinimumHosts: number;
  readonly successRateRequestVolume: number;
  /** Thousandths of a standard deviation. */
  readonly successRateStdevFactor: number;
  readonly failurePercentageThreshold: number;
  readonly failurePercentageMinimumHosts: number;
  readonly failurePercentageRequestVolume: number;
  /** How many in a hundred of the ejections that each detector asks for are carried out. */
  readonly enforcingConsecutive5xx: number;
  readonly enforcingConsecutiveGatewayFailure: number;
  readonly enforcingSuccessRate: number;
  readonly enforcingFailurePercentage: number;
}

export const envoyOutlierDefaults: OutlierPolicy = {
  consecutive5xx: 5,
  consecutiveGatewayFailure: 5,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 10,
  successRateMinimumHosts: 5,
  successRateRequestVolume: 100,
  successRateStdevFactor: 1_900,
  failurePercentageThreshold: 85,
  failurePercentageMinimumHosts: 5,
  failurePercentageRequestVolume: 50,
  enforcingConsecutive5xx: 100,
  enforcingConsecutiveGatewayFailure: 0,
  enforcingSuccessRate: 100,
  enforcingFailurePercentage: 0,
};

export type EjectionReason =
  | "consecutive-5xx"
  | "consecutive-gateway-failure"
  | "success-rate"
  | "failure-percentage";

/** What is kept about one host. */
export class HostRecord {
  ejectedAt: number | null = null;
  reason: EjectionReason | null = null;
  ejections = 0;
  /** How many times its base ejection time it is out; goes down again with every good interval. */
  backOff = 0;
  failuresInRow = 0;
  gatewayFailuresInRow = 0;
  requests = 0;
  successes = 0;
}

const gatewayStatuses = new Set([502, 503, 504]);

export class OutlierDetection {
  readonly #hosts = new Map<string, HostRecord>();
  #policy: OutlierPolicy;
  #ejected = 0;
  #intervalEndsAt = 0;
  /** Changes with every ejection and every return. */
  version = 0;

  constructor(policy: OutlierPolicy) {
    this.#policy = policy;
  }

  /** Another policy decides from now on; who is out stays out for as long as it says. */
  setPolicy(policy: OutlierPolicy): void {
    this.#policy = policy;
  }

  /** The hosts that there are now; what is known of those that stay is kept. */
  setHosts(keys: readonly string[]): void {
    const wanted = new Set(keys);
    for (const key of this.#hosts.keys()) if (!wanted.has(key)) this.#hosts.delete(key);
    for (const key of keys) if (!this.#hosts.has(key)) this.#hosts.set(key, new HostRecord());
    this.#ejected = [...this.#hosts.values()].filter((host) => host.ejectedAt !== null).length;
    this.version += 1;
  }

  isEjected(key: string): boolean {
    return (this.#hosts.get(key)?.ejectedAt ?? null) !== null;
  }

  record(key: string): HostRecord | undefined {
    return this.#hosts.get(key);
  }

  get ejected(): number {
    return this.#ejected;
  }

  /**
   * An answer, or a failure before one, which counts as 503.
   * @param random uniform in [0, 1)
   */
  answered(key: string, status: number, now: number, random: () => number): void {
    const host = this.#hosts.get(key);
    if (host === undefined) return;
    host.requests += 1;
    if (status < 500) {
      host.successes += 1;
      host.failuresInRow = 0;
      host.gatewayFailuresInRow = 0;
      return;
    }
    const policy = this.#policy;
    host.failuresInRow += 1;
    host.gatewayFailuresInRow = gatewayStatuses.has(status) ? host.gatewayFailuresInRow + 1 : 0;
    if (host.gatewayFailuresInRow === policy.consecutiveGatewayFailure) {
      host.gatewayFailuresInRow = 0;
      const enforcing = policy.enforcingConsecutiveGatewayFailure;
      this.#eject(host, "consecutive-gateway-failure", enforcing, now, random);
    }
    if (host.failuresInRow >= policy.consecutive5xx) {
      host.failuresInRow = 0;
      this.#eject(host, "consecutive-5xx", policy.enforcingConsecutive5xx, now, random);
    }
  }

  /** Ends the interval when its time has come: brings hosts back and compares the others. */
  step(now: number, random: () => number): void {
    if (now < this.#intervalEndsAt) return;
    this.#intervalEndsAt = now + this.#policy.intervalMs;
    for (const host of this.#hosts.values()) this.#release(host, now);
    this.#compareSuccessRates(now, random);
    this.#compareFailurePercentages(now, random);
    for (const host of this.#hosts.values()) {
      host.requests = 0;
      host.successes = 0;
    }
  }

  /** An active health check passed: Envoy brings the host back at once. */
  checkPassed(key: string): void {
    const host = this.#hosts.get(key);
    if (host !== undefined && host.ejectedAt !== null) this.#bringBack(host);
  }

  #release(host: HostRecord, now: number): void {
    if (host.ejectedAt === null) {
      host.backOff = Math.max(0, host.backOff - 1);
      return;
    }
    const { baseEjectionMs, maxEjectionMs } = this.#policy;
    const longest = Math.max(baseEjectionMs, maxEjectionMs);
    if (now - host.ejectedAt >= Math.min(baseEjectionMs * host.backOff, longest)) {
      this.#bringBack(host);
    }
  }

  #bringBack(host: HostRecord): void {
    host.ejectedAt = null;
    host.reason = null;
    host.failuresInRow = 0;
    host.gatewayFailuresInRow = 0;
    this.#ejected -= 1;
    this.version += 1;
  }

  #compareSuccessRates(now: number, random: () => number): void {
    const policy = this.#policy;
    const compared = this.#inService(policy.successRateRequestVolume);
    if (compared.length === 0 || compared.length < policy.successRateMinimumHosts) return;
    const rates = compared.map(({ successes, requests }) => (100 * successes) / requests);
    const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
    const variance = rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / rates.length;
    const threshold = mean - (policy.successRateStdevFactor / 1_000) * Math.sqrt(variance);
    compared.forEach((host, index) => {
      if (rates[index]! < threshold) {
        this.#eject(host, "success-rate", policy.enforcingSuccessRate, now, random);
      }
    });
  }

  #compareFailurePercentages(now: number, random: () => number): void {
    const policy = this.#policy;
    const compared = this.#inService(policy.failurePercentageRequestVolume);
    if (compared.length === 0 || compared.length < policy.failurePercentageMinimumHosts) return;
    for (const host of compared) {
      const failed = 100 - (100 * host.successes) / host.requests;
      if (failed >= policy.failurePercentageThreshold) {
        this.#eject(host, "failure-percentage", policy.enforcingFailurePercentage, now, random);
      }
    }
  }

  #inService(volume: number): HostRecord[] {
    return [...this.#hosts.values()].filter(
      ({ ejectedAt, requests }) => ejectedAt === null && requests > 0 && requests >= volume,
    );
  }

  /** One host may always go; more only while fewer than the greatest share are out. */
  #eject(
    host: HostRecord,
    reason: EjectionReason,
    enforcingPercent: number,
    now: number,
    random: () => number,
  ): void {
    if (host.ejectedAt !== null) return;
    const percent = (100 * this.#ejected) / this.#hosts.size;
    if (this.#ejected > 0 && percent >= this.#policy.maxEjectionPercent) return;
    if (random() * 100 >= enforcingPercent) return;
    const { baseEjectionMs, maxEjectionMs } = this.#policy;
    if (baseEjectionMs * host.backOff < Math.max(baseEjectionMs, maxEjectionMs)) host.backOff += 1;
    host.ejectedAt = now;
    host.reason = reason;
    host.ejections += 1;
    this.#ejected += 1;
    this.version += 1;
  }
}

/** Registered instances: renewed by heartbeats and passed checks, expired without either. */
import type { CheckSpec, ServiceInstance } from "../contract.ts";

export interface Registration {
  readonly service: string;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly ttlSeconds: number;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly check: CheckSpec;
}

/** What one check says. */
export type CheckResult = "passing" | "warning" | "critical";

export interface RegisteredInstance extends Registration {
  readonly registeredAt: number;
  expiresAt: number;
  health: ServiceInstance["health"];
  healthSince: number;
  detail: string;
  checkedAt: number | null;
  failures: number;
  successes: number;
  nextCheckAt: number;
  checking: boolean;
}

export class Registry {
  readonly #instances = new Map<string, RegisteredInstance>();

  get size(): number {
    return this.#instances.size;
  }

  all(): RegisteredInstance[] {
    return [...this.#instances.values()];
  }

  get(service: string, id: string): RegisteredInstance | undefined {
    return this.#instances.get(keyOf(service, id));
  }

  /** Takes a new instance in, or the same one anew; what its checks said stays with its address. */
  register(registration: Registration, now: number): RegisteredInstance {
    const before = this.get(registration.service, registration.id);
    const same =
      before !== undefined &&
      before.host === registration.host &&
      before.port === registration.port;
    const instance: RegisteredInstance = {
      ...registration,
      registeredAt: same ? before.registeredAt : now,
      expiresAt: now + registration.ttlSeconds * 1_000,
      health: same ? before.health : "unchecked",
      healthSince: same ? before.healthSince : now,
      detail: same ? before.detail : "Not checked yet.",
      checkedAt: same ? before.checkedAt : null,
      failures: same ? before.failures : 0,
      successes: same ? before.successes : 0,
      nextCheckAt: now,
      checking: false,
    };
    this.#instances.set(keyOf(registration.service, registration.id), instance);
    return instance;
  }

  renew(instance: RegisteredInstance, now: number): void {
    instance.expiresAt = now + instance.ttlSeconds * 1_000;
  }

  deregister(instance: RegisteredInstance): void {
    this.#instances.delete(keyOf(instance.service, instance.id));
  }

  /**
   * By Consul's rules (agent/checks, StatusHandler): so many in a row, before a result is believed; of
   * an instance that was never checked the first failure decides.
   */
  checked(instance: RegisteredInstance, result: CheckResult, detail: string, now: number): void {
    const before = instance.health;
    this.#count(instance, result, detail, now);
    if (instance.health !== before) instance.healthSince = now;
  }

  #count(instance: RegisteredInstance, result: CheckResult, detail: string, now: number): void {
    const { check } = instance;
    instance.checking = false;
    instance.checkedAt = now;
    instance.detail = detail;
    if (result === "critical") {
      instance.failures += 1;
      instance.successes = 0;
      const isEnough = instance.failures >= check.failuresBeforeCritical;
      if (isEnough || instance.health === "unchecked") instance.health = "critical";
      else if (
        instance.health === "passing" &&
        instance.failures >= (check.failuresBeforeWarning ?? Number.POSITIVE_INFINITY)
      ) {
        instance.health = "warning";
      }
      return;
    }
    instance.successes += 1;
    instance.failures = 0;
    if (instance.successes >= check.successesBeforePassing) instance.health = result;
    this.renew(instance, now);
  }

  /** Takes out what has expired and says what has to be checked now. */
  step(now: number): {
    readonly expired: readonly RegisteredInstance[];
    readonly due: readonly RegisteredInstance[];
  } {
    const expired: RegisteredInstance[] = [];
    const due: RegisteredInstance[] = [];
    for (const instance of this.#instances.values()) {
      if (instance.expiresAt <= now) {
        this.deregister(instance);
        expired.push(instance);
      } else if (
        instance.check.kind !== "ttl" &&
        !instance.checking &&
        instance.nextCheckAt <= now
      ) {
        instance.checking = true;
        instance.nextCheckAt = now + instance.check.intervalSeconds * 1_000;
        due.push(instance);
      }
    }
    return { expired, due };
  }

  dueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { expiresAt, checking, nextCheckAt, check } of this.#instances.values()) {
      due = Math.min(due, expiresAt);
      if (!checking && check.kind !== "ttl") due = Math.min(due, nextCheckAt);
    }
    return due;
  }
}

function keyOf(service: string, id: string): string {
  return `${service}/${id}`;
}

/** The host in the one spelling that is called; undefined for any that is not this machine. */
export function loopbackHost(host: string): string | undefined {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
  if (name === "localhost" || name === "::1") return name;
  const octets = name.split(".");
  const isAddress =
    octets.length === 4 &&
    octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) <= 255);
  return isAddress && octets[0] === "127" ? name : undefined;
}

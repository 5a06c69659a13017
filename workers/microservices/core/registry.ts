/** Registered instances: renewed by heartbeats and passed checks, expired without either. */
import type { ServiceInstance } from "../contract.ts";
import { registryLimits } from "../limits.ts";

export interface Registration {
  readonly service: string;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly ttlSeconds: number;
  readonly check: { readonly kind: "tcp" | "http"; readonly path: string };
}

export interface RegisteredInstance extends Registration {
  readonly registeredAt: number;
  expiresAt: number;
  health: ServiceInstance["health"];
  detail: string;
  checkedAt: number | null;
  failures: number;
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
      detail: same ? before.detail : "Not checked yet.",
      checkedAt: same ? before.checkedAt : null,
      failures: same ? before.failures : 0,
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

  /** The first result decides; later only several failures in a row do. */
  checked(instance: RegisteredInstance, ok: boolean, detail: string, now: number): void {
    instance.checking = false;
    instance.checkedAt = now;
    instance.detail = detail;
    instance.failures = ok ? 0 : instance.failures + 1;
    if (ok) {
      instance.health = "passing";
      this.renew(instance, now);
    } else if (
      instance.health === "unchecked" ||
      instance.failures >= registryLimits.checkFailuresMax
    ) {
      instance.health = "failing";
    }
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
      } else if (!instance.checking && instance.nextCheckAt <= now) {
        instance.checking = true;
        instance.nextCheckAt = now + registryLimits.checkIntervalMs;
        due.push(instance);
      }
    }
    return { expired, due };
  }

  dueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const { expiresAt, checking, nextCheckAt } of this.#instances.values()) {
      due = Math.min(due, expiresAt, checking ? expiresAt : nextCheckAt);
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

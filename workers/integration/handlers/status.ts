/** GET /api/distributed/status: each thread's state, and whether it answers. */
import type { SubsystemKit } from "../../service/boot.ts";
import type { platformContract } from "../../service/contract.ts";
import { subsystems, type SubsystemId } from "../../service/contract.ts";
import { componentHealth, verdictOver } from "../core/component-health.ts";
import { statusLimits } from "../limits.ts";
import type { TelemetryStore } from "../telemetry-store.ts";

/** Pings every other thread every two seconds; the answers of the last round are what status shows. */
export class ComponentProbe {
  readonly #kit: SubsystemKit;
  readonly #roundTrips = new Map<SubsystemId, number | null>();
  readonly #timer: NodeJS.Timeout;

  constructor(kit: SubsystemKit) {
    this.#kit = kit;
    this.#timer = setInterval(() => void this.round(), statusLimits.pingIntervalMs);
  }

  async round(): Promise<void> {
    const others = subsystems.filter(({ id }) => id !== this.#kit.setup.id);
    await Promise.all(others.map(({ id }) => this.#ping(id)));
  }

  /** undefined: not tried yet. */
  roundTripMs(id: SubsystemId): number | null | undefined {
    return id === this.#kit.setup.id ? 0 : this.#roundTrips.get(id);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #ping(id: SubsystemId): Promise<void> {
    const began = this.#kit.monotonicMs();
    try {
      const context = { timeoutMs: statusLimits.pingTimeoutMs, untraced: true };
      await this.#kit
        .client<{ platform: typeof platformContract }>(id)
        .platform.health({}, { context });
      this.#roundTrips.set(id, this.#kit.monotonicMs() - began);
    } catch {
      this.#roundTrips.set(id, null);
    }
  }
}

export function createStatus(kit: SubsystemKit, probe: ComponentProbe, store: TelemetryStore) {
  return () => {
    const at = kit.now();
    const { threads, startedAt } = kit.platform.state();
    const components = threads.map((thread) => {
      const roundTripMs = probe.roundTripMs(thread.id);
      return {
        id: thread.id,
        title: thread.title,
        ...componentHealth(thread, roundTripMs),
        state: thread.state,
        port: thread.port,
        uptimeMs: thread.startedAt === null ? null : at - thread.startedAt,
        restarts: thread.restarts,
        roundTripMs: roundTripMs ?? null,
      };
    });
    return {
      ...verdictOver(components),
      at,
      uptimeMs: at - startedAt,
      components,
      telemetry: store.counts(),
    };
  };
}

/** Faults that people inject, each with the end that it was given. */
import type { ActiveFault, Fault } from "../contract-cluster-actions.ts";
import type { ClusterHost } from "./cluster-host.ts";

export class TimedFaults {
  readonly #host: Pick<ClusterHost, "chaos" | "now">;
  readonly #ends = new Map<string, { readonly until: number; readonly timer: NodeJS.Timeout }>();

  constructor(host: Pick<ClusterHost, "chaos" | "now">) {
    this.#host = host;
  }

  active(): ActiveFault[] {
    return this.#host.chaos
      .active()
      .map((fault) => ({ ...fault, until: this.#ends.get(fault.id)?.until ?? null }));
  }

  /** @param forSeconds undefined: until somebody ends it */
  async inject(fault: Fault, forSeconds: number | undefined): Promise<ActiveFault | null> {
    const noted = await this.#host.chaos.inject(fault);
    if (noted === null) return null;
    if (forSeconds === undefined) return { ...noted, until: null };
    const ms = forSeconds * 1_000;
    const timer = setTimeout(() => void this.#end(noted.id), ms);
    timer.unref();
    const until = this.#host.now() + ms;
    this.#ends.set(noted.id, { until, timer });
    return { ...noted, until };
  }

  /** @param id undefined: all of them @returns how many there were */
  async restore(id: string | undefined): Promise<number> {
    const ids = id === undefined ? this.#host.chaos.active().map((fault) => fault.id) : [id];
    let restored = 0;
    for (const each of ids) if (await this.#end(each)) restored += 1;
    return restored;
  }

  close(): void {
    for (const { timer } of this.#ends.values()) clearTimeout(timer);
    this.#ends.clear();
  }

  #end(id: string): Promise<boolean> {
    clearTimeout(this.#ends.get(id)?.timer);
    this.#ends.delete(id);
    return this.#host.chaos.restore(id);
  }
}

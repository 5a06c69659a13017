/** Faults that people put on the traffic of services: slow, failing, cut off. */
import type { ActiveFault, Fault } from "../contract.ts";
import { outside } from "../core/traffic.ts";
import { problem } from "../errors.ts";
import { faultLimits } from "../limits.ts";
import { gatewayNameOf } from "./service-endpoints.ts";

type TrafficFault = Extract<Fault, { kind: "slow" | "fail" | "partition" }>;

/** What becomes of a request: it waits, or is refused. */
export interface Hurt {
  readonly delayMs: number;
  readonly refusal: Error | null;
}

interface Injected {
  readonly fault: TrafficFault;
  readonly service: string;
  /** null: whoever calls. */
  readonly caller: string | null;
}

export class TrafficFaults {
  readonly #random: () => number;
  readonly #faults = new Map<string, Injected>();

  /** `random`: uniform in [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** @throws a problem where it names what no traffic can be told apart by */
  inject(id: string, fault: TrafficFault): Pick<ActiveFault, "subject" | "sentence"> {
    const { namespace, service } = fault.target;
    const from = fault.kind === "partition" ? fault.from : undefined;
    if (service === undefined || from?.pod !== undefined) {
      throw problem(
        "FAULT_UNSUPPORTED",
        "Traffic is hurt service by service; kill the pod instead.",
      );
    }
    if (this.#faults.size >= faultLimits.activeMax) {
      throw problem("FAULTS_FULL", `${this.#faults.size} faults are active already.`);
    }
    const caller = from?.service === undefined ? null : gatewayNameOf(from.namespace, from.service);
    this.#faults.set(id, { fault, service: gatewayNameOf(namespace, service), caller });
    return { subject: `${namespace}/${service}`, sentence: sentenceOf(fault, caller) };
  }

  restore(id: string): boolean {
    return this.#faults.delete(id);
  }

  /** What a request meets on its way; null: nothing. */
  meet(from: string, service: string): Hurt | null {
    if (this.#faults.size === 0) return null;
    let delayMs = 0;
    for (const { fault, service: target, caller } of this.#faults.values()) {
      if (target !== service || (caller !== null && caller !== from)) continue;
      if (fault.kind === "partition") {
        const who = from === outside ? "the gateway" : from;
        const told = `A fault cuts ${who} off from ${service}.`;
        return { delayMs: 0, refusal: problem("FAULT_PARTITION", told) };
      }
      if (this.#random() >= fault.share) continue;
      if (fault.kind === "slow") delayMs += fault.delayMs;
      else {
        const told = `A fault answers for ${service} with ${fault.status}.`;
        const { status } = fault;
        return { delayMs, refusal: Object.assign(problem("FAULT_ABORT", told), { status }) };
      }
    }
    return delayMs === 0 ? null : { delayMs, refusal: null };
  }
}

function sentenceOf(fault: TrafficFault, caller: string | null): string {
  const percent = "share" in fault ? `${Math.round(fault.share * 100)} % of requests` : "";
  if (fault.kind === "slow") return `${percent} wait ${fault.delayMs} ms longer`;
  if (fault.kind === "fail") return `${percent} are refused in its place`;
  return caller === null ? "Nobody reaches it" : `${caller} does not reach it`;
}

/** Whether every single fault of a circuit is corrected: fault tolerance shown by trying them all. */
import type { Decoder } from "../decoders/decoder.ts";
import { eachFault, type Fault } from "../frames/analyse.ts";
import type { Plan } from "../frames/plan.ts";

export interface FaultInjection {
  /** Single faults that were tried; those that flip nothing are not counted. */
  readonly faults: number;
  /** Those that end with a wrong observable. */
  readonly uncorrected: readonly Fault[];
}

/** At most `listedMax` of the uncorrected are kept, in the order of the circuit from its end. */
export function injectFaults(plan: Plan, decoder: Decoder, listedMax = 100): FaultInjection {
  let faults = 0;
  const uncorrected: Fault[] = [];
  const answers = new Map<string, number>();
  eachFault(plan, (fault) => {
    faults++;
    const key = fault.detectors.join();
    const answer = answers.get(key) ?? decoder.decode(fault.detectors);
    answers.set(key, answer);
    if (answer !== fault.observables && uncorrected.length < listedMax) uncorrected.push(fault);
  });
  return { faults, uncorrected };
}

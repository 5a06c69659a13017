/** Long computations, one after the other, a few milliseconds at a time. */
import { problem } from "../../service/errors.ts";
import { forecastLimits } from "../limits.ts";
import type { AnalyticsHost } from "./host.ts";

export class SlicedWork {
  readonly #host: AnalyticsHost;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: AnalyticsHost) {
    this.#host = host;
  }

  /**
   * Runs a generator to its end when those before it are done; `ms` counts its own time alone.
   * Rejects with the signal's reason when it is aborted.
   * @throws OVERLOADED when too many wait
   */
  run<Result>(
    steps: () => Generator<unknown, Result>,
    signal: AbortSignal | undefined,
  ): Promise<{ result: Result; ms: number }> {
    if (this.#waiting >= forecastLimits.queueMax) {
      throw problem("OVERLOADED", `${this.#waiting} computations wait for their turn already.`);
    }
    this.#waiting += 1;
    const done = this.#last.then(() => this.#toEnd(steps(), signal));
    this.#last = done
      .catch(() => {})
      .then(() => {
        this.#waiting -= 1;
      });
    return done;
  }

  async #toEnd<Result>(steps: Generator<unknown, Result>, signal: AbortSignal | undefined) {
    for (let ms = 0; ; await this.#host.breathe()) {
      signal?.throwIfAborted();
      const began = this.#host.monotonicMs();
      for (;;) {
        const step = steps.next();
        const elapsed = this.#host.monotonicMs() - began;
        if (step.done === true) return { result: step.value, ms: ms + elapsed };
        if (elapsed < forecastLimits.sliceMs) continue;
        ms += elapsed;
        break;
      }
    }
  }
}

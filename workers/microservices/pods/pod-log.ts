/** The last lines that a pod wrote; older ones are dropped and counted. */
import { clusterLimits } from "../limits.ts";

export interface LogLine {
  readonly at: number;
  readonly text: string;
}

export class PodLog {
  readonly #lines: LogLine[] = [];
  #dropped = 0;

  get dropped(): number {
    return this.#dropped;
  }

  write(at: number, text: string): void {
    this.#lines.push({ at, text: text.slice(0, clusterLimits.logLineLengthMax) });
    if (this.#lines.length <= clusterLimits.logLinesPerPodMax) return;
    this.#lines.shift();
    this.#dropped += 1;
  }

  tail(count: number): LogLine[] {
    return this.#lines.slice(-count);
  }
}

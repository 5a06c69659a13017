/** What the whole process uses: memory and CPU since the last sample. */
import { availableParallelism, release, type } from "node:os";
import type { PlatformState } from "../workers/service/contract.ts";

export class ProcessVitals {
  #cpuMs = cpuMs();
  #atMs = performance.now();
  #fraction = 0;
  #residentBytes = process.memoryUsage.rss();

  /** Once a second: the fraction is of the time since the last call. */
  sample(): void {
    const [cpu, at] = [cpuMs(), performance.now()];
    if (at > this.#atMs) this.#fraction = (cpu - this.#cpuMs) / (at - this.#atMs);
    this.#cpuMs = cpu;
    this.#atMs = at;
    this.#residentBytes = process.memoryUsage.rss();
  }

  snapshot(): PlatformState["process"] {
    return {
      pid: process.pid,
      node: process.version,
      os: `${type()} ${release()}`,
      cores: availableParallelism(),
      residentBytes: this.#residentBytes,
      cpuFraction: this.#fraction,
    };
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

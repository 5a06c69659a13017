/** New log records as a stream: batches as they are stored, conflated for slow readers. */
import { setTimeout as sleep } from "node:timers/promises";
import type { DatabaseSync } from "node:sqlite";
import type { z } from "zod";
import type { logsWatchInputSchema } from "../contract.ts";
import { logWatchLimits } from "../limits.ts";
import { listLogs } from "../telemetry-queries.ts";

type LogPage = ReturnType<typeof listLogs>["logs"];

export class LogWatch {
  readonly #database: DatabaseSync;
  readonly #waiting = new Set<() => void>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** To be called when records have been stored. */
  wake(): void {
    for (const resume of this.#waiting) resume();
  }

  async *watch(
    filter: z.output<typeof logsWatchInputSchema>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ logs: LogPage; newest: number; skipped: boolean }> {
    let newest = this.#newest();
    yield { logs: [], newest, skipped: false };
    for (;;) {
      if (signal?.aborted === true) return;
      const until = this.#newest();
      if (until === newest) {
        await this.#wakened(signal);
        continue;
      }
      const page = listLogs(this.#database, {
        ...filter,
        after: newest,
        limit: logWatchLimits.batchMax,
      });
      newest = until;
      if (page.logs.length > 0) yield { logs: page.logs, newest, skipped: page.next !== null };
      await sleep(logWatchLimits.intervalMs);
    }
  }

  #newest(): number {
    const row = this.#database.prepare("SELECT max(id) AS id FROM logs").get();
    return Number(row?.["id"] ?? 0);
  }

  #wakened(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        this.#waiting.delete(resume);
        signal?.removeEventListener("abort", resume);
        resolve();
      };
      this.#waiting.add(resume);
      signal?.addEventListener("abort", resume, { once: true });
    });
  }
}

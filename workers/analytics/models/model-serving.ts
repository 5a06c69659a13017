/** The registry, its files and its threads together, as the thread holds them. */
import type { SubsystemKit } from "../../service/boot.ts";
import { childThread } from "../../service/child-thread.ts";
import { logUnexpected } from "../../service/boot.ts";
import { openModelFiles } from "./model-files.ts";
import { ModelServer } from "./model-server.ts";
import { registryLimits } from "./models-limits.ts";
import { ModelRegistry } from "./registry.ts";
import { RegistryTable, type VersionRow } from "./registry-table.ts";
import { Uploads } from "./uploads.ts";

export class ModelServing {
  readonly registry: ModelRegistry;
  readonly server: ModelServer;
  readonly uploads: Uploads;
  /** Whether it is all there after the end. */
  readonly persistent: boolean;
  readonly #purging: NodeJS.Timeout;

  /** @throws StartError when the database cannot be used */
  constructor(kit: Pick<SubsystemKit, "setup" | "now" | "monotonicMs" | "metrics" | "log">) {
    const { setup, now, monotonicMs, metrics, log } = kit;
    const host = {
      now,
      monotonicMs,
      chance: () => Math.random(),
      after: (ms: number, act: () => void) => {
        const timer = setTimeout(act, ms);
        return () => clearTimeout(timer);
      },
    };
    this.persistent = setup.home !== null;
    const server = new ModelServer(
      childThread("analytics", "models/model-thread"),
      host,
      metrics.meter,
    );
    this.server = server;
    this.registry = new ModelRegistry(
      new RegistryTable(setup.home, now()),
      openModelFiles(setup.home),
      { now, inspect: (bytes) => server.inspect(bytes) },
    );
    server.serve(this.registry);
    this.uploads = new Uploads(now);
    this.#purging = setInterval(() => {
      this.registry.purge().catch((error: unknown) => logUnexpected(log, error, "models.purge"));
    }, registryLimits.purgeIntervalMs).unref();
  }

  /** Serves a version, when it has run once. @throws MODEL_FILE_LOST, MODEL_BUSY, MODEL_FAILED */
  async load(row: VersionRow): Promise<VersionRow> {
    await this.server.warmUp(row);
    return this.registry.changeVersion(row.model, row.version, { loaded: true });
  }

  unload(row: VersionRow): VersionRow {
    return this.registry.changeVersion(row.model, row.version, { loaded: false });
  }

  async close(): Promise<void> {
    clearInterval(this.#purging);
    await this.server.close();
    this.registry.close();
  }
}

/** Runs versions of the registry on tensors, in threads of their own. */
import type { Meter } from "@opentelemetry/api";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import { chooseVersion } from "../core/serving/alias-target.ts";
import { compareRows } from "../core/serving/shadow-comparison.ts";
import { analyticsProblem } from "../errors.ts";
import { type BatchedResult, Batcher, type BatchHost } from "./batcher.ts";
import type {
  Inspection,
  ModelAnswer,
  ModelOrder,
  RunResult,
  TensorValue,
} from "./model-orders.ts";
import { servingLimits } from "./models-limits.ts";
import type { ModelRegistry } from "./registry.ts";
import type { Resolved } from "./registry-rules.ts";
import type { AliasRow, VersionRow } from "./registry-table.ts";
import { ServedVersion } from "./served-version.ts";
import { checkInputs, type GivenTensor } from "./tensor-data.ts";

export interface ServerHost extends BatchHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Evenly from 0 to 1, without 1. */
  chance(): number;
}

export interface Inference extends BatchedResult {
  readonly row: VersionRow;
  readonly totalMs: number;
}

/** Bounds of request durations in seconds. */
const durationBounds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
];

export class ModelServer {
  readonly #host: ServerHost;
  readonly #threads: JobThreads<ModelOrder, ModelAnswer>;
  readonly #inspectors: JobThreads<ModelOrder, ModelAnswer>;
  /** The one that was used last is the last. */
  readonly #served = new Map<string, ServedVersion>();
  readonly #requests;
  readonly #durations;
  #registry: ModelRegistry | null = null;

  constructor(entry: URL, host: ServerHost, meter: Meter) {
    this.#host = host;
    this.#threads = new JobThreads(
      entry,
      {
        threadsMax: servingLimits.threadsMax,
        queueLengthMax: servingLimits.batchesWaitingMax,
        durationMsMax: servingLimits.runMsMax,
        idleMs: servingLimits.idleMs,
      },
      (sha256) => this.#fileOf(String(sha256)),
    );
    this.#inspectors = new JobThreads(entry, {
      threadsMax: 1,
      queueLengthMax: servingLimits.inspectionsWaitingMax,
      durationMsMax: servingLimits.inspectionMsMax,
      idleMs: 10_000,
    });
    this.#requests = meter.createCounter("model.requests", {
      description: "Requests to served models, by outcome",
    });
    this.#durations = meter.createHistogram("model.request.duration.seconds", {
      unit: "s",
      description: "From the arrival of a request to a model to its answer",
      advice: { explicitBucketBoundaries: durationBounds },
    });
  }

  /** Whose versions it serves; the registry in turn has files inspected here. */
  serve(registry: ModelRegistry): void {
    this.#registry = registry;
  }

  get threads(): { readonly running: number; readonly waiting: number; readonly max: number } {
    const { running, waiting } = this.#threads;
    return { running, waiting, max: servingLimits.threadsMax };
  }

  /** Reads and tries a file in a thread of its own. @throws MODEL_REFUSED, MODEL_BUSY */
  async inspect(bytes: Uint8Array): Promise<Inspection> {
    try {
      return (await this.#inspectors.run({ kind: "inspect", bytes })) as Inspection;
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw analyticsProblem("MODEL_BUSY", error.message);
      const detail =
        error.reason === "overran"
          ? `Trying it out did not end within ${servingLimits.inspectionMsMax / 1_000} s.`
          : error.message;
      throw analyticsProblem("MODEL_REFUSED", detail);
    }
  }

  /**
   * @param ref a version or an alias; the champion, or else the newest version, when left out
   * @throws MODEL_UNKNOWN, MODEL_VERSION_UNKNOWN, MODEL_UNLOADED, MODEL_INPUT_INVALID, MODEL_BUSY,
   * MODEL_TIMEOUT, MODEL_FAILED
   */
  async infer(
    name: string,
    ref: string | undefined,
    given: readonly GivenTensor[],
    signal?: AbortSignal,
  ): Promise<Inference> {
    const resolved = this.#resolve(name, ref);
    const { row, alias } = resolved;
    if (!row.loaded) {
      const detail = `Version ${row.version} of "${name}" is not loaded.`;
      throw analyticsProblem("MODEL_UNLOADED", detail);
    }
    const inputs = checkInputs(row.inspection.inputs, given);
    const result = await this.#timed(row, inputs, signal);
    if (alias !== null) void this.#copyToShadow(alias, row, inputs, result);
    return { ...result, row };
  }

  /** Runs it once, so that the first request finds it open. @throws as `infer` */
  async warmUp(row: VersionRow): Promise<void> {
    const inputs = row.inspection.inputs.map(({ name, type, shape }): TensorValue => {
      const sized = shape.map((size) => (typeof size === "number" ? size : 1));
      const values = new Float64Array(sized.reduce((product, size) => product * size, 1));
      return { name, type, shape: sized, values };
    });
    try {
      await this.#run(row, inputs);
    } catch (error) {
      // Sizes of 1 need not fit where the file leaves them open: it is read and open all the same.
      if (!(error instanceof JobError && error.reason === "failed")) throw asProblem(error);
    }
  }

  /** Null where nothing was asked of it since the start. */
  known({ model, version }: VersionRow): ServedVersion | null {
    return this.#served.get(`${model}@${version}`) ?? null;
  }

  served(row: VersionRow): ServedVersion {
    const key = `${row.model}@${row.version}`;
    const known = this.#served.get(key);
    if (known !== undefined) {
      this.#served.delete(key);
      this.#served.set(key, known);
      return known;
    }
    if (this.#served.size >= servingLimits.servedMax) {
      this.#served.delete(this.#served.keys().next().value!);
    }
    const batcher = new Batcher(
      (inputs) => this.#run(row, inputs),
      this.#host,
      servingLimits,
      row.inspection.batching.allowed,
    );
    const served = new ServedVersion(batcher, this.#registry!.reference(row));
    this.#served.set(key, served);
    return served;
  }

  async close(): Promise<void> {
    for (const { batcher } of this.#served.values()) {
      batcher.close(analyticsProblem("MODEL_BUSY", "The thread is ending."));
    }
    await Promise.all([this.#threads.close(), this.#inspectors.close()]);
  }

  #resolve(name: string, ref: string | undefined): Resolved {
    return this.#registry!.resolve(name, ref, (targets) =>
      chooseVersion(targets, this.#host.chance()),
    );
  }

  async #timed(
    row: VersionRow,
    inputs: readonly TensorValue[],
    signal: AbortSignal | undefined,
  ): Promise<BatchedResult & { totalMs: number }> {
    const served = this.served(row);
    const labels = { model: row.model, version: row.version };
    const began = this.#host.monotonicMs();
    try {
      const result = await served.batcher.submit(inputs, signal);
      const totalMs = this.#host.monotonicMs() - began;
      const learned = served.answered(inputs, result, totalMs, this.#host.now());
      if (learned !== null) this.#registry!.saveReference(row, learned, "first requests");
      this.#requests.add(1, { ...labels, outcome: "ok" });
      this.#durations.record(totalMs / 1_000, labels);
      return { ...result, totalMs };
    } catch (error) {
      const known = signal?.aborted === true ? error : asProblem(error);
      const code = (known as { code?: unknown }).code;
      const isRefusal = code === "MODEL_BUSY" || code === "MODEL_TIMEOUT";
      served.failed(isRefusal);
      this.#requests.add(1, { ...labels, outcome: isRefusal ? "refused" : "failed" });
      throw known;
    }
  }

  /** A copy that the caller does not wait for; left out when the threads have enough to do. */
  async #copyToShadow(
    { alias, model, shadow }: AliasRow,
    row: VersionRow,
    inputs: readonly TensorValue[],
    own: BatchedResult & { totalMs: number },
  ): Promise<void> {
    if (shadow === null || shadow === row.version) return;
    const record = this.served(row).shadow(alias, shadow);
    if (this.#threads.waiting > 0) return record.skipped();
    try {
      const { row: other } = this.#resolve(model, String(shadow));
      const began = this.#host.monotonicMs();
      const { outputs } = await this.served(other).batcher.submit(inputs);
      const shadowMs = this.#host.monotonicMs() - began;
      const pairs = own.outputs.map((each) => [each, outputs.find((o) => o.name === each.name)]);
      const compared = pairs.flatMap(([a, b]) =>
        a === undefined || b === undefined ? [] : [compareRows(a, b)],
      );
      const least = compared.toSorted((a, b) => a.agreeing - b.agreeing)[0];
      if (least === undefined) return record.failed();
      record.add(least, own.totalMs, shadowMs);
    } catch {
      record.failed();
    }
  }

  async #run(row: VersionRow, inputs: readonly TensorValue[]): Promise<RunResult> {
    const order: ModelOrder = {
      kind: "run",
      sha256: row.sha256,
      inputs,
      keep: this.#registry!.loadedFiles,
    };
    return (await this.#threads.run(order)) as RunResult;
  }

  #fileOf(sha256: string): Promise<Uint8Array> {
    const registry = this.#registry!;
    const rows = registry.models().flatMap(({ name }) => registry.versions(name));
    const row = rows.find((each) => each.sha256 === sha256);
    if (row === undefined) {
      throw analyticsProblem("MODEL_VERSION_UNKNOWN", "The version was deleted meanwhile.");
    }
    return registry.file(row);
  }
}

/** What became of a run, in the words of the API. */
function asProblem(error: unknown): unknown {
  if (!(error instanceof JobError)) return error;
  if (error.reason === "busy") return analyticsProblem("MODEL_BUSY", error.message);
  if (error.reason === "overran") return analyticsProblem("MODEL_TIMEOUT", error.message);
  return error.reason === "failed"
    ? analyticsProblem("MODEL_INPUT_INVALID", error.message)
    : analyticsProblem("MODEL_FAILED", error.message);
}

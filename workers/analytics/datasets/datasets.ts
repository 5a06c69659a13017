/** Tables that can be learned from: those that came with the platform and those that people bring. */
import { randomUUID } from "node:crypto";
import { JobError, type JobThreads } from "../../service/job-threads.ts";
import type {
  TableSource,
  ThreadOrder,
  ThreadOutcome,
  ThreadProgress,
} from "../automl/thread-orders.ts";
import type { DatasetDetails, DatasetRecord } from "../contract-datasets.ts";
import type { TableFormat } from "../core/tables/read-table.ts";
import { analyticsProblem } from "../errors.ts";
import { datasetLimits } from "./dataset-limits.ts";
import type { LearningStore } from "./learning-store.ts";
import { sampleTables } from "./sample-tables.ts";

export type TableThreads = JobThreads<ThreadOrder, ThreadOutcome, ThreadProgress>;

interface Upload {
  readonly name: string;
  readonly format: TableFormat;
  readonly bytes: Uint8Array;
  received: number;
  touchedMs: number;
}

interface Clock {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

interface Sample {
  readonly details: DatasetDetails;
  readonly bytes: Uint8Array;
}

/** What a thread answered. @throws DATASET_REFUSED, TABLES_BUSY */
export async function answerOf<Kind extends ThreadOutcome["kind"]>(
  kind: Kind,
  running: Promise<ThreadOutcome>,
): Promise<Extract<ThreadOutcome, { kind: Kind }>> {
  let outcome: ThreadOutcome;
  try {
    outcome = await running;
  } catch (error) {
    if (error instanceof JobError && (error.reason === "busy" || error.reason === "overran")) {
      throw analyticsProblem("TABLES_BUSY", error.message);
    }
    throw error;
  }
  if (outcome.kind === "refused") throw analyticsProblem("DATASET_REFUSED", outcome.message);
  if (outcome.kind !== kind) throw new Error(`${kind} was asked for, ${outcome.kind} came`);
  return outcome as Extract<ThreadOutcome, { kind: Kind }>;
}

export class Datasets {
  readonly #store: LearningStore;
  readonly #threads: TableThreads;
  readonly #clock: Clock;
  readonly #uploads = new Map<string, Upload>();
  #samples: Promise<ReadonlyMap<string, Sample>> | null = null;

  constructor(store: LearningStore, threads: TableThreads, clock: Clock) {
    this.#store = store;
    this.#threads = threads;
    this.#clock = clock;
  }

  async list() {
    const samples = [...(await this.#sampled()).values()].map(({ details }) => recordOf(details));
    return {
      datasets: [...this.#store.records(), ...samples],
      bytesKept: this.#store.bytesKept,
      bytesMax: this.#store.bytesMax,
    };
  }

  /** @throws DATASET_UNKNOWN */
  async get(id: string): Promise<DatasetDetails> {
    const sample = id.startsWith("sample-") ? (await this.#sampled()).get(id)?.details : null;
    const details = sample ?? this.#store.details(id);
    if (details === null) throw unknown(id);
    return details;
  }

  /** What a thread needs to know it by. @throws DATASET_UNKNOWN */
  async source(id: string): Promise<TableSource> {
    const { format } = await this.get(id);
    return { id, format, bytes: null };
  }

  /** @throws DATASET_UNKNOWN */
  async bytesOf(id: string): Promise<Uint8Array> {
    const sample = id.startsWith("sample-") ? (await this.#sampled()).get(id)?.bytes : null;
    const bytes = sample ?? this.#store.bytes(id);
    if (bytes === null) throw unknown(id);
    return bytes;
  }

  async rows(id: string, offset: number, limit: number) {
    const table = await this.source(id);
    const order = { kind: "page", table, offset, limit } as const;
    const { names, rows, total, csv } = await answerOf("page", this.#threads.run(order));
    return { names: [...names], offset, total, rows: rows.map((row) => [...row]), csv };
  }

  /** @throws DATASET_REFUSED naming line, row or column; DATASET_TOO_LARGE; DATASETS_FULL */
  async create(name: string, format: TableFormat, bytes: Uint8Array): Promise<DatasetDetails> {
    if (bytes.length > datasetLimits.bytesMax) throw tooLarge(bytes.length);
    const id = `table-${randomUUID()}`;
    const about = { id, name, format, createdAt: this.#clock.now(), source: null };
    const details = await this.#described({ ...about, suggestedTarget: null }, bytes);
    this.#store.insert(details, bytes, this.#clock.now());
    return details;
  }

  /** @throws DATASET_TOO_LARGE, UPLOADS_BUSY */
  begin(name: string, format: TableFormat, size: number) {
    if (size > datasetLimits.bytesMax) throw tooLarge(size);
    this.#forgetIdle();
    if (this.#uploads.size >= datasetLimits.uploadsMax) {
      throw analyticsProblem("UPLOADS_BUSY", `${this.#uploads.size} uploads are under way.`);
    }
    const id = `upload-${randomUUID()}`;
    const touchedMs = this.#clock.monotonicMs();
    this.#uploads.set(id, { name, format, bytes: new Uint8Array(size), received: 0, touchedMs });
    return { upload: id, received: 0, bytes: size };
  }

  /** @throws UPLOAD_UNKNOWN, UPLOAD_OUT_OF_STEP */
  piece(id: string, offset: number, piece: Uint8Array) {
    const upload = this.#upload(id);
    if (offset !== upload.received || offset + piece.length > upload.bytes.length) {
      throw analyticsProblem(
        "UPLOAD_OUT_OF_STEP",
        `A piece of ${piece.length} bytes for ${offset} came; ${upload.received} of ${upload.bytes.length} bytes are there.`,
      );
    }
    upload.bytes.set(piece, offset);
    upload.received += piece.length;
    upload.touchedMs = this.#clock.monotonicMs();
    return { upload: id, received: upload.received, bytes: upload.bytes.length };
  }

  /** @throws UPLOAD_UNKNOWN, UPLOAD_OUT_OF_STEP and what `create` throws */
  async finish(id: string): Promise<DatasetDetails> {
    const { name, format, bytes, received } = this.#upload(id);
    if (received < bytes.length) {
      throw analyticsProblem(
        "UPLOAD_OUT_OF_STEP",
        `${received} of ${bytes.length} bytes are there.`,
      );
    }
    this.#uploads.delete(id);
    return this.create(name, format, bytes);
  }

  /** @throws DATASET_UNKNOWN, DATASET_FIXED */
  async remove(id: string): Promise<DatasetRecord> {
    const details = await this.get(id);
    if (id.startsWith("sample-")) {
      throw analyticsProblem("DATASET_FIXED", `${id} came with the platform.`);
    }
    this.#store.remove(id, this.#clock.now());
    return recordOf(details);
  }

  /** @throws DATASET_UNKNOWN */
  async restore(id: string): Promise<DatasetRecord> {
    if (!this.#store.restore(id)) throw unknown(id);
    return recordOf(await this.get(id));
  }

  #sampled(): Promise<ReadonlyMap<string, Sample>> {
    this.#samples ??= this.#readSamples().catch((error: unknown) => {
      this.#samples = null;
      throw error;
    });
    return this.#samples;
  }

  async #readSamples(): Promise<ReadonlyMap<string, Sample>> {
    const samples = new Map<string, Sample>();
    for (const { id, title, source, target, bytes } of await sampleTables()) {
      const about = { id, name: title, format: "json", createdAt: null, source } as const;
      // oxlint-disable-next-line no-await-in-loop -- one thread reads them in turn
      const details = await this.#described({ ...about, suggestedTarget: target }, bytes);
      samples.set(id, { details, bytes });
    }
    return samples;
  }

  async #described(
    about: Pick<
      DatasetDetails,
      "id" | "name" | "format" | "createdAt" | "source" | "suggestedTarget"
    >,
    bytes: Uint8Array,
  ): Promise<DatasetDetails> {
    const table = { id: about.id, format: about.format, bytes };
    const { rows, columns, warnings } = await answerOf(
      "described",
      this.#threads.run({ kind: "describe", table }),
    );
    const statistics = columns.map((column) => ({
      ...column,
      histogram: [...column.histogram],
      levels: [...column.levels],
    }));
    const size = { bytes: bytes.length, rows, columns: columns.length };
    return { ...about, ...size, statistics, warnings: [...warnings] };
  }

  #upload(id: string): Upload {
    this.#forgetIdle();
    const upload = this.#uploads.get(id);
    if (upload === undefined) {
      throw analyticsProblem("UPLOAD_UNKNOWN", `There is no upload ${id}.`);
    }
    return upload;
  }

  #forgetIdle(): void {
    const oldest = this.#clock.monotonicMs() - datasetLimits.uploadIdleMs;
    for (const [id, { touchedMs }] of this.#uploads) {
      if (touchedMs < oldest) this.#uploads.delete(id);
    }
  }
}

function recordOf(details: DatasetDetails): DatasetRecord {
  const { statistics: _statistics, warnings: _warnings, ...record } = details;
  return record;
}

function unknown(id: string) {
  return analyticsProblem("DATASET_UNKNOWN", `There is no table ${id}.`);
}

export function tooLarge(bytes: number) {
  return analyticsProblem(
    "DATASET_TOO_LARGE",
    `The table has ${bytes} bytes or more; ${datasetLimits.bytesMax} are accepted.`,
  );
}

/** Labels of anomalies in SQLite, so that what was learnt of a series survives the thread. */
import type { DatabaseSync } from "node:sqlite";
import { openDatabase } from "../service/database.ts";
import type { Opinion } from "./contract.ts";
import type { Labelled } from "./core/anomaly/feedback.ts";
import { feedbackLimits } from "./core/anomaly/limits.ts";

const schema = `
  CREATE TABLE labels (
    series TEXT NOT NULL, since REAL NOT NULL, title TEXT NOT NULL, strength REAL NOT NULL,
    verdict TEXT NOT NULL, note TEXT NOT NULL, at REAL NOT NULL, opinions TEXT NOT NULL,
    PRIMARY KEY (series, since)
  ) STRICT;
  CREATE TABLE resets (series TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
`;

export interface StoredLabel extends Labelled {
  readonly series: string;
  /** When the anomaly began; with the series it names the anomaly, also after a restart. */
  readonly since: number;
  readonly title: string;
  readonly note: string;
  readonly at: number;
  readonly opinions: readonly Opinion[];
}

export function openFeedbackDatabase(home: string | null, nowMs: number): DatabaseSync {
  const definition = {
    fileName: "anomaly-feedback.db",
    title: "labels of anomalies",
    schemaVersion: 1,
    schema,
    synchronous: "FULL",
  } as const;
  return openDatabase(definition, home, nowMs);
}

export class FeedbackStore {
  readonly #database: DatabaseSync;
  /** All of them: they are few, and asked for with every list of anomalies. */
  readonly #labels = new Map<string, StoredLabel>();
  readonly #resets = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    for (const row of database.prepare("SELECT * FROM labels ORDER BY at").all()) {
      const label = { ...row, opinions: JSON.parse(String(row["opinions"])) as Opinion[] };
      this.#keep(label as unknown as StoredLabel);
    }
    for (const { series, at } of database.prepare("SELECT * FROM resets").all()) {
      this.#resets.set(String(series), Number(at));
    }
  }

  /** Oldest first. */
  get labels(): readonly StoredLabel[] {
    return [...this.#labels.values()];
  }

  find(series: string, since: number): StoredLabel | null {
    return this.#labels.get(keyOf(series, since)) ?? null;
  }

  put(label: StoredLabel): void {
    const { series, since, title, strength, verdict, note, at, opinions } = label;
    this.#database
      .prepare("INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(series, since, title, strength, verdict, note, at, JSON.stringify(opinions));
    this.#labels.delete(keyOf(series, since));
    this.#keep(label);
    for (const oldest of this.#labels.values()) {
      if (this.#labels.size <= feedbackLimits.labelsMax) break;
      this.remove(oldest.series, oldest.since);
    }
  }

  remove(series: string, since: number): void {
    this.#database.prepare("DELETE FROM labels WHERE series = ? AND since = ?").run(series, since);
    this.#labels.delete(keyOf(series, since));
  }

  /** Labels of the series from before now count no more. */
  reset(series: string, at: number): void {
    this.#database.prepare("INSERT OR REPLACE INTO resets VALUES (?, ?)").run(series, at);
    this.#resets.set(series, at);
  }

  counts({ series, at }: StoredLabel): boolean {
    return at > (this.#resets.get(series) ?? -Infinity);
  }

  close(): void {
    this.#database.close();
  }

  #keep(label: StoredLabel): void {
    this.#labels.set(keyOf(label.series, label.since), label);
  }
}

function keyOf(series: string, since: number): string {
  return `${series} ${since}`;
}

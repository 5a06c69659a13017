import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SpanRecord } from "../service/records.ts";
import { StartError } from "../service/thread-failure.ts";
import { openTelemetryDatabase } from "./telemetry-database.ts";
import { traceSpans } from "./telemetry-queries.ts";
import { TelemetryStore } from "./telemetry-store.ts";

const now = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const stamp = "2026-01-02T03-04-05-678Z";
let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "telemetry-"));
  file = join(home, "telemetry.db");
});
afterEach(() => rmSync(home, { recursive: true }));

const span = (n: number): SpanRecord => ({
  traceId: n.toString(16).padStart(32, "0"),
  spanId: n.toString(16).padStart(16, "0"),
  parentSpanId: null,
  subsystem: "quantum",
  name: "a name that fills the pages of the table somewhat faster",
  kind: "internal",
  startTimeMs: n + 0.25,
  durationMs: 1.5,
  status: "ok",
  statusMessage: null,
  attributes: { n, text: "x".repeat(200), flag: true },
});

function filled(count = 500): void {
  const store = new TelemetryStore(openTelemetryDatabase(home, now));
  store.add(
    Array.from({ length: count }, (_, n) => span(n)),
    [],
    0,
  );
  store.close();
}

function refusal(): StartError {
  try {
    openTelemetryDatabase(home, now).close();
  } catch (error) {
    if (error instanceof StartError) return error;
    throw error;
  }
  throw new Error("The database opened.");
}

const isSentence = /^The telemetry database .*\.$/;

describe("a database that is sound", () => {
  it("is made where there is none, the folder with it", () => {
    const deeper = join(home, "not/yet");
    openTelemetryDatabase(deeper, now).close();
    expect(readdirSync(deeper)).toEqual(["telemetry.db"]);
  });

  it("keeps what was written over a restart, each value as it was", () => {
    filled();
    const database = openTelemetryDatabase(home, now);
    expect(new TelemetryStore(database).counts()).toMatchObject({ spans: 500, logs: 0 });
    expect(traceSpans(database, span(7).traceId)).toEqual([span(7)]);
    database.close();
  });

  it("survives a process that ended without closing it", () => {
    filled();
    // The files as they lie while a writer is at work, write-ahead log included.
    const writer = new TelemetryStore(openTelemetryDatabase(home, now));
    writer.add([span(9_999)], [], 0);
    const crashed = mkdtempSync(join(tmpdir(), "telemetry-crashed-"));
    for (const name of readdirSync(home)) copyFileSync(join(home, name), join(crashed, name));
    writer.close();
    const database = openTelemetryDatabase(crashed, now);
    expect(traceSpans(database, span(9_999).traceId)).toEqual([span(9_999)]);
    database.close();
    rmSync(crashed, { recursive: true });
  });

  it("in memory leaves nothing behind", () => {
    const database = openTelemetryDatabase(null, now);
    expect(new TelemetryStore(database).counts().spans).toBe(0);
    database.close();
    expect(readdirSync(home)).toEqual([]);
  });
});

describe("a database of a newer version", () => {
  it("is refused with a sentence and left as it is", () => {
    filled(3);
    const newer = new DatabaseSync(file);
    newer.exec("PRAGMA user_version = 2");
    newer.close();
    const before = readFileSync(file);
    const error = refusal();
    expect(error.code).toBe("DATABASE_NEWER");
    expect(error.message).toMatch(isSentence);
    expect(error.message).toContain("schema 2");
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

describe("a damaged database", () => {
  const aside = () => `${file}.damaged-${stamp}`;
  const damages: [string, () => void][] = [
    ["a file of something else", () => writeFileSync(file, "this is no database\n".repeat(1_000))],
    [
      "a real one whose pages were overwritten",
      () => {
        filled();
        const bytes = readFileSync(file);
        bytes.fill(0xa5, 4_096 * 2, 4_096 * 12);
        writeFileSync(file, bytes);
      },
    ],
    [
      "a real one that was cut short",
      () => {
        filled();
        truncateSync(file, 4_096 * 5);
      },
    ],
    [
      "a real one without its first page",
      () => {
        filled();
        const bytes = readFileSync(file);
        bytes.fill(0, 0, 4_096);
        writeFileSync(file, bytes);
      },
    ],
  ];

  it.each(damages)("%s is moved aside whole, with a sentence that says where", (_title, damage) => {
    damage();
    const bytes = readFileSync(file);
    const error = refusal();
    expect(error.code).toBe("DATABASE_DAMAGED");
    expect(error.message).toMatch(isSentence);
    expect(error.message).toContain(`It was moved to ${aside()}; start again`);
    expect(error.message).not.toMatch(/\n|\bat .*\.ts/);
    expect(readFileSync(aside()).equals(bytes)).toBe(true);
    expect(
      readdirSync(home).filter(
        (name) => name.startsWith("telemetry.db") && !name.includes("damaged"),
      ),
    ).toEqual([]);
  });

  it("the next start begins with an empty one, and the damaged one stays", () => {
    writeFileSync(file, "garbage ".repeat(1_000));
    refusal();
    const database = openTelemetryDatabase(home, now);
    expect(new TelemetryStore(database).counts().spans).toBe(0);
    database.close();
    expect(readdirSync(home).toSorted()).toEqual(["telemetry.db", `telemetry.db.damaged-${stamp}`]);
  });
});

describe("a database that cannot be used", () => {
  it("a folder in its place: one sentence, and nothing is moved", () => {
    const blocked = join(home, "file");
    writeFileSync(blocked, "");
    expect(() => openTelemetryDatabase(join(blocked, "home"), now)).toThrow(
      expect.objectContaining({
        code: "DATABASE_UNUSABLE",
        message: expect.stringMatching(isSentence) as string,
      }),
    );
    expect(readdirSync(home)).toEqual(["file"]);
  });
});

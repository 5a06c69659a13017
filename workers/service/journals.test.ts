import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Journal, Journals, type RecordWrite } from "./journals.ts";

interface HardState {
  readonly kind: "hard-state";
  readonly term: number;
  readonly votedFor: number | null;
}

const names = { fileName: "consensus.db", title: "consensus database" };
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "journals-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const record: fc.Arbitrary<HardState> = fc.record({
  kind: fc.constant("hard-state" as const),
  term: fc.nat(),
  votedFor: fc.option(fc.nat({ max: 4 }), { nil: null }),
});
const write: fc.Arbitrary<RecordWrite<HardState>> = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), record }),
  fc.record({ kind: fc.constant("replace" as const), records: fc.array(record, { maxLength: 3 }) }),
);

/** What a disk holds after writes, by their definition. */
function after(writes: readonly RecordWrite<HardState>[]): HardState[] {
  let held: HardState[] = [];
  for (const each of writes) {
    if (each.kind === "append") held.push(each.record);
    else held = [...each.records];
  }
  return held;
}

/** Hands a batch to a disk and waits until it is durable. */
function written(mirror: Journal<HardState>, batch: readonly RecordWrite<HardState>[]) {
  return new Promise<void>((resolve, reject) => {
    let returned = false;
    mirror.write(batch, (failure) => {
      if (!returned) reject(new Error("done before write returned"));
      else if (failure === undefined) resolve();
      else reject(failure);
    });
    returned = true;
  });
}

describe("the journals of the live nodes", () => {
  it("hold after a reopening what was written, each node its own", async () => {
    const batches = fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(batches, batches, async (one, two) => {
        const folder = mkdtempSync(join(home, "run-"));
        const first = new Journals<HardState>({ home: folder, ...names }, 0);
        const mirrors = [first.mirror(1), first.mirror(2)] as const;
        await Promise.all([
          ...one.map((batch) => written(mirrors[0], batch)),
          ...two.map((batch) => written(mirrors[1], batch)),
        ]);
        await first.close();

        const second = new Journals<HardState>({ home: folder, ...names }, 0);
        expect(second.mirror(1).records).toEqual(after(one.flat()));
        expect(second.mirror(2).records).toEqual(after(two.flat()));
        await second.close();
      }),
      { numRuns: 12 },
    );
  });

  it("write what they were given before they close", async () => {
    const journals = new Journals<HardState>({ home: home, ...names }, 0);
    const last = { kind: "hard-state", term: 7, votedFor: 2 } as const;
    journals.mirror(1).write([{ kind: "append", record: last }], () => undefined);
    await journals.close();
    const again = new Journals<HardState>({ home: home, ...names }, 0);
    expect(again.mirror(1).records).toEqual([last]);
    await again.close();
  });

  it("say why a write failed, and keep nothing of it", async () => {
    const journals = new Journals<HardState>({ home: home, ...names }, 0);
    const mirror = journals.mirror(1);
    const good = { kind: "hard-state", term: 1, votedFor: null } as const;
    await written(mirror, [{ kind: "append", record: good }]);
    // Somebody else holds the database for writing.
    const other = new DatabaseSync(join(home, "consensus.db"));
    other.exec("BEGIN IMMEDIATE");
    await expect(written(mirror, [{ kind: "append", record: good }])).rejects.toThrow(/locked/);
    other.exec("ROLLBACK");
    other.close();
    expect(journals.mirror(1).records).toEqual([good]);
    await written(mirror, [{ kind: "append", record: good }]);
    expect(journals.mirror(1).records).toEqual([good, good]);
    await journals.close();
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DiskWrite } from "../cluster/disk.ts";
import type { RaftRecord } from "../consensus/raft/types.ts";
import { RaftJournals } from "./raft-journals.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "raft-journals-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const record: fc.Arbitrary<RaftRecord> = fc.record({
  kind: fc.constant("hard-state" as const),
  term: fc.nat(),
  votedFor: fc.option(fc.nat({ max: 4 }), { nil: null }),
});
const write: fc.Arbitrary<DiskWrite<RaftRecord>> = fc.oneof(
  fc.record({ kind: fc.constant("append" as const), record }),
  fc.record({ kind: fc.constant("replace" as const), records: fc.array(record, { maxLength: 3 }) }),
);

/** What a disk holds after writes, by their definition. */
function after(writes: readonly DiskWrite<RaftRecord>[]): RaftRecord[] {
  let held: RaftRecord[] = [];
  for (const each of writes) {
    if (each.kind === "append") held.push(each.record);
    else held = [...each.records];
  }
  return held;
}

describe("the journals of the live nodes", () => {
  it("hold after a reopening what was written, each node its own", () => {
    const batches = fc.array(fc.array(write, { maxLength: 4 }), { maxLength: 6 });
    fc.assert(
      fc.property(batches, batches, (one, two) => {
        const folder = mkdtempSync(join(home, "run-"));
        const first = new RaftJournals(folder, 0);
        const mirrors = [first.mirror(1), first.mirror(2)] as const;
        for (const batch of one) mirrors[0].write(batch);
        for (const batch of two) mirrors[1].write(batch);
        first.close();

        const second = new RaftJournals(folder, 0);
        expect(second.mirror(1).records).toEqual(after(one.flat()));
        expect(second.mirror(2).records).toEqual(after(two.flat()));
        second.close();
      }),
      { numRuns: 20 },
    );
  });

  it("keep nothing of a batch that fails", () => {
    const journals = new RaftJournals(home, 0);
    const mirror = journals.mirror(1);
    const good = { kind: "hard-state", term: 1, votedFor: null } as const;
    mirror.write([{ kind: "append", record: good }]);
    const circular: Record<string, unknown> = {};
    circular["self"] = circular;
    const bad = circular as unknown as RaftRecord;
    expect(() =>
      mirror.write([
        { kind: "append", record: good },
        { kind: "append", record: bad },
      ]),
    ).toThrow(/circular/i);
    expect(journals.mirror(1).records).toEqual([good]);
    mirror.write([{ kind: "append", record: good }]);
    expect(journals.mirror(1).records).toEqual([good, good]);
    journals.close();
  });
});

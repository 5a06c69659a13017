/** What a replica must not forget: its view, what it said in it, what was prepared, its checkpoints. */
import { signCheckpoint, stateDigest } from "./certificates.ts";
import type { PbftState } from "./state.ts";
import type { PbftRecord } from "./types.ts";

/** The journal that says the same without what a stable checkpoint covers. */
export function rewriteJournal(pbft: PbftState): void {
  const { view, active, stable, stableData, stableProof } = pbft;
  const records: PbftRecord[] = [];
  if (stable > 0) {
    records.push({ kind: "checkpoint", n: stable, data: stableData });
    records.push({ kind: "stable", n: stable, proof: stableProof });
  }
  for (const [n, { data }] of pbft.ownCheckpoints) records.push({ kind: "checkpoint", n, data });
  const slots = [...pbft.slots.values()];
  for (const { prepared } of slots) {
    if (prepared !== null) records.push({ kind: "prepared", certificate: prepared });
  }
  const prePrepares = slots.flatMap(({ prePrepare }) => (prePrepare === null ? [] : [prePrepare]));
  const { newView, lastActiveView } = pbft;
  records.push({ kind: "view", view, active, lastActiveView, newView, prePrepares });
  pbft.outbox.replace(records);
}

export function replay(pbft: PbftState, record: PbftRecord): void {
  switch (record.kind) {
    case "view":
      pbft.view = record.view;
      pbft.active = record.active;
      pbft.lastActiveView = record.lastActiveView;
      pbft.newView = record.newView;
      for (const prePrepare of record.prePrepares) pbft.slot(prePrepare.n).prePrepare = prePrepare;
      break;
    case "pre-prepared":
      pbft.slot(record.prePrepare.n).prePrepare = record.prePrepare;
      break;
    case "prepared":
      pbft.slot(record.certificate.prePrepare.n).prepared = record.certificate;
      break;
    case "checkpoint": {
      const { n, data } = record;
      const message = signCheckpoint(pbft.signer, { n, digest: stateDigest(n, data) });
      pbft.ownCheckpoints.set(n, { data, message });
      break;
    }
    default:
      pbft.stable = record.n;
      pbft.stableProof = record.proof;
      pbft.stableData = pbft.ownCheckpoints.get(record.n)?.data ?? "";
      pbft.ownCheckpoints.delete(record.n);
  }
}

/** After the last record: the newest state of its own is where the replica goes on. */
export function resume(pbft: PbftState): void {
  const newest = Math.max(pbft.stable, ...pbft.ownCheckpoints.keys());
  const data = pbft.ownCheckpoints.get(newest)?.data ?? pbft.stableData;
  if (newest > 0) pbft.options.service.restore(data);
  pbft.executed = newest;
  for (const n of pbft.slots.keys()) if (n <= pbft.stable) pbft.slots.delete(n);
  pbft.assigned = Math.max(newest, ...pbft.slots.keys());
}

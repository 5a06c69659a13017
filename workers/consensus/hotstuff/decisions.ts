/** Executing what is decided, in the order of the chain; snapshots, and what a restart takes up. */
import type { NodeId } from "../../cluster/process.ts";
import { digestOf } from "../signatures.ts";
import { faultyMax } from "../quorum/byzantine.ts";
import { blockDigest } from "./certificates.ts";
import { branchLengthMax } from "./limits.ts";
import { enterView, restartTimer } from "./pacemaker.ts";
import type { HotStuffState } from "./state.ts";
import type {
  Block,
  Certificate,
  HotStuffContext,
  HotStuffMessage,
  HotStuffRecord,
  Snapshot,
} from "./types.ts";

/** A valid certificate of the commit phase: its block and all that it extends are decided. */
export function decide(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  certificate: Certificate,
): void {
  const branch = branchTo(hotStuff, certificate);
  if (typeof branch === "number") {
    if (certificate.view > (hotStuff.pending?.view ?? 0)) hotStuff.pending = certificate;
    askForPending(hotStuff);
  } else {
    if (hotStuff.pending !== null && hotStuff.pending.view <= certificate.view) {
      hotStuff.pending = null;
    }
    hotStuff.failedViews = 0;
    hotStuff.decidedQC = certificate;
    hotStuff.outbox.append({ kind: "decided", certificate });
    for (const block of branch) {
      execute(hotStuff, block);
      if (block.height % hotStuff.options.snapshotEveryBlocks === 0)
        takeSnapshot(hotStuff, context);
    }
  }
  if (certificate.view < hotStuff.view) restartTimer(hotStuff, context);
  else enterView(hotStuff, context, certificate.view + 1, { failed: false });
}

/** The blocks from behind the head to the certified one, or the digest of one that is missing. */
function branchTo(
  hotStuff: HotStuffState,
  { block, height }: Certificate,
): readonly Block[] | number {
  const branch: Block[] = [];
  // A snapshot may have come first.
  if (height < hotStuff.height) return branch;
  let digest = block;
  for (let at = height; at > hotStuff.height; at--) {
    const known = hotStuff.blocks.get(digest);
    if (known === undefined || known.height !== at) return digest;
    branch.unshift(known);
    digest = known.parent;
  }
  if (digest !== hotStuff.head) {
    throw new Error(
      `block ${block} at ${height} does not extend the decided block ${hotStuff.head}`,
    );
  }
  return branch;
}

/** A quorum has voted for each block of a decided branch, so somebody has it. */
export function askForPending(hotStuff: HotStuffState): void {
  if (hotStuff.pending === null) return;
  const missing = branchTo(hotStuff, hotStuff.pending);
  if (typeof missing !== "number") return;
  for (const member of hotStuff.options.members) {
    if (member === hotStuff.id) continue;
    hotStuff.outbox.send(member, { kind: "fetch", block: missing }, false);
  }
}

export function onFetch(hotStuff: HotStuffState, to: NodeId, digest: number): void {
  const blocks: Block[] = [];
  let block = hotStuff.blocks.get(digest);
  while (block !== undefined && blocks.length < branchLengthMax) {
    blocks.push(block);
    block = hotStuff.blocks.get(block.parent);
  }
  if (blocks.length > 0) hotStuff.outbox.send(to, { kind: "branch", blocks }, false);
}

/** Each block is known by the digest in the one before it, the first by what is missing here. */
export function onBranch(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  blocks: readonly Block[],
): void {
  const { pending } = hotStuff;
  if (pending === null) return;
  for (const block of blocks) {
    const missing = branchTo(hotStuff, pending);
    if (typeof missing !== "number" || blockDigest(block) !== missing) break;
    hotStuff.blocks.set(missing, block);
    hotStuff.outbox.append({ kind: "block", block });
  }
  decide(hotStuff, context, pending);
}

function execute(hotStuff: HotStuffState, block: Block): void {
  const digest = blockDigest(block);
  hotStuff.height = block.height;
  hotStuff.head = digest;
  hotStuff.decided.set(block.height, digest);
  hotStuff.onDecided?.(block.height, digest);
  for (const command of block.commands) {
    hotStuff.executed += 1;
    hotStuff.waiting.delete(command);
    hotStuff.onExecuted(hotStuff.executed, block.view, command);
  }
}

function takeSnapshot(hotStuff: HotStuffState, context: HotStuffContext): void {
  const { height, head: block, executed, options } = hotStuff;
  context.note(`snapshot at ${height}`);
  const data = options.service.take();
  install(hotStuff, { height, block, executed, data }, height - options.snapshotEveryBlocks);
}

/** Makes the snapshot the beginning of the journal, and forgets blocks up to a height. */
function install(hotStuff: HotStuffState, snapshot: Snapshot, forgetTo: number): void {
  hotStuff.snapshot = snapshot;
  for (const [digest, block] of hotStuff.blocks) {
    const isDecided = hotStuff.decided.get(block.height) === digest;
    const isOver = block.height <= snapshot.height && !isDecided;
    if (block.height <= forgetTo || isOver) hotStuff.blocks.delete(digest);
  }
  for (const height of hotStuff.decided.keys()) {
    if (height <= forgetTo) hotStuff.decided.delete(height);
  }
  const { view, voted, prepareQC, lockedQC, decidedQC } = hotStuff;
  const records: HotStuffRecord[] = [
    { kind: "snapshot", snapshot },
    { kind: "view", view },
    { kind: "voted", ...voted },
    { kind: "prepared", certificate: prepareQC },
    { kind: "locked", certificate: lockedQC },
  ];
  for (const block of hotStuff.blocks.values()) records.push({ kind: "block", block });
  records.push({ kind: "decided", certificate: decidedQC });
  hotStuff.outbox.replace(records);
}

/** Decided blocks from another replica, proven by the certificate of the last one. */
export function onDecidedBlocks(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  { blocks, justify }: Extract<HotStuffMessage, { kind: "decided" }>,
): void {
  let digest = justify.block;
  for (const block of blocks.toReversed()) {
    if (blockDigest(block) !== digest) return;
    if (!hotStuff.blocks.has(digest) && block.height > hotStuff.height) {
      hotStuff.blocks.set(digest, block);
      hotStuff.outbox.append({ kind: "block", block });
    }
    digest = block.parent;
  }
  decide(hotStuff, context, justify);
}

/** Snapshots carry no proof: one honest replica among f + 1 that send the same is proof enough. */
export function onSnapshot(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  { height, block, executed, data }: Extract<HotStuffMessage, { kind: "snapshot" }>,
): void {
  if (height <= hotStuff.height || !hotStuff.options.members.includes(from)) return;
  const snapshot = { height, block, executed, data };
  hotStuff.offered.set(from, snapshot);
  const name = nameOf(snapshot);
  const same = [...hotStuff.offered.values()].filter((other) => nameOf(other) === name);
  if (same.length <= faultyMax(hotStuff.options.members.length)) return;
  context.note(`restored the snapshot at ${height}`);
  hotStuff.offered.clear();
  // What became of them is not known here any more; their clients will ask again.
  hotStuff.waiting.clear();
  start(hotStuff, snapshot);
  install(hotStuff, snapshot, height);
  restartTimer(hotStuff, context);
}

function nameOf({ height, block, executed, data }: Snapshot): string {
  return `${height} ${block} ${executed} ${digestOf(data)}`;
}

function start(hotStuff: HotStuffState, snapshot: Snapshot): void {
  hotStuff.options.service.restore(snapshot.data);
  hotStuff.height = snapshot.height;
  hotStuff.head = snapshot.block;
  hotStuff.executed = snapshot.executed;
}

/** Takes up again what the journal holds. */
export function replay(hotStuff: HotStuffState, record: HotStuffRecord): void {
  switch (record.kind) {
    case "block":
      hotStuff.blocks.set(blockDigest(record.block), record.block);
      break;
    case "view":
      hotStuff.view = record.view;
      break;
    case "voted":
      hotStuff.voted = { view: record.view, phase: record.phase };
      break;
    case "prepared":
      hotStuff.prepareQC = record.certificate;
      break;
    case "locked":
      hotStuff.lockedQC = record.certificate;
      break;
    case "snapshot":
      hotStuff.snapshot = record.snapshot;
      start(hotStuff, record.snapshot);
      break;
    default: {
      hotStuff.decidedQC = record.certificate;
      if (record.certificate.height <= hotStuff.height) break;
      const branch = branchTo(hotStuff, record.certificate);
      if (typeof branch === "number") throw new Error(`decided block ${branch} is not on disk`);
      for (const block of branch) execute(hotStuff, block);
    }
  }
}

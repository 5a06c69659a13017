/** The replica's part of each phase (Algorithm 2 of Yin et al. 2019), and what it may vote for. */
import type { NodeId } from "../../cluster/process.ts";
import { blockDigest, isCertificateValid, leaderOf, signVote } from "./certificates.ts";
import { decide } from "./decisions.ts";
import { undecidedBlocksMax } from "./limits.ts";
import { enterView } from "./pacemaker.ts";
import type { HotStuffState } from "./state.ts";
import type {
  Block,
  Certificate,
  Claim,
  HotStuffContext,
  HotStuffMessage,
  Phase,
} from "./types.ts";

const phases: readonly Phase[] = ["prepare", "pre-commit", "commit"];

type Prepare = Extract<HotStuffMessage, { kind: "prepare" }>;

export function onPrepare(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  { view, block, justify, decided }: Prepare,
): void {
  const { options } = hotStuff;
  if (decided !== null && isDecision(hotStuff, decided)) decide(hotStuff, context, decided);
  if (view !== hotStuff.view || from !== leaderOf(options.members, view)) return;
  if (block.view !== view || block.parent !== justify.block) return;
  if (block.height !== justify.height + 1 || block.commands.length > options.batchMax) return;
  if (justify.phase !== "prepare" || justify.view >= view) return;
  if (!isCertificateValid(options, justify)) return;
  if (!block.commands.every((command) => options.service.isValid(command))) return;
  const extendsLocked = isExtending(hotStuff, block, hotStuff.lockedQC);
  if (!options.rules.safeNode(extendsLocked, justify, hotStuff.lockedQC)) {
    context.note(`refuses a proposal against its lock of view ${hotStuff.lockedQC.view}`);
    return;
  }
  const digest = blockDigest(block);
  const claim: Claim = { phase: "prepare", view, block: digest, height: block.height };
  if (vote(hotStuff, from, claim)) keepBlock(hotStuff, digest, block);
}

/** The proposal's branch contains the locked block, as far as this replica knows the branch. */
function isExtending(hotStuff: HotStuffState, block: Block, locked: Certificate): boolean {
  let at: Block | undefined = block;
  while (at !== undefined && at.height > locked.height) {
    if (at.parent === locked.block) return true;
    at = hotStuff.blocks.get(at.parent);
  }
  return false;
}

function keepBlock(hotStuff: HotStuffState, digest: number, block: Block): void {
  if (hotStuff.blocks.has(digest)) return;
  hotStuff.blocks.set(digest, block);
  hotStuff.outbox.append({ kind: "block", block });
  if (hotStuff.blocks.size <= undecidedBlocksMax + hotStuff.decided.size) return;
  for (const [oldest, { height }] of hotStuff.blocks) {
    if (hotStuff.decided.get(height) === oldest) continue;
    hotStuff.blocks.delete(oldest);
    return;
  }
}

/** One vote in each phase of a view, and none in a phase before one it has voted in. */
function vote(hotStuff: HotStuffState, leader: NodeId, claim: Claim): boolean {
  const { voted, options } = hotStuff;
  const { phase, view } = claim;
  const isNew =
    view > voted.view ||
    (view === voted.view && phases.indexOf(phase) > phases.indexOf(voted.phase));
  if (!isNew && options.rules.voteOncePerPhase) return false;
  hotStuff.voted = { view, phase };
  hotStuff.outbox.append({ kind: "voted", view, phase });
  hotStuff.outbox.send(leader, signVote(hotStuff.signer, claim), true);
  return true;
}

/** The leader has a certificate of one phase: the replica takes it up and votes in the next. */
export function onCertificate(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  kind: "pre-commit" | "commit",
  justify: Certificate,
): void {
  const { options } = hotStuff;
  const { view, block, height } = justify;
  if (justify.phase !== (kind === "commit" ? "pre-commit" : "prepare")) return;
  if (view < hotStuff.view || view === 0 || from !== leaderOf(options.members, view)) return;
  if (!isCertificateValid(options, justify)) return;
  // A quorum has voted in a later view, so that is where the others are.
  if (view > hotStuff.view) enterView(hotStuff, context, view, { failed: false });
  if (kind === "pre-commit") takePrepared(hotStuff, justify);
  else takeLock(hotStuff, justify);
  vote(hotStuff, from, { phase: kind, view, block, height });
}

function takePrepared(hotStuff: HotStuffState, certificate: Certificate): void {
  if (certificate.view <= hotStuff.prepareQC.view) return;
  hotStuff.prepareQC = certificate;
  hotStuff.outbox.append({ kind: "prepared", certificate });
}

function takeLock(hotStuff: HotStuffState, certificate: Certificate): void {
  const lock = hotStuff.options.rules.lock(hotStuff.lockedQC, certificate);
  if (lock === hotStuff.lockedQC) return;
  hotStuff.lockedQC = lock;
  hotStuff.outbox.append({ kind: "locked", certificate: lock });
}

export function onDecide(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  justify: Certificate,
): void {
  if (isDecision(hotStuff, justify)) decide(hotStuff, context, justify);
}

export function isDecision({ options, decidedQC }: HotStuffState, justify: Certificate): boolean {
  if (justify.phase !== "commit" || justify.view <= decidedQC.view) return false;
  return isCertificateValid(options, justify);
}

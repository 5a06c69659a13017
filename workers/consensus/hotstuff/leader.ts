/** The leader's part of each phase (Algorithm 2 of Yin et al. 2019). */
import type { NodeId } from "../../cluster/process.ts";
import { blockDigest, isCertificateValid, isVoteValid, leaderOf } from "./certificates.ts";
import { onOthersWant } from "./pacemaker.ts";
import type { HotStuffState } from "./state.ts";
import type { Block, Certificate, HotStuffContext, HotStuffMessage } from "./types.ts";

export function onNewView(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  { view, justify }: Extract<HotStuffMessage, { kind: "new-view" }>,
): void {
  const { options } = hotStuff;
  if (justify.phase !== "prepare" || justify.view >= view) return;
  if (!isCertificateValid(options, justify)) return;
  if (leaderOf(options.members, view) === hotStuff.id) {
    // It may come before the decision that brings the leader itself into the view.
    const known = hotStuff.newViews.get(from);
    if (known === undefined || known.view < view) hotStuff.newViews.set(from, { view, justify });
  }
  onOthersWant(hotStuff, context, from, view);
  maybePropose(hotStuff);
}

/** Prepare phase: with n - f in the view and something to decide, extends the highest certificate. */
export function maybePropose(hotStuff: HotStuffState): void {
  const { options, view } = hotStuff;
  if (hotStuff.leader !== hotStuff.id || hotStuff.waiting.size === 0) return;
  if (hotStuff.leading?.view === view) return;
  const present = [...hotStuff.newViews.values()].filter((newView) => newView.view === view);
  // Its own is among them, and only once its view is on disk.
  const isPresent = hotStuff.newViews.get(hotStuff.id)?.view === view;
  if (!isPresent || present.length < hotStuff.quorum) return;
  const justify = options.rules.highest(present.map((newView) => newView.justify));
  if (justify === undefined) return;
  const underway = commandsSince(hotStuff, justify);
  const commands = [...hotStuff.waiting]
    .filter((command) => !underway.has(command))
    .slice(0, options.batchMax);
  const block: Block = { parent: justify.block, height: justify.height + 1, view, commands };
  hotStuff.leading = { view, digest: blockDigest(block), phase: "prepare", votes: new Map() };
  const decided = hotStuff.decidedQC.view === 0 ? null : hotStuff.decidedQC;
  hotStuff.broadcast({ kind: "prepare", view, block, justify, decided }, true);
}

/** Commands on the branch that the proposal extends, which need not be proposed again. */
function commandsSince(hotStuff: HotStuffState, justify: Certificate): ReadonlySet<string> {
  const commands = new Set<string>();
  let block = hotStuff.blocks.get(justify.block);
  while (block !== undefined && block.height > hotStuff.height) {
    for (const command of block.commands) commands.add(command);
    block = hotStuff.blocks.get(block.parent);
  }
  return commands;
}

/** A quorum of votes is a certificate; the leader tells it to all, and the next phase begins. */
export function onVote(
  hotStuff: HotStuffState,
  from: NodeId,
  vote: Extract<HotStuffMessage, { kind: "vote" }>,
): void {
  const { leading } = hotStuff;
  if (leading === null || vote.view !== leading.view || vote.block !== leading.digest) return;
  if (vote.phase !== leading.phase) return;
  if (!hotStuff.options.members.includes(from) || !isVoteValid(from, vote)) return;
  leading.votes.set(from, vote.signature);
  if (leading.votes.size < hotStuff.quorum) return;
  const signatures = [...leading.votes].map(([replica, signature]) => ({ replica, signature }));
  const { phase, view, block, height } = vote;
  const justify: Certificate = { phase, view, block, height, signatures };
  const next = { prepare: "pre-commit", "pre-commit": "commit", commit: "decide" } as const;
  leading.votes.clear();
  leading.phase = next[phase];
  hotStuff.broadcast({ kind: next[phase], justify }, true);
}

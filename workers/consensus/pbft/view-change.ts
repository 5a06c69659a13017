/** View changes (section 4.4): how a primary that fails its group is replaced, and nothing is lost. */
import type { NodeId } from "../../cluster/process.ts";
import {
  isPrePrepareValid,
  isViewChangeValid,
  primaryOf,
  requestDigest,
  signPrePrepare,
  signViewChange,
} from "./certificates.ts";
import { acceptPrePrepare, faulty, proposeWaiting, timeoutMs, watchOldest } from "./ordering.ts";
import type { PbftState } from "./state.ts";
import type { NewView, PbftContext, PreparedCertificate, PrePrepare, ViewChange } from "./types.ts";

const ownViewChangesMax = 16;

/** Stops taking part in the present view and asks for a later one. */
export function startViewChange(pbft: PbftState, context: PbftContext, view: number): void {
  pbft.view = view;
  pbft.active = false;
  pbft.failedViews += 1;
  context.note(`asks for view ${view}`);
  leaveSlots(pbft);
  const { lastActiveView, newView } = pbft;
  const record = { kind: "view", view, active: false, lastActiveView } as const;
  pbft.outbox.append({ ...record, newView, prePrepares: [] });
  pbft.wanted.clear();
  for (const [id, message] of pbft.viewChanges) {
    if (message.view === view) pbft.wanted.set(id, message);
  }
  pbft.broadcast(ownViewChange(pbft, view), true);
  context.cancelTimer("request");
}

/** Prepares and commits speak of their view alone; certificates outlive it. */
function leaveSlots(pbft: PbftState): void {
  for (const slot of pbft.slots.values()) {
    slot.prePrepare = null;
    slot.prepares.clear();
    slot.commits.clear();
  }
}

/** What this replica says to a view after the last one it was active in, now or once more. */
export function ownViewChange(pbft: PbftState, view: number): ViewChange {
  const known = pbft.ownViewChanges.get(view);
  if (known !== undefined) return known;
  const { stable, stableProof } = pbft;
  const prepared = [...pbft.slots.values()].flatMap((slot) => slot.prepared ?? []);
  const reported = pbft.options.rules.reportedInViewChange(prepared);
  const fields = { view, stable, proof: stableProof, prepared: reported };
  const message = signViewChange(pbft.signer, fields);
  // Others ask for few views; if liars ask for many, it is made anew.
  if (pbft.ownViewChanges.size >= ownViewChangesMax) pbft.ownViewChanges.clear();
  pbft.ownViewChanges.set(view, message);
  return message;
}

export function onViewChange(
  pbft: PbftState,
  context: PbftContext,
  from: NodeId,
  message: ViewChange,
): void {
  if (message.replica !== from || message.view < pbft.view) return;
  if (!isViewChangeValid(pbft, message)) return;
  if (message.view > (pbft.viewChanges.get(from)?.view ?? -1)) pbft.viewChanges.set(from, message);
  if (message.view === pbft.view) pbft.wanted.set(from, message);
  joinOthers(pbft, context);
  if (pbft.active || pbft.wanted.size < pbft.quorum) return;
  if (pbft.isPrimary) startView(pbft, context);
  // Section 4.5.2: with a quorum behind it the view must begin in time, or the next is asked for.
  else if (pbft.awaitedView !== pbft.view) {
    pbft.awaitedView = pbft.view;
    context.setTimer("request", timeoutMs(pbft));
  }
}

/** Section 4.5.2: f + 1 others are in later views, one of them honest: follow to the least of these. */
function joinOthers(pbft: PbftState, context: PbftContext): void {
  const later = [...pbft.viewChanges.values()]
    .filter(({ replica, view }) => replica !== pbft.id && view > pbft.view)
    .map(({ view }) => view);
  if (later.length > faulty(pbft)) startViewChange(pbft, context, Math.min(...later));
}

/** The primary of the new view has heard a quorum: it says what follows from their words. */
function startView(pbft: PbftState, context: PbftContext): void {
  const viewChanges = [...pbft.wanted.values()];
  const prePrepares = contentOf(pbft, viewChanges).map(({ n, command }) =>
    signPrePrepare(pbft.signer, { view: pbft.view, n, digest: requestDigest(command), command }),
  );
  const newView: NewView = { kind: "new-view", view: pbft.view, viewChanges, prePrepares };
  enter(pbft, context, newView);
  for (const member of pbft.options.members) {
    if (member !== pbft.id) pbft.outbox.send(member, newView, true);
  }
  proposeWaiting(pbft);
}

/**
 * "O": from the latest stable checkpoint to the last prepared number, each with the request of its
 * certificate of the highest view, or the null request.
 */
function contentOf(
  pbft: PbftState,
  viewChanges: readonly ViewChange[],
): readonly { readonly n: number; readonly command: string | null }[] {
  const minS = Math.max(...viewChanges.map(({ stable }) => stable));
  const certificates = new Map<number, PreparedCertificate[]>();
  for (const certificate of viewChanges.flatMap(({ prepared }) => prepared)) {
    const { n } = certificate.prePrepare;
    certificates.set(n, [...(certificates.get(n) ?? []), certificate]);
  }
  const maxS = Math.max(minS, ...certificates.keys());
  return Array.from({ length: maxS - minS }, (_, place) => {
    const n = minS + 1 + place;
    const chosen = pbft.options.rules.chooseCertificate(certificates.get(n) ?? []);
    return { n, command: chosen?.prePrepare.command ?? null };
  });
}

export function onNewView(pbft: PbftState, context: PbftContext, message: NewView): void {
  const { view } = message;
  const isNews = view > pbft.view || (view === pbft.view && !pbft.active);
  if (!isNews || primaryOf(pbft.options.members, view) === pbft.id) return;
  if (pbft.options.rules.verifyNewView && !isNewViewValid(pbft, message)) {
    context.note(`refuses new view ${view}`);
    return;
  }
  if (view > pbft.view) leaveSlots(pbft);
  pbft.view = view;
  enter(pbft, context, message);
}

function isNewViewValid(pbft: PbftState, { view, viewChanges, prePrepares }: NewView): boolean {
  const senders = new Set(viewChanges.map(({ replica }) => replica));
  if (senders.size < pbft.quorum || senders.size !== viewChanges.length) return false;
  const areValid = viewChanges.every(
    (message) => message.view === view && isViewChangeValid(pbft, message),
  );
  if (!areValid) return false;
  const expected = contentOf(pbft, viewChanges);
  return (
    expected.length === prePrepares.length &&
    expected.every(({ n, command }, place) => {
      const actual: PrePrepare | undefined = prePrepares[place];
      if (actual?.view !== view || actual.n !== n || actual.command !== command) return false;
      return isPrePrepareValid(pbft, actual);
    })
  );
}

function enter(pbft: PbftState, context: PbftContext, newView: NewView): void {
  const { view, prePrepares, viewChanges } = newView;
  pbft.active = true;
  pbft.newView = newView;
  context.note(`enters view ${view}`);
  pbft.lastActiveView = view;
  pbft.ownViewChanges.clear();
  pbft.wanted.clear();
  const record = { kind: "view", view, active: true, lastActiveView: view } as const;
  pbft.outbox.append({ ...record, newView, prePrepares });
  const stable = Math.max(0, ...viewChanges.map((message) => message.stable));
  pbft.assigned = Math.max(stable, ...prePrepares.map(({ n }) => n));
  for (const prePrepare of prePrepares) {
    if (prePrepare.n <= pbft.stable) continue;
    acceptPrePrepare(pbft, pbft.slot(prePrepare.n), prePrepare);
  }
  // The new primary gets as long as the last one to execute what waits.
  pbft.timed = null;
  context.cancelTimer("request");
  for (const command of pbft.waiting.values()) {
    if (!pbft.isPrimary) pbft.outbox.send(pbft.primary, { kind: "request", command }, false);
  }
  watchOldest(pbft, context);
}

/**
 * The pacemaker (section 4.4): which view a replica is in. A view ends with a decision, or when a
 * quorum wants to leave it: who waits too long says so, who hears it of f + 1 joins them (as in Bracha's
 * broadcast), and with a quorum all move on. So replicas meet in a view however late messages are.
 */
import type { NodeId } from "../../cluster/process.ts";
import { faultyMax } from "../quorum/byzantine.ts";
import { sendStatusToAll } from "./status.ts";
import type { HotStuffState } from "./state.ts";
import type { HotStuffContext, HotStuffMessage } from "./types.ts";

/** `failed`: the view before ended without a decision. */
export function enterView(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  view: number,
  { failed }: { failed: boolean },
): void {
  if (view <= hotStuff.view) throw new Error(`view ${hotStuff.view} cannot be left for ${view}`);
  hotStuff.view = view;
  hotStuff.wanted = Math.max(hotStuff.wanted, view);
  hotStuff.outbox.append({ kind: "view", view });
  if (failed) {
    hotStuff.failedViews += 1;
    context.note(`enters view ${view}`);
  }
  hotStuff.outbox.send(hotStuff.leader, newView(hotStuff), true);
  passRequestsOn(hotStuff);
  restartTimer(hotStuff, context);
}

export function newView({ view, prepareQC }: HotStuffState): HotStuffMessage {
  return { kind: "new-view", view, justify: prepareQC };
}

function passRequestsOn(hotStuff: HotStuffState): void {
  if (hotStuff.leader === hotStuff.id) return;
  for (const command of [...hotStuff.waiting].slice(0, hotStuff.options.batchMax)) {
    hotStuff.outbox.send(hotStuff.leader, { kind: "request", command }, false);
  }
}

/** Time runs only while there is something to decide. */
export function restartTimer(hotStuff: HotStuffState, context: HotStuffContext): void {
  const { failedViews, options } = hotStuff;
  hotStuff.isTimerRunning = hotStuff.waiting.size > 0;
  if (!hotStuff.isTimerRunning) {
    context.cancelTimer("view");
    return;
  }
  const doublings = Math.min(failedViews, options.timeoutDoublingsMax);
  context.setTimer("view", options.viewTimeoutMs * 2 ** doublings);
}

export function onTimeout(hotStuff: HotStuffState, context: HotStuffContext): void {
  // The leader may be the only other replica that knows of them: now all wait for them.
  const { waiting, options, id, outbox } = hotStuff;
  for (const command of [...waiting].slice(0, options.batchMax)) {
    for (const member of options.members) {
      if (member !== id) outbox.send(member, { kind: "request", command }, false);
    }
  }
  want(hotStuff, context, hotStuff.view + 1);
  restartTimer(hotStuff, context);
}

/** Says to all that it wants to be in this view, and goes there if it is the last that was missing. */
function want(hotStuff: HotStuffState, context: HotStuffContext, view: number): void {
  if (view > hotStuff.wanted) {
    hotStuff.wanted = view;
    sendStatusToAll(hotStuff);
  }
  const reached = descending([...hotStuff.wants.values(), hotStuff.wanted])[hotStuff.quorum - 1];
  if ((reached ?? 0) > hotStuff.view) enterView(hotStuff, context, reached ?? 0, { failed: true });
}

/** Another replica wants to be in a view, or is. Of f + 1 that do one is honest. */
export function onOthersWant(
  hotStuff: HotStuffState,
  context: HotStuffContext,
  from: NodeId,
  view: number,
): void {
  if (from === hotStuff.id || view <= (hotStuff.wants.get(from) ?? 0)) return;
  hotStuff.wants.set(from, view);
  const joined = descending([...hotStuff.wants.values()])[
    faultyMax(hotStuff.options.members.length)
  ];
  want(hotStuff, context, Math.max(hotStuff.wanted, joined ?? 0));
}

function descending(views: readonly number[]): readonly number[] {
  return views.toSorted((a, b) => b - a);
}

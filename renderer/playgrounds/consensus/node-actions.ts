/** What can be done to a node now: the same list in its menu, beside the picture and by keys. */
import type { Action, AlgorithmView, Frame, NodeFrame } from "./engine.worker.ts";

export interface NodeAction {
  readonly id: string;
  /** A verb and the node, as it stands on a button. */
  readonly title: string;
  /** The key that does it while the node has the focus. */
  readonly key?: string;
  readonly action: Action;
}

const clockStepMs = 500;
const driftPpm = 100_000;

export function nodeActions(
  node: NodeFrame,
  frame: Frame,
  algorithm: AlgorithmView | null,
): readonly NodeAction[] {
  const { id, state } = node;
  if (state === "failed") return [];
  if (state === "crashed") {
    return [
      {
        id: "restart",
        title: `Restart node ${id}`,
        key: "c",
        action: { kind: "restart", node: id },
      },
      corrupt(id),
    ];
  }
  const isPaused = state === "paused";
  return [
    { id: "crash", title: `Crash node ${id}`, key: "c", action: { kind: "crash", node: id } },
    isPaused
      ? { id: "resume", title: `Resume node ${id}`, key: "s", action: { kind: "resume", node: id } }
      : { id: "pause", title: `Pause node ${id}`, key: "s", action: { kind: "pause", node: id } },
    {
      id: "cut",
      title: `Cut off node ${id}`,
      key: "x",
      action: { kind: "partition", groups: [[id]], oneWay: false },
    },
    {
      id: "mute",
      title: `Cut what node ${id} sends`,
      action: { kind: "partition", groups: [[id]], oneWay: true },
    },
    {
      id: "clock",
      title: `Step its clock by ${clockStepMs} ms`,
      action: { kind: "step-clock", node: id, byMs: clockStepMs },
    },
    {
      id: "drift",
      title: "Let its clock run 10 % fast",
      action: { kind: "drift", node: id, ppm: driftPpm },
    },
    corrupt(id),
    ...transfers(node, frame, algorithm),
    ...(algorithm?.behaviours ?? []).map(({ id: behaviour }) => ({
      id: `lie-${behaviour}`,
      title: `Turn Byzantine: ${behaviour}`,
      action: { kind: "byzantine", node: id, behaviour } as const,
    })),
  ];
}

function corrupt(id: number): NodeAction {
  return { id: "corrupt", title: "Corrupt its disk", action: { kind: "corrupt-disk", node: id } };
}

/** Only Raft hands its leadership on. */
function transfers(
  node: NodeFrame,
  frame: Frame,
  algorithm: AlgorithmView | null,
): readonly NodeAction[] {
  if (node.leader !== node.id || algorithm?.id.startsWith("raft") !== true) return [];
  const target = frame.nodes.find(({ id, state }) => id !== node.id && state === "up")?.id;
  if (target === undefined) return [];
  return [
    {
      id: "transfer",
      title: `Hand leadership to node ${target}`,
      action: { kind: "transfer", node: node.id, target },
    },
  ];
}

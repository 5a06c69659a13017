/** One picture of a run: what a screen needs at one moment, as plain data. */
import type { NodeId } from "../../cluster/process.ts";
import type { EntryView } from "../consensus-manager.ts";
import { entriesShownMax, flyingMax } from "./limits.ts";
import type { InvariantState, PlaygroundRun, Problem } from "./run.ts";
import { commandText } from "./commands.ts";
import { clipped, reasonOf } from "./text.ts";
import type { MessageView } from "./trace.ts";

export interface NodeFrame {
  readonly id: NodeId;
  readonly state: "starting" | "up" | "paused" | "crashed" | "failed";
  /** null while it is not up, or lies. */
  readonly role: string | null;
  readonly term: number;
  /** What the algorithm calls it: term, view or ballot. */
  readonly termName: string;
  readonly leader: NodeId | null;
  readonly commitIndex: number;
  readonly lastIndex: number;
  /** Why it takes no part, was stopped, or how it lies. */
  readonly reason: string | null;
  readonly lying: boolean;
  readonly entries: readonly EntryView[];
  readonly variables: Readonly<Record<string, string>>;
  /** How far its clock is from the true time. */
  readonly clockOffsetMs: number;
}

export interface Frame {
  readonly nowMs: number;
  readonly event: number;
  readonly nextEventMs: number | null;
  readonly stopped: boolean;
  readonly health: "healthy" | "degraded" | "failed";
  /** The verdict over the group in words, without that over the history. */
  readonly sentence: string;
  readonly leader: NodeId | null;
  readonly nodes: readonly NodeFrame[];
  /** Cut links, each direction on its own. */
  readonly cut: readonly (readonly [NodeId, NodeId])[];
  readonly flying: readonly MessageView[];
  readonly invariants: readonly InvariantState[];
  readonly problems: readonly Problem[];
  readonly answered: number;
  readonly finished: boolean;
  readonly messagesSent: number;
  readonly messagesLost: number;
}

export function frameOf(run: PlaygroundRun): Frame {
  const { simulation, servers } = run;
  const nodes = servers.map((id) => nodeFrame(run, id));
  const leading = leadershipOf(nodes);
  const { counts } = simulation;
  return {
    nowMs: run.nowMs,
    event: run.event,
    nextEventMs: simulation.nextEventMs,
    stopped: run.stopped,
    ...verdictOf(run, nodes, leading),
    leader: leading?.leader ?? null,
    nodes,
    cut: servers.flatMap((from) =>
      servers
        .filter((to) => simulation.network.isBlocked(from, to))
        .map((to) => [from, to] as const),
    ),
    flying: run.trace.messagesFlying(flyingMax),
    invariants: run.invariants,
    problems: run.problems,
    answered: run.recorder.answered,
    finished: run.finished,
    messagesSent: counts.messagesSent,
    messagesLost: counts.messagesLost + counts.messagesBlocked,
  };
}

function nodeFrame(run: PlaygroundRun, id: NodeId): NodeFrame {
  const node = run.simulation.node(id);
  const lying = run.lying.get(id);
  const failure = run.simulation.failures.findLast((candidate) => candidate.node === id);
  const base = {
    id,
    state: node.process === null && node.state === "crashed" ? ("starting" as const) : node.state,
    lying: lying !== undefined,
    termName: run.termName,
    clockOffsetMs: node.clock.nowMs(run.nowMs * 1000) - run.nowMs,
  };
  const silent = {
    ...base,
    role: null,
    term: 0,
    leader: null,
    commitIndex: 0,
    lastIndex: 0,
    entries: [],
    variables: {},
  };
  const manager = run.group.get(id) ?? run.liars.get(id);
  if (manager === undefined) {
    return {
      ...silent,
      reason: lying ?? (node.state === "failed" ? (failure?.reason ?? null) : null),
    };
  }
  try {
    const view = manager.view();
    const isUp = node.state === "up" || node.state === "paused";
    return {
      ...base,
      role: isUp && lying === undefined ? clipped(view.role) : null,
      term: view.term,
      leader: isUp && lying === undefined ? view.leader : null,
      commitIndex: view.commitIndex,
      lastIndex: view.lastIndex,
      reason: node.state === "failed" ? (failure?.reason ?? null) : (lying ?? view.halted),
      entries: view.entries
        .slice(-entriesShownMax)
        .map((entry) => ({ ...entry, command: commandText(entry.command) })),
      variables: Object.fromEntries(
        Object.entries(view.variables).map(([name, value]) => [clipped(name), clipped(value)]),
      ),
    };
  } catch (error) {
    return { ...silent, reason: `its view fails: ${reasonOf(error)}` };
  }
}

interface Leadership {
  readonly leader: NodeId;
  readonly term: number;
  readonly followers: number;
}

/** Whom most of the nodes that are up follow, in the highest term in which anybody is followed. */
function leadershipOf(nodes: readonly NodeFrame[]): Leadership | null {
  const named = new Map<string, Leadership>();
  for (const { state, leader, term, lying } of nodes) {
    if (state !== "up" || leader === null || lying) continue;
    const key = `${term} ${leader}`;
    const followers = (named.get(key)?.followers ?? 0) + 1;
    named.set(key, { leader, term, followers });
  }
  const groups = [...named.values()];
  return groups.toSorted((a, b) => b.followers - a.followers || b.term - a.term)[0] ?? null;
}

function verdictOf(
  run: PlaygroundRun,
  nodes: readonly NodeFrame[],
  leading: Leadership | null,
): Pick<Frame, "health" | "sentence"> {
  const problem = run.problems[0];
  if (problem !== undefined) {
    return {
      health: "failed",
      sentence: `${sentenceCase(problem.message)}, at event ${problem.event}`,
    };
  }
  const up = nodes.filter(({ state }) => state === "up").length;
  if (leading === null || leading.followers * 2 <= nodes.length) {
    const followed = leading === null ? "" : `; ${leading.followers} follow node ${leading.leader}`;
    return {
      health: "degraded",
      sentence: `No leader has a majority: ${up} of ${nodes.length} nodes are up${followed}`,
    };
  }
  const { leader, term, followers } = leading;
  return {
    health: followers === nodes.length ? "healthy" : "degraded",
    sentence: `Node ${leader} leads ${run.termName} ${term}; ${followers} of ${nodes.length} agree`,
  };
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

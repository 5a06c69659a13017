/** A live group as a monitor shows it: a verdict, then each node. */
import type { NodeId } from "../../cluster/process.ts";
import type { ConsensusNode, ConsensusStatus } from "../contract.ts";
import type { RaftState } from "../raft/state.ts";
import type { ConsensusGroup } from "./group.ts";
import {
  electionTimeoutMaxMs,
  electionTimeoutMinMs,
  heartbeatMs,
  tailEntriesMax,
} from "./limits.ts";
import { tailOf } from "./log-view.ts";

export function groupStatus(group: ConsensusGroup): ConsensusStatus {
  const { simulation, events, proposals, options, faults } = group;
  const leader = group.leader();
  const crashed = group.crashed;
  const since = faults.since(crashed);
  const nodes = group.nodeIds.map((id) => describeNode(group, id, leader));
  const { messagesSent: sent, messagesLost: lost, messagesBlocked: blocked } = simulation.counts;
  const facts = {
    leader,
    term: Math.max(0, ...nodes.map(({ term }) => term)),
    commitIndex: Math.max(0, ...nodes.map(({ commitIndex }) => commitIndex)),
    quorum: group.quorum,
    quorumReached: group.quorumReached,
    nodes,
  };
  return {
    at: options.now(),
    ...verdictOver(facts, group.running),
    resting: group.resting,
    algorithm: "raft",
    ...facts,
    partition: faults.sides === null ? null : faults.sides.map((ids) => [...ids]),
    faults: faults.links,
    timing: { heartbeatMs, electionTimeoutMinMs, electionTimeoutMaxMs },
    storage: options.storage,
    experiment: since === null ? null : { since, faults: faults.describe(crashed) },
    proposals: { waiting: group.client.waiting, ...proposals },
    elections: events.elections,
    lastFailoverMs: group.lastFailoverMs,
    messages: { sent, lost, blocked },
    eventsNewest: events.newest,
  };
}

type Facts = Pick<
  ConsensusStatus,
  "leader" | "term" | "commitIndex" | "quorum" | "quorumReached" | "nodes"
>;

/** "3 of 3 nodes agree, node 2 leads term 4, commit 17" */
function verdictOver(
  { leader, commitIndex, quorum, quorumReached, nodes }: Facts,
  running: boolean,
): Pick<ConsensusStatus, "health" | "verdict"> {
  if (!running) return { health: "failed", verdict: "The group does not run" };
  const up = nodes.filter(({ state }) => state === "up");
  if (!quorumReached) {
    const verdict = `No quorum: ${up.length} of ${nodes.length} nodes are up, and fewer than the ${quorum} needed reach each other`;
    return { health: "failed", verdict };
  }
  const led = nodes.find(({ id }) => id === leader);
  if (led === undefined) {
    return {
      health: "degraded",
      verdict: `No leader yet: ${up.length} of ${nodes.length} nodes are up and elect one`,
    };
  }
  const agreeing = up.filter((node) => node.leader === leader && node.term === led.term);
  const count = `${agreeing.length} of ${nodes.length} nodes agree`;
  return {
    health: agreeing.length === nodes.length ? "healthy" : "degraded",
    verdict: `${count}, node ${leader} leads term ${led.term}, commit ${commitIndex}`,
  };
}

/** The last entry that a node would still have if it lost its power now; of one that is up, its last. */
export function durableIndex(group: ConsensusGroup, id: NodeId, { log }: RaftState): number {
  return group.isUp(id) ? log.lastIndex : log.stableIndex;
}

function describeNode(group: ConsensusGroup, id: NodeId, leader: NodeId | null): ConsensusNode {
  const { state: nodeState, life } = group.simulation.node(id);
  const member = group.members.get(id);
  const failure = group.simulation.failures.find(({ node }) => node === id);
  const state = nodeState === "paused" ? "up" : nodeState;
  if (member === undefined) return { ...blankNode(id), reason: "It has not started yet" };
  const raft = member.server.raft.state;
  const isUp = state === "up";
  const lastIndex = durableIndex(group, id, raft);
  const leading = leader === null ? undefined : group.members.get(leader)?.server.raft.state;
  return {
    id,
    state,
    reason: failure?.reason ?? raft.halted,
    role: isUp ? raft.role : null,
    term: isUp ? raft.term : raft.disk.durableTerm,
    votedFor: isUp ? raft.votedFor : null,
    leader: isUp ? raft.leader : null,
    votes: [...raft.votes].filter(([, granted]) => granted).map(([voter]) => voter),
    commitIndex: Math.min(raft.commitIndex, lastIndex),
    lastIndex,
    firstIndex: raft.log.firstIndex,
    matchIndex: leading?.progress.get(id)?.match ?? null,
    reachable: [...group.reachable(id)],
    starts: startsOf(life),
    fingerprint: isUp ? member.machine.fingerprint : null,
    applied: isUp ? member.machine.applied : 0,
    tail: tailOf(raft, lastIndex, tailEntriesMax),
  };
}

/** A life ends with a number of its own, so every start but the first counts two. */
function startsOf(life: number): number {
  return Math.ceil(life / 2);
}

function blankNode(id: NodeId): ConsensusNode {
  return {
    id,
    state: "crashed",
    reason: null,
    role: null,
    term: 0,
    votedFor: null,
    leader: null,
    votes: [],
    commitIndex: 0,
    lastIndex: 0,
    firstIndex: 1,
    matchIndex: null,
    reachable: [],
    starts: 0,
    fingerprint: null,
    applied: 0,
    tail: [],
  };
}

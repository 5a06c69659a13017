/**
 * Lessons: the classic situations of consensus as runs, with text bound to their moments. The tests
 * beside this file hold that each run shows what its text says.
 */
import { defaultDocument, type RunDocument } from "./document.ts";
import { figure8 } from "./lessons-figure-8.ts";

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly document: RunDocument;
  readonly steps: readonly { readonly atMs: number; readonly text: string }[];
  readonly question: string;
  readonly answer: string;
  readonly next: string;
}

const splitVote: Lesson = {
  id: "split-vote",
  title: "Split vote",
  summary: "Two candidates stand in the same term, and neither gets a majority.",
  document: {
    ...defaultDocument,
    algorithm: { id: "raft-plain" },
    nodes: 4,
    clients: 1,
    seed: 50,
    network: { ...defaultDocument.network, minMs: 15, meanMs: 25, maxMs: 60 },
    clockOffsetMaxMs: 0,
    load: { ...defaultDocument.load, pauseMs: 400 },
  },
  steps: [
    {
      atMs: 0,
      text: "Four nodes start as followers in term 0, each with an election timeout of its own, drawn between 150 and 300 ms.",
    },
    {
      atMs: 155.8,
      text: "Node 2 has waited longest and stands for term 1: it votes for itself and asks the others.",
    },
    {
      atMs: 174.7,
      text: "Node 1 times out before it hears of that, and stands for term 1 as well. Each has voted for itself, and nobody votes twice in a term.",
    },
    {
      atMs: 221,
      text: "Node 3 voted for node 2, node 4 for node 1: two votes each, and three are needed. Nobody leads term 1.",
    },
    {
      atMs: 364.1,
      text: "The timeouts are drawn again. Node 4 is first by far and stands for term 2.",
    },
    {
      atMs: 427.1,
      text: "It is elected. Chance has ended the tie, as it soon does almost every time.",
    },
  ],
  question: "Why would a fixed election timeout, the same for all, be a mistake?",
  answer:
    "After a tie all would time out together again, and tie again. Random timeouts make it likely that one node is well ahead of the others.",
  next: "Set five nodes: with an odd number two candidates tie only if a third takes a vote away. Then choose Raft with pre-vote and see that no term is used up before a majority is ready to vote.",
};

const oldLeader: Lesson = {
  id: "old-leader",
  title: "Old leader",
  summary: "A leader that is cut off goes on taking commands, and can commit none of them.",
  document: {
    ...defaultDocument,
    algorithm: { id: "raft-plain" },
    clients: 0,
    clockOffsetMaxMs: 0,
    interventions: [
      { kind: "propose", node: 2, command: "before", atMs: 600 },
      { kind: "partition", groups: [[2]], oneWay: false, atMs: 1000 },
      { kind: "propose", node: 2, command: "stale", atMs: 1100 },
      { kind: "propose", node: 1, command: "fresh", atMs: 1700 },
      { kind: "propose", node: 3, command: "fresh", atMs: 1700 },
      { kind: "propose", node: 4, command: "fresh", atMs: 1700 },
      { kind: "propose", node: 5, command: "fresh", atMs: 1700 },
      { kind: "heal", atMs: 2500 },
    ],
  },
  steps: [
    { atMs: 700, text: 'Node 2 leads term 1, and the command "before" is committed on all nodes.' },
    { atMs: 1000.1, text: "Node 2 is cut off from the others. It does not know." },
    {
      atMs: 1200,
      text: 'It is asked for the command "stale", takes it into its log, and waits for a majority that cannot hear it. The entry stays uncommitted.',
    },
    {
      atMs: 1600,
      text: "The others have heard no heartbeat for an election timeout. One of them leads a later term now: two leaders at once, in different terms.",
    },
    {
      atMs: 2000,
      text: 'The new leader commits "fresh" at the very index at which node 2 holds "stale".',
    },
    {
      atMs: 2900,
      text: 'The network is whole again. Node 2 saw the later term, stepped down, and its uncommitted entry was replaced: "stale" is gone, and no client was ever told that it was committed.',
    },
  ],
  question:
    "Node 2 led for 1.5 s without knowing that it was replaced. Was a read from it in that time safe?",
  answer:
    'No: it would have missed "fresh". That is why Raft\'s leader answers reads only after a round of heartbeats, or within a lease.',
  next: "Choose Raft instead of Raft of the paper: its quorum check makes a leader that hears of no majority step down by itself. Then try the broken Raft that answers reads without asking whether it still leads.",
};

const lostQuorum: Lesson = {
  id: "lost-quorum",
  title: "Lost quorum",
  summary: "With three of five nodes down nothing is agreed; with one of them back everything is.",
  document: {
    ...defaultDocument,
    clients: 2,
    interventions: [
      { kind: "crash", node: 3, atMs: 1000 },
      { kind: "crash", node: 4, atMs: 1400 },
      { kind: "crash", node: 5, atMs: 1800 },
      { kind: "restart", node: 3, atMs: 4000 },
    ],
  },
  steps: [
    {
      atMs: 900,
      text: "Five nodes, one leader, and two clients whose commands are committed one after another.",
    },
    {
      atMs: 1500,
      text: "Nodes 3 and 4 have crashed. Three of five are a majority still, and the commits go on.",
    },
    { atMs: 1850, text: "Node 5 crashes too. Two nodes are left, and no entry can reach a third." },
    {
      atMs: 3900,
      text: "For two seconds nothing has been committed. The leader has stepped down, and neither of the two that are left can win an election. The clients wait; nothing that was agreed is lost.",
    },
    {
      atMs: 5500,
      text: "Node 3 is back with its log from disk. Three nodes elect a leader, and the commits go on.",
    },
  ],
  question: "Why may the two nodes that are left not simply go on without the others?",
  answer:
    "They cannot tell a crash from a cut network. On the other side of a cut the three others might be agreeing on something else at the same indexes.",
  next: "Undo the restart and corrupt the disk of node 3 before you restart it: a node that lost what it had promised must not vote. Then try seven nodes and crash three.",
};

const equivocation: Lesson = {
  id: "equivocating-primary",
  title: "Equivocating primary",
  summary: "A primary of PBFT gives one number to two different requests, and loses its office.",
  document: {
    ...defaultDocument,
    algorithm: { id: "pbft" },
    nodes: 4,
    clients: 2,
    interventions: [{ kind: "byzantine", node: 1, behaviour: "equivocate", atMs: 1500 }],
  },
  steps: [
    {
      atMs: 1400,
      text: "Four replicas survive one that lies. Node 1 is the primary of view 0 and gives each request its number.",
    },
    {
      atMs: 1501,
      text: "Node 1 is turned: from now on it tells some backups of one request under a number, and others of another.",
    },
    {
      atMs: 2100,
      text: "The backups tell each other what they were told. No number gets the 2f + 1 = 3 equal prepares that it needs, so nothing is committed, and nobody is misled: an honest replica prepares one request at each number.",
    },
    {
      atMs: 2400,
      text: "The clients have sent their requests to all replicas, and their timers have run out: the backups stop taking part in view 0 and ask for view 1, whose primary is node 2.",
    },
    {
      atMs: 4500,
      text: "Node 2 orders what was left over, and the commits go on without node 1. The history is linearizable: lying cost time, and no agreement.",
    },
  ],
  question:
    "Why are four replicas needed to survive one liar, when Raft survives one crash with three?",
  answer:
    "Two quorums must have an honest replica in common. Of 3f + 1 replicas any two quorums of 2f + 1 share f + 1, of which f may lie. With three, two quorums of two share one, and that one may be the liar.",
  next: "Turn node 2 as well, and watch the checks: two liars of four are more than PBFT promises to survive. Then try the other ways to lie, from the menu of a node.",
};

let made: readonly Lesson[] | null = null;

/** Made when they are first asked for: one of them is composed by running it. */
export function allLessons(): readonly Lesson[] {
  made ??= [splitVote, oldLeader, figure8(), lostQuorum, equivocation];
  return made;
}

/** Figure 8 of the Raft paper, event by event: why counting copies commits no entry of an old term. */
import { defaultDocument } from "./document.ts";
import type { Lesson } from "./lessons.ts";

export const figure8: Lesson = {
  id: "figure-8",
  title: "Figure 8 of the Raft paper",
  summary: "An entry that is on a majority of the nodes, and is replaced all the same.",
  document: {
    ...defaultDocument,
    algorithm: { id: "raft-plain" },
    clients: 0,
    seed: 2,
    clockOffsetMaxMs: 0,
    interventions: [
      { kind: "partition", atMs: 261.382, groups: [[1, 2]], oneWay: false },
      { kind: "propose", atMs: 261.383, node: 1, command: "A" },
      { kind: "crash", atMs: 267.664, node: 1 },
      { kind: "pause", atMs: 267.665, node: 2 },
      { kind: "heal", atMs: 267.666 },
      { kind: "partition", atMs: 457.174, groups: [[5]], oneWay: false },
      { kind: "crash", atMs: 522.175, node: 5 },
      { kind: "heal", atMs: 522.176 },
      { kind: "restart", atMs: 522.177, node: 1 },
      { kind: "resume", atMs: 861.119, node: 2 },
      { kind: "partition", atMs: 861.12, groups: [[4]], oneWay: false },
      { kind: "partition", atMs: 916.96, groups: [[1]], oneWay: false },
      { kind: "crash", atMs: 916.961, node: 1 },
      { kind: "pause", atMs: 916.962, node: 2 },
      { kind: "heal", atMs: 981.963 },
      { kind: "restart", atMs: 981.964, node: 5 },
    ],
  },
  steps: [
    {
      atMs: 261.381,
      text: "Node 1 leads term 1, and the empty entry at index 1 that begins its term is committed on all nodes.",
    },
    {
      atMs: 267.6,
      text: "(a) Nodes 1 and 2 are cut off from the others. Node 1 takes the command A at index 2; it is on nodes 1 and 2 only.",
    },
    {
      atMs: 522.1,
      text: "(b) Node 1 has crashed. Node 5 was elected by nodes 3 and 4 for term 2 and put an entry of its own at index 2, but was cut off before anybody else had it.",
    },
    {
      atMs: 916.9,
      text: "(c) Node 5 has crashed, node 1 is back and leads term 4. It has copied A to node 3: A is on nodes 1, 2 and 3, a majority. Raft does not commit it, because A is of term 1. The entry of term 4 behind it would have to be on a majority too.",
    },
    {
      atMs: 2321.2,
      text: "(d) Node 1 has crashed again before that. Node 5 is back, and its last entry is of term 2: later than term 1, so nodes 3 and 4 vote for it.",
    },
    {
      atMs: 2500,
      text: "Node 5 makes the logs of nodes 3 and 4 like its own. A is gone from the majority that it was on, and nothing is broken: it was never committed.",
    },
  ],
  question: "What would have made A safe at moment (c)?",
  answer:
    "The entry of term 4 on a majority. Then node 5, whose last entry is of term 2, could not have been elected (section 5.4.1), and A would have been committed with it.",
  next: "Compare with Broken Raft: an entry of an earlier term is committed by counting its copies. Under the same interventions it commits A at (c), and at (d) the checks find that a committed entry was replaced.",
};

/** Every algorithm of the laboratory, described once for the command line, the tests and the screen. */
import type { NodeId, Process } from "../cluster/process.ts";
import type { ConsensusManager, Service } from "./consensus-manager.ts";
import {
  describeVoteMessage,
  MajorityVote,
  type VoteMessage,
  type VoteRecord,
} from "./majority-vote.ts";
import { describePaxosMessage, MultiPaxos } from "./paxos/multi-paxos.ts";
import { paxosOptions } from "./paxos/options.ts";
import type { PaxosMessage, PaxosRecord } from "./paxos/types.ts";
import { describeHotStuffMessage, HotStuff, hotStuffMessageKind } from "./hotstuff/hotstuff.ts";
import { hotStuffLiars } from "./hotstuff/liars.ts";
import { hotStuffOptions } from "./hotstuff/options.ts";
import type { HotStuffMessage, HotStuffRecord } from "./hotstuff/types.ts";
import { pbftLiars } from "./pbft/liars.ts";
import { pbftOptions } from "./pbft/options.ts";
import { describePbftMessage, Pbft, pbftMessageKind } from "./pbft/pbft.ts";
import type { PbftMessage, PbftRecord } from "./pbft/types.ts";
import { faultyMax } from "./quorum/byzantine.ts";
import { majoritySize } from "./quorum/quorum.ts";
import { raftOptions } from "./raft/options.ts";
import { describeRaftMessage, Raft } from "./raft/raft.ts";
import type { RaftMessage, RaftRecord } from "./raft/types.ts";

interface ByzantineBehaviour<Message = unknown, Stored = unknown> {
  readonly summary: string;
  create(id: NodeId, members: readonly NodeId[], service?: Service): Process<Message, Stored>;
}

export interface Algorithm<
  Message = unknown,
  Stored = unknown,
  Manager extends ConsensusManager<Message, Stored> = ConsensusManager<Message, Stored>,
> {
  readonly id: "raft" | "multi-paxos" | "pbft" | "hotstuff" | "majority-vote" | (string & {});
  readonly title: string;
  readonly summary: string;
  /** What it is built after. */
  readonly paper: string;
  readonly faultModel: "crash" | "byzantine";
  /** What its paper calls the number that rises with each new leader; "term" when left out. */
  readonly termName?: "ballot" | "view";
  readonly nodes: { readonly min: number; readonly max: number; readonly default: number };
  /** How many faulty nodes a group of this size survives, whichever they are. */
  tolerates(nodes: number): number;
  /** Without a service to take snapshots of, a node keeps its whole log. */
  create(id: NodeId, members: readonly NodeId[], service?: Service): Manager;
  /** One line for the log of a run. */
  describe(message: Message): string;
  /** The message's type, one or two words, as labelled on an arrow. */
  kindOf(message: Message): string;
  /** Ways in which a node can lie, by name; empty for crash-fault algorithms. */
  readonly byzantine: Readonly<Record<string, ByzantineBehaviour<Message, Stored>>>;
}

const minorityOf = (nodes: number): number => nodes - majoritySize(nodes);

export const raft: Algorithm<RaftMessage, RaftRecord, Raft> = {
  id: "raft",
  title: "Raft",
  summary:
    "An elected leader orders all commands; a majority that has an entry on disk commits it.",
  paper:
    "Ongaro and Ousterhout, In Search of an Understandable Consensus Algorithm, USENIX ATC 2014; Ongaro, Consensus: Bridging Theory and Practice, 2014",
  faultModel: "crash",
  nodes: { min: 1, max: 15, default: 5 },
  tolerates: minorityOf,
  create: (id, members) => new Raft(id, raftOptions(members)),
  describe: describeRaftMessage,
  kindOf: (message) => {
    const kind = message.kind.replaceAll("-", " ");
    const preVote = message.kind.startsWith("vote") && "preVote" in message && message.preVote;
    return preVote ? kind.replace("vote", "pre-vote") : kind;
  },
  byzantine: {},
};

export const multiPaxos: Algorithm<PaxosMessage, PaxosRecord, MultiPaxos> = {
  id: "multi-paxos",
  title: "Multi-Paxos",
  summary:
    "A leader wins a ballot for all slots at once, then has a majority accept one value per slot.",
  paper:
    "Lamport, Paxos Made Simple, 2001; van Renesse and Altinbuken, Paxos Made Moderately Complex, ACM Computing Surveys 2015; Chandra, Griesemer and Redstone, Paxos Made Live, PODC 2007",
  faultModel: "crash",
  termName: "ballot",
  nodes: { min: 1, max: 15, default: 5 },
  tolerates: minorityOf,
  create: (id, members, service) =>
    new MultiPaxos(id, paxosOptions(members, { service: service ?? null })),
  describe: describePaxosMessage,
  kindOf: (message) => message.kind.replace("-", " "),
  byzantine: {},
};

export const pbft: Algorithm<PbftMessage, PbftRecord, Pbft> = {
  id: "pbft",
  title: "PBFT",
  summary: "Three rounds among 3f + 1 replicas agree on an order even when f of them lie.",
  paper:
    "Castro and Liskov, Practical Byzantine Fault Tolerance, OSDI 1999; the same and Proactive Recovery, ACM TOCS 2002",
  faultModel: "byzantine",
  termName: "view",
  nodes: { min: 4, max: 13, default: 4 },
  tolerates: faultyMax,
  create: (id, members, service) =>
    new Pbft(id, pbftOptions(members, service === undefined ? {} : { service })),
  describe: describePbftMessage,
  kindOf: pbftMessageKind,
  byzantine: pbftLiars,
};

export const hotStuff: Algorithm<HotStuffMessage, HotStuffRecord, HotStuff> = {
  id: "hotstuff",
  title: "HotStuff",
  summary: "A new leader in every view gathers certificates in three phases; f of 3f + 1 may lie.",
  paper:
    "Yin, Malkhi, Reiter, Golan Gueta and Abraham, HotStuff: BFT Consensus with Linearity and Responsiveness, PODC 2019",
  faultModel: "byzantine",
  termName: "view",
  nodes: { min: 4, max: 13, default: 4 },
  tolerates: faultyMax,
  create: (id, members, service) =>
    new HotStuff(id, hotStuffOptions(members, service === undefined ? {} : { service })),
  describe: describeHotStuffMessage,
  kindOf: hotStuffMessageKind,
  byzantine: hotStuffLiars,
};

export const majorityVote: Algorithm<VoteMessage, VoteRecord> = {
  id: "majority-vote",
  title: "Majority vote",
  summary:
    "A fixed coordinator orders commands and waits for a majority: agreement without elections.",
  paper: "None: the example of docs/guides/custom-consensus.md, to read before Raft",
  faultModel: "crash",
  nodes: { min: 1, max: 15, default: 3 },
  // While the coordinator is away nothing is agreed.
  tolerates: () => 0,
  create: (id, members) => new MajorityVote(id, members),
  describe: describeVoteMessage,
  kindOf: (message) => message.kind,
  byzantine: {},
};

export const algorithms: Readonly<Record<string, Algorithm>> = {
  [raft.id]: raft,
  [multiPaxos.id]: multiPaxos,
  [pbft.id]: pbft,
  [hotStuff.id]: hotStuff,
  [majorityVote.id]: majorityVote,
};

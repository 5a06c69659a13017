/** What the playground can run: the laboratory's algorithms, and Raft with one rule broken at a time. */
import { type Algorithm, algorithms, raft } from "../algorithms.ts";
import { raftOptions } from "../raft/options.ts";
import { Raft } from "../raft/raft.ts";
import { raftRules } from "../raft/rules.ts";
import type { RaftMessage, RaftOptions, RaftRecord } from "../raft/types.ts";
import { raftBugs } from "../seeded-bugs.ts";

/** Raft as the paper has it, an entry at a time: what the dissertation added hides old mistakes. */
const plain: Partial<RaftOptions> = {
  preVote: false,
  checkQuorum: false,
  entriesPerMessageMax: 1,
  appendsInFlightMax: 1,
};

function raftVariant(
  id: string,
  title: string,
  summary: string,
  changes: Partial<RaftOptions>,
): Algorithm {
  const variant: Algorithm<RaftMessage, RaftRecord> = {
    ...raft,
    id,
    title,
    summary,
    create: (node, members) => new Raft(node, raftOptions(members, { ...plain, ...changes })),
  };
  return variant;
}

const slug = (name: string): string => name.replaceAll(/[^a-z]+/g, "-").slice(0, 50);

/** Without the lease, which needs the quorum check that plain Raft lacks. */
const broken = raftBugs
  .filter(({ rules }) => Object.keys(rules).some((rule) => rule !== "leaseMs"))
  .map(({ name, clause, rules, raft: options = {} }) =>
    raftVariant(
      `raft-bug-${slug(name)}`,
      `Broken Raft: ${name}`,
      `Against ${clause}. The checkers should find it.`,
      { ...options, rules: { ...raftRules, ...rules } },
    ),
  );

export const playgroundAlgorithms: ReadonlyMap<string, Algorithm> = new Map(
  [
    ...Object.values(algorithms),
    raftVariant(
      "raft-plain",
      "Raft of the paper",
      "Without pre-vote and quorum check, one entry in each message.",
      {},
    ),
    ...broken,
  ].map((algorithm) => [algorithm.id, algorithm]),
);

/**
 * Majorities, alone and joint (Ongaro's dissertation, section 4.3): which index a quorum has
 * acknowledged and how a vote stands. Behaves as etcd-io/raft's package of the same name.
 */
import type { NodeId } from "../../cluster/process.ts";

/** A joint configuration decides only where both halves do; an empty half always agrees. */
interface JointVoters {
  readonly incoming: readonly NodeId[];
  /** Empty outside a change of membership. */
  readonly outgoing: readonly NodeId[];
}

export type VoteResult = "pending" | "lost" | "won";

/** The least number of members that any two such groups share a member with. */
export function majoritySize(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The highest index that a majority has acknowledged; Infinity for no voters at all. */
export function majorityCommitted(
  voters: readonly NodeId[],
  acknowledged: (id: NodeId) => number | undefined,
  size: (members: number) => number = majoritySize,
): number {
  if (voters.length === 0) return Infinity;
  const needed = size(voters.length);
  let committed = 0;
  // Groups are small and this runs with every answer: counting beats sorting.
  for (const candidate of voters) {
    const index = acknowledged(candidate) ?? 0;
    if (index <= committed) continue;
    let reached = 0;
    for (const id of voters) {
      if ((acknowledged(id) ?? 0) >= index) reached += 1;
    }
    if (reached >= needed) committed = index;
  }
  return committed;
}

export function jointCommitted(
  voters: JointVoters,
  acknowledged: (id: NodeId) => number | undefined,
  size: (members: number) => number = majoritySize,
): number {
  return Math.min(
    majorityCommitted(voters.incoming, acknowledged, size),
    majorityCommitted(voters.outgoing, acknowledged, size),
  );
}

/** How a vote stands: undefined is a vote not cast yet. */
export function majorityVote(
  voters: readonly NodeId[],
  vote: (id: NodeId) => boolean | undefined,
  size: (members: number) => number = majoritySize,
): VoteResult {
  if (voters.length === 0) return "won";
  const needed = size(voters.length);
  let granted = 0;
  let open = 0;
  for (const id of voters) {
    const cast = vote(id);
    if (cast === undefined) open += 1;
    else if (cast) granted += 1;
  }
  if (granted >= needed) return "won";
  return granted + open >= needed ? "pending" : "lost";
}

export function jointVote(
  voters: JointVoters,
  vote: (id: NodeId) => boolean | undefined,
  size: (members: number) => number = majoritySize,
): VoteResult {
  const incoming = majorityVote(voters.incoming, vote, size);
  const outgoing = majorityVote(voters.outgoing, vote, size);
  if (incoming === outgoing) return incoming;
  return incoming === "lost" || outgoing === "lost" ? "lost" : "pending";
}

/** A picture of the acknowledged indexes, with an x for each voter that is further behind. */
export function describeCommitted(
  voters: readonly NodeId[],
  acknowledged: (id: NodeId) => number | undefined,
): string {
  if (voters.length === 0) return "<empty majority quorum>";
  const count = voters.length;
  const known = voters
    .map((id) => ({ id, index: acknowledged(id) ?? 0, known: acknowledged(id) !== undefined }))
    .toSorted((left, right) => left.id - right.id);
  const lines = known.map((voter) => {
    const bar = known.filter(({ index }) => index < voter.index).length;
    const head = voter.known
      ? `${"x".repeat(bar)}>${" ".repeat(count - bar)}`
      : `?${" ".repeat(count)}`;
    return `${head} ${String(voter.index).padStart(5)}    (id=${voter.id})\n`;
  });
  const header = `${" ".repeat(count)}    idx\n`;
  return header + lines.join("");
}

/**
 * Changes of membership as in etcd-io/raft's package of the same name: from a configuration and what
 * is asked of it to the next configuration, or to the reason why not. It decides nothing about when.
 */
import type { NodeId } from "../../cluster/process.ts";
import { isJoint } from "../raft/configuration.ts";
import { leaveJoint as withoutOldHalf } from "../raft/membership.ts";
import type { Configuration } from "../raft/types.ts";

export interface MemberChange {
  readonly kind: "add-voter" | "add-learner" | "remove" | "update";
  /** 0 is ignored, as in etcd. */
  readonly id: NodeId;
}

export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

interface Draft {
  incoming: Set<NodeId>;
  readonly outgoing: ReadonlySet<NodeId>;
  learners: Set<NodeId>;
  learnersNext: Set<NodeId>;
}

/** At most one voter more or less: safe without a joint configuration (dissertation 4.1). */
export function simpleChange(
  configuration: Configuration,
  changes: readonly MemberChange[],
): Configuration {
  if (isJoint(configuration)) {
    throw new ConfigurationError("can't apply simple config change in joint config");
  }
  const next = applyChanges(configuration, changes, []);
  const added = next.incoming.filter((id) => !configuration.incoming.includes(id));
  const removed = configuration.incoming.filter((id) => !next.incoming.includes(id));
  if (added.length + removed.length > 1) {
    throw new ConfigurationError("more than one voter changed without entering joint config");
  }
  return next;
}

/** Any change, by way of a configuration in which the old and the new voters both decide. */
export function enterJoint(
  configuration: Configuration,
  changes: readonly MemberChange[],
  { autoLeave }: { autoLeave: boolean },
): Configuration {
  if (isJoint(configuration)) throw new ConfigurationError("config is already joint");
  if (configuration.incoming.length === 0) {
    throw new ConfigurationError("can't make a zero-voter config joint");
  }
  return { ...applyChanges(configuration, changes, configuration.incoming), autoLeave };
}

/** Drops the old voters; those demoted become learners now. */
export function leaveJoint(configuration: Configuration): Configuration {
  if (!isJoint(configuration)) throw new ConfigurationError("can't leave a non-joint config");
  return withoutOldHalf(configuration);
}

function applyChanges(
  configuration: Configuration,
  changes: readonly MemberChange[],
  outgoing: readonly NodeId[],
): Configuration {
  const draft: Draft = {
    incoming: new Set(configuration.incoming),
    outgoing: new Set(outgoing),
    learners: new Set(configuration.learners),
    learnersNext: new Set(configuration.learnersNext),
  };
  for (const { kind, id } of changes) {
    if (id === 0) continue;
    if (kind === "add-voter") addVoter(draft, id);
    else if (kind === "add-learner") addLearner(draft, id);
    else if (kind === "remove") remove(draft, id);
  }
  if (draft.incoming.size === 0) throw new ConfigurationError("removed all voters");
  return {
    incoming: sorted(draft.incoming),
    outgoing: sorted(draft.outgoing),
    learners: sorted(draft.learners),
    learnersNext: sorted(draft.learnersNext),
    autoLeave: false,
  };
}

function addVoter(draft: Draft, id: NodeId): void {
  draft.incoming.add(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
}

function addLearner(draft: Draft, id: NodeId): void {
  if (draft.learners.has(id)) return;
  remove(draft, id);
  // A voter of the old half cannot also be a learner; it becomes one when that half is left.
  if (draft.outgoing.has(id)) draft.learnersNext.add(id);
  else draft.learners.add(id);
}

function remove(draft: Draft, id: NodeId): void {
  draft.incoming.delete(id);
  draft.learners.delete(id);
  draft.learnersNext.delete(id);
}

function sorted(ids: ReadonlySet<NodeId>): readonly NodeId[] {
  return [...ids].toSorted((a, b) => a - b);
}

/** As etcd prints it: `voters=(1 2)&&(1) learners=(3) learners_next=(2) autoleave`. */
export function describeConfiguration(configuration: Configuration): string {
  const { incoming, outgoing, learners, learnersNext, autoLeave } = configuration;
  const list = (ids: readonly NodeId[]): string => `(${ids.join(" ")})`;
  let text = `voters=${list(incoming)}`;
  if (outgoing.length > 0) text += `&&${list(outgoing)}`;
  if (learners.length > 0) text += ` learners=${list(learners)}`;
  if (learnersNext.length > 0) text += ` learners_next=${list(learnersNext)}`;
  return autoLeave ? `${text} autoleave` : text;
}

/** Reading a configuration. */
import type { NodeId } from "../../cluster/process.ts";
import type { Configuration } from "./types.ts";

export function votersOnly(voters: readonly NodeId[]): Configuration {
  return { incoming: voters, outgoing: [], learners: [], learnersNext: [], autoLeave: false };
}

export function isVoter(configuration: Configuration, id: NodeId): boolean {
  return configuration.incoming.includes(id) || configuration.outgoing.includes(id);
}

export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0;
}

/** Everyone who receives the log, in rising order. */
export function members(configuration: Configuration): readonly NodeId[] {
  const { incoming, outgoing, learners } = configuration;
  return [...new Set([...incoming, ...outgoing, ...learners])].toSorted((a, b) => a - b);
}

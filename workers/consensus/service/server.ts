/** A replicated service on Raft, with linearizable reads beside the log. */
import type { Context, NodeId } from "../../cluster/process.ts";
import { describeRaftMessage, Raft } from "../raft/raft.ts";
import type { RaftMessage, RaftOptions, RaftRecord } from "../raft/types.ts";
import {
  describeClientMessage,
  isClientAnswer,
  isClientRequest,
  type ReplicaMessage,
} from "./messages.ts";
import { Replica } from "./replica.ts";
import type { StateMachine } from "./state-machine.ts";

export type ServiceMessage = ReplicaMessage<RaftMessage>;
export type ServiceContext = Context<ServiceMessage, RaftRecord>;

export class ReplicatedServer extends Replica<RaftMessage, RaftRecord, Raft> {
  constructor(id: NodeId, options: Omit<RaftOptions, "snapshots">, machine: StateMachine) {
    super(machine, (service) => new Raft(id, { ...options, snapshots: service }));
  }

  get raft(): Raft {
    return this.manager;
  }
}

/** One line for the log of a run. */
export function describeServiceMessage(message: ServiceMessage): string {
  const isOfClient = isClientRequest(message) || isClientAnswer(message);
  return isOfClient ? describeClientMessage(message) : describeRaftMessage(message);
}

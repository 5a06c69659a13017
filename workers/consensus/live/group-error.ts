/** Why a live group does not do what it is asked for. */
export type GroupErrorReason =
  | "no-quorum"
  | "no-leader"
  | "undecided"
  | "busy"
  | "stopped"
  | "node-unknown"
  | "node-state"
  | "partition";

export class GroupError extends Error {
  readonly reason: GroupErrorReason;

  constructor(reason: GroupErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

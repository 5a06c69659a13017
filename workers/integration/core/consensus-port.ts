/** What the orchestrator needs of a replicated log. */
export interface ConsensusPort {
  /** Resolves when the command is committed; rejects when it is not known to be. */
  propose(command: string): Promise<{ readonly term: number; readonly index: number }>;
  /** The leader that the group knows at present. */
  status(): { readonly leader: string | null; readonly term: number };
}

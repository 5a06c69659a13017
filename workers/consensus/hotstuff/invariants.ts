/**
 * What must hold among honest replicas (section 4.2 of Yin et al. 2019: safety), through all their
 * crashes. That no two execute different commands at one place is the base's.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { Invariant } from "../consensus-manager.ts";
import type { HotStuff } from "./hotstuff.ts";
import type { HotStuffMessage } from "./types.ts";

/** A fresh set for one run. */
export function hotStuffInvariants(): readonly Invariant<HotStuff>[] {
  return [new OneBranch(), new VotesKept()];
}

/** Theorem 2: no two conflicting blocks are decided. */
class OneBranch implements Invariant<HotStuff> {
  readonly name = "one branch";
  readonly #decided = new Map<number, { readonly id: NodeId; readonly digest: number }>();
  #problem: string | null = null;

  watch(id: NodeId, { state }: HotStuff): void {
    state.onDecided = (height, digest) => {
      const known = this.#decided.get(height);
      if (known === undefined) this.#decided.set(height, { id, digest });
      else if (known.digest !== digest) {
        this.#problem ??= `at height ${height} node ${known.id} decides ${known.digest}, node ${id} ${digest}`;
      }
    };
  }

  check(): string | null {
    return this.#problem;
  }
}

/** A replica votes for one block in each phase of a view, and its lock never goes back. */
class VotesKept implements Invariant<HotStuff> {
  readonly name = "votes kept";
  readonly #votes = new Map<string, number>();
  /** The view of each replica's last vote to commit, which it is locked by. */
  readonly #committed = new Map<NodeId, number>();
  #problem: string | null = null;

  watch(id: NodeId, { state }: HotStuff): void {
    state.outbox.onSaid = (message) => this.#hear(id, message);
  }

  check(group: ReadonlyMap<NodeId, HotStuff>, changed: NodeId): string | null {
    const state = group.get(changed)?.state;
    const locked = this.#committed.get(changed) ?? 0;
    // A replica whose disk is damaged keeps out, and a new one has yet to read its disk.
    if (state === undefined || state.halted !== null) return this.#problem;
    if (state.lockedQC.view < locked) {
      this.#problem ??= `node ${changed} was locked in view ${locked} and is in ${state.lockedQC.view}`;
    }
    return this.#problem;
  }

  #hear(id: NodeId, message: HotStuffMessage): void {
    if (message.kind !== "vote") return;
    const { phase, view, block } = message;
    const key = `${id} ${phase} ${view}`;
    const known = this.#votes.get(key);
    if (known !== undefined && known !== block) {
      this.#problem ??= `node ${id} votes in ${phase} of view ${view} for ${known} and ${block}`;
    }
    this.#votes.set(key, block);
    if (phase === "commit") {
      this.#committed.set(id, Math.max(view, this.#committed.get(id) ?? 0));
    }
  }
}

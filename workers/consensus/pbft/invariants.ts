/**
 * What must hold among honest replicas (section 4 of Castro and Liskov 1999), checked on all that they
 * say. Agreement itself, that no two of them execute different requests at one number, is the base's.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { Invariant } from "../consensus-manager.ts";
import type { Pbft } from "./pbft.ts";
import type { PbftMessage } from "./types.ts";

interface Listener extends Invariant<Pbft> {
  hear(id: NodeId, message: PbftMessage): void;
}

/** A fresh set for one run. */
export function pbftInvariants(): readonly Invariant<Pbft>[] {
  const listeners: readonly Listener[] = [
    new OneDigest("one prepare", "prepare", true),
    new OneDigest("prepared certificates agree", "commit", false),
    new OneDigest("checkpoints agree", "checkpoint", false),
  ];
  const words: Invariant<Pbft> = {
    name: "words",
    watch: (id, manager) => {
      manager.state.outbox.onSaid = (message) => {
        for (const listener of listeners) listener.hear(id, message);
      };
    },
    check: () => null,
  };
  return [words, ...listeners, new StableCheckpointsRise()];
}

/**
 * Messages of a kind name one digest for a view and number.
 * - prepare: each replica, through all its crashes
 * - commit: all honest replicas, since each has a prepared certificate (4.2)
 * - checkpoint: all honest replicas, since they executed the same (4.3)
 */
class OneDigest implements Listener {
  readonly name: string;
  readonly #kind: "prepare" | "commit" | "checkpoint";
  readonly #perReplica: boolean;
  readonly #known = new Map<string, { readonly id: NodeId; readonly digest: number }>();
  #problem: string | null = null;

  constructor(name: string, kind: "prepare" | "commit" | "checkpoint", perReplica: boolean) {
    this.name = name;
    this.#kind = kind;
    this.#perReplica = perReplica;
  }

  hear(id: NodeId, message: PbftMessage): void {
    if (message.kind !== this.#kind) return;
    const { n, digest } = message;
    const view = message.kind === "checkpoint" ? 0 : message.view;
    const key = `${this.#perReplica ? id : 0} ${view} ${n}`;
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, { id, digest });
    else if (known.digest !== digest) {
      this.#problem ??= `in view ${view} at ${n} node ${known.id} says ${known.digest}, node ${id} ${digest}`;
    }
  }

  check(): string | null {
    return this.#problem;
  }
}

/** A stable checkpoint is never taken back, not even by a crash. */
class StableCheckpointsRise implements Invariant<Pbft> {
  readonly name = "stable checkpoints rise";
  readonly #stable = new Map<NodeId, { readonly manager: Pbft; readonly n: number }>();

  check(group: ReadonlyMap<NodeId, Pbft>, changed: NodeId): string | null {
    const manager = group.get(changed);
    if (manager === undefined) return null;
    const { stable, executed, options } = manager.state;
    const known = this.#stable.get(changed);
    // A crash may lose what had not reached the disk, so each life is compared with itself.
    const before = known?.manager === manager ? known.n : 0;
    this.#stable.set(changed, { manager, n: stable });
    if (stable < before) return `node ${changed} goes back from ${before} to ${stable}`;
    if (executed < stable) return `node ${changed} has not executed its checkpoint ${stable}`;
    if (executed > stable + options.windowSize) return `node ${changed} executes beyond its window`;
    return null;
  }
}

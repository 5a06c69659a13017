/**
 * What must hold of Multi-Paxos (sections 2.1 and 2.2 of "Paxos Made Simple"), checked on everything
 * that the nodes say: a promise counts from the moment it leaves, through all crashes of who made it.
 */
import type { NodeId } from "../../cluster/process.ts";
import type { Invariant } from "../consensus-manager.ts";
import { majoritySize } from "../quorum/quorum.ts";
import type { MultiPaxos } from "./multi-paxos.ts";
import { type Ballot, describeBallot, type PaxosMessage } from "./types.ts";

/** A fresh set for one run. */
export function paxosInvariants(members: number): readonly Invariant<MultiPaxos>[] {
  const invariants = [new PromisesKept(), new OneValueChosen(members)];
  const heard: Invariant<MultiPaxos> = {
    name: "words",
    watch: (id, manager) => {
      manager.state.outbox.onSaid = (message) => {
        for (const invariant of invariants) invariant.hear(id, message);
      };
    },
    check: () => null,
  };
  return [heard, ...invariants];
}

/** P1a: after promising a ballot an acceptor never speaks up for a lower one. */
class PromisesKept implements Invariant<MultiPaxos> {
  readonly name = "promises kept";
  readonly #promised = new Map<NodeId, Ballot>();
  #problem: string | null = null;

  hear(id: NodeId, message: PaxosMessage): void {
    if (message.kind !== "promise" && message.kind !== "accepted") return;
    const before = this.#promised.get(id) ?? 0;
    if (message.ballot < before) {
      this.#problem ??= `node ${id} said ${message.kind} in ballot ${describeBallot(message.ballot)} after ${describeBallot(before)}`;
    }
    this.#promised.set(id, Math.max(before, message.ballot));
  }

  check(): string | null {
    return this.#problem;
  }
}

/** A ballot has one value for a slot, and all ballots that win a majority there have the same. */
class OneValueChosen implements Invariant<MultiPaxos> {
  readonly name = "one value chosen";
  readonly #quorum: number;
  /** By slot and ballot. */
  readonly #proposed = new Map<string, string>();
  readonly #accepted = new Map<string, Set<NodeId>>();
  readonly #chosen = new Map<number, { readonly value: string; readonly ballot: Ballot }>();
  #problem: string | null = null;

  constructor(members: number) {
    this.#quorum = majoritySize(members);
  }

  hear(id: NodeId, message: PaxosMessage): void {
    if (message.kind === "accept") {
      const { slot, ballot, value } = message;
      const key = `${slot}/${ballot}`;
      const text = `${value.command ?? "no-op"} of ${describeBallot(value.origin)}`;
      const known = this.#proposed.get(key);
      if (known === undefined) this.#proposed.set(key, text);
      else if (known !== text) {
        this.#problem ??= `ballot ${describeBallot(ballot)} proposes ${known} and ${text} in slot ${slot}`;
      }
    } else if (message.kind === "accepted") {
      this.#count(id, message.slot, message.ballot);
    }
  }

  check(): string | null {
    return this.#problem;
  }

  #count(id: NodeId, slot: number, ballot: Ballot): void {
    const key = `${slot}/${ballot}`;
    const accepted = this.#accepted.get(key) ?? new Set();
    this.#accepted.set(key, accepted.add(id));
    const value = this.#proposed.get(key);
    if (accepted.size !== this.#quorum || value === undefined) return;
    const known = this.#chosen.get(slot);
    if (known === undefined) this.#chosen.set(slot, { value, ballot });
    else if (known.value !== value) {
      this.#problem ??= `slot ${slot} has ${known.value} by ballot ${describeBallot(known.ballot)} and ${value} by ${describeBallot(ballot)}`;
    }
  }
}

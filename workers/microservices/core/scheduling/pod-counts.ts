/**
 * How many pods of each kind that rules speak of are on each node, kept up to date pod by pod:
 * pods that a selector means, and pods that have an affinity term of their own.
 */
import { schedulingLimits } from "../../limits.ts";
import type { NodeInfo, PodInfo } from "./node-info.ts";
import type { PodSelector, Term } from "./terms.ts";

/** By a node's slot. */
export type CountsByNode = readonly number[];

interface Tracked {
  readonly selector: PodSelector;
  readonly skipTerminating: boolean;
  readonly counts: number[];
}

/** Counts of the pods that selectors mean; each is counted once and then kept up to date. */
export class SelectorCounts {
  readonly #tracked = new Map<string, Tracked>();
  readonly #nodes: readonly (NodeInfo | null)[];

  constructor(nodes: readonly (NodeInfo | null)[]) {
    this.#nodes = nodes;
  }

  /** `skipTerminating`: spread constraints leave out pods that are ending. */
  of(selector: PodSelector, skipTerminating: boolean): CountsByNode {
    const key = `${skipTerminating ? "live" : "all"} ${selector.key}`;
    let tracked = this.#tracked.get(key);
    if (tracked === undefined) {
      tracked = { selector, skipTerminating, counts: this.#nodes.map(() => 0) };
      this.#nodes.forEach((info, slot) => {
        for (const pod of info?.pods.values() ?? []) apply(tracked!, slot, pod, 1);
      });
    } else {
      // The last used come last, and the first go first.
      this.#tracked.delete(key);
    }
    this.#tracked.set(key, tracked);
    if (this.#tracked.size > schedulingLimits.selectorsTrackedMax) {
      for (const oldest of this.#tracked.keys()) {
        this.#tracked.delete(oldest);
        break;
      }
    }
    return tracked.counts;
  }

  change(slot: number, pod: PodInfo, sign: 1 | -1): void {
    for (const tracked of this.#tracked.values()) apply(tracked, slot, pod, sign);
  }

  /** A slot that is used for the first time. */
  addSlot(slot: number): void {
    for (const { counts } of this.#tracked.values()) counts[slot] = 0;
  }

  /** The labels of some namespace changed: what was counted by them is counted anew. */
  forgetNamespaces(): void {
    for (const [key, { selector }] of this.#tracked) {
      if (selector.usesNamespaceLabels) this.#tracked.delete(key);
    }
  }
}

function apply(tracked: Tracked, slot: number, pod: PodInfo, sign: 1 | -1): void {
  if (tracked.skipTerminating && pod.terminating) return;
  if (!tracked.selector.matches(pod.namespace, pod.labels)) return;
  tracked.counts[slot] = (tracked.counts[slot] ?? 0) + sign;
}

export interface TermCounts {
  readonly term: Term;
  /** By a node's slot: pods there that have the term, times its weight where it has one. */
  readonly counts: number[];
  pods: number;
}

/** The affinity terms of the pods that run, each with where those pods are. */
export class TermIndex {
  readonly #terms = new Map<string, TermCounts>();

  get size(): number {
    return this.#terms.size;
  }

  values(): Iterable<TermCounts> {
    return this.#terms.values();
  }

  change(slot: number, term: Term, weight: number, sign: 1 | -1): void {
    let entry = this.#terms.get(term.key);
    if (entry === undefined) {
      if (sign < 0) return;
      this.#terms.set(term.key, (entry = { term, counts: [], pods: 0 }));
    }
    entry.counts[slot] = (entry.counts[slot] ?? 0) + sign * weight;
    entry.pods += sign;
    if (entry.pods === 0) this.#terms.delete(term.key);
  }
}

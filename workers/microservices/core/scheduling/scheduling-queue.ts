/**
 * Pods that wait for a node: those to try now by priority and age, those whose pause is not over,
 * and those that only a change of the cluster can help (pkg/scheduler/backend/queue).
 */
import { schedulingLimits } from "../../limits.ts";
import type { ObjectOf } from "../store/objects.ts";
import type { FilterPlugin } from "./filters.ts";
import { KeyedHeap } from "./heap.ts";

export interface QueuedPod {
  readonly uid: string;
  pod: ObjectOf<"pods">;
  /** Since when it waits in its present turn; milliseconds since the epoch. */
  since: number;
  /** Breaks ties: in order of arrival. */
  readonly sequence: number;
  attempts: number;
  readyAt: number;
  lastTriedAt: number;
  /** What rejected it; empty: any change may help. */
  plugins: ReadonlySet<FilterPlugin>;
}

const priorityOf = ({ pod }: QueuedPod): number => pod.spec?.priority ?? 0;
const isGated = ({ pod }: QueuedPod): boolean => (pod.spec?.schedulingGates ?? []).length > 0;

export class SchedulingQueue {
  readonly #active = new KeyedHeap<QueuedPod>(
    ({ uid }) => uid,
    (left, right) => {
      const difference = priorityOf(right) - priorityOf(left);
      if (difference !== 0) return difference < 0;
      if (left.since !== right.since) return left.since < right.since;
      return left.sequence < right.sequence;
    },
  );
  readonly #backOff = new KeyedHeap<QueuedPod>(
    ({ uid }) => uid,
    (left, right) =>
      left.readyAt !== right.readyAt
        ? left.readyAt < right.readyAt
        : left.sequence < right.sequence,
  );
  readonly #unschedulable = new Map<string, QueuedPod>();
  readonly #gated = new Map<string, QueuedPod>();
  /** How many of the unschedulable each plugin rejected; "" those that anything may help. */
  readonly #rejectedBy = new Map<FilterPlugin | "", number>();
  /** Out of the queue and being tried. */
  #inFlight: QueuedPod | null = null;
  #sequence = 0;
  #nextCheckAt = Number.POSITIVE_INFINITY;

  get counts(): { active: number; backOff: number; unschedulable: number; gated: number } {
    return {
      active: this.#active.size,
      backOff: this.#backOff.size,
      unschedulable: this.#unschedulable.size,
      gated: this.#gated.size,
    };
  }

  /** A pod that came, or that changed while it waits. */
  put(pod: ObjectOf<"pods">, now: number): void {
    const { uid } = pod.metadata;
    if (this.#inFlight?.uid === uid) {
      this.#inFlight.pod = pod;
      return;
    }
    const known =
      this.#active.get(uid) ??
      this.#backOff.get(uid) ??
      this.#unschedulable.get(uid) ??
      this.#gated.get(uid);
    if (known === undefined) {
      const sequence = ++this.#sequence;
      const [attempts, readyAt, lastTriedAt] = [0, 0, 0];
      const plugins: ReadonlySet<FilterPlugin> = new Set();
      const entry = { uid, pod, since: now, sequence, attempts, readyAt, lastTriedAt, plugins };
      if (isGated(entry)) this.#gated.set(uid, entry);
      else this.#active.put(entry);
      return;
    }
    const before = known.pod;
    known.pod = pod;
    if (this.#gated.has(uid)) {
      if (isGated(known)) return;
      this.#gated.delete(uid);
      known.since = now;
      this.#active.put(known);
    } else if (this.#active.get(uid) !== undefined) this.#active.put(known);
    else if (this.#unschedulable.has(uid) && mayHelp(before, pod)) this.#wake(known, now);
  }

  remove(uid: string): void {
    this.#active.remove(uid);
    this.#backOff.remove(uid);
    this.#gated.delete(uid);
    const entry = this.#unschedulable.get(uid);
    if (entry) this.#forget(entry);
  }

  /** The next pod to try, out of the queue; give it back by `postpone` where it finds no place. */
  pop(now: number): QueuedPod | undefined {
    if (this.#nextCheckAt <= now) this.#wakeTheOld(now);
    let ready = this.#backOff.peek();
    while (ready !== undefined && ready.readyAt <= now) {
      this.#backOff.pop();
      this.#active.put(ready);
      ready = this.#backOff.peek();
    }
    this.#inFlight = null;
    const entry = this.#active.pop();
    if (entry === undefined) return undefined;
    this.#inFlight = entry;
    entry.attempts++;
    entry.lastTriedAt = now;
    return entry;
  }

  /** The pod found no place; it waits for a change that concerns one of the plugins. */
  postpone(entry: QueuedPod, plugins: ReadonlySet<FilterPlugin>, now: number): void {
    this.#inFlight = null;
    entry.plugins = plugins;
    entry.since = now;
    this.#unschedulable.set(entry.uid, entry);
    for (const plugin of keysOf(entry)) {
      this.#rejectedBy.set(plugin, (this.#rejectedBy.get(plugin) ?? 0) + 1);
    }
    this.#nextCheckAt = Math.min(this.#nextCheckAt, now + schedulingLimits.unschedulableCheckMs);
  }

  /** Whether a change that concerns these plugins concerns a pod here. */
  concerns(plugins: ReadonlySet<FilterPlugin>): boolean {
    if (this.#unschedulable.size === 0 || plugins.size === 0) return false;
    if ((this.#rejectedBy.get("") ?? 0) > 0) return true;
    for (const plugin of plugins) if ((this.#rejectedBy.get(plugin) ?? 0) > 0) return true;
    return false;
  }

  /** The cluster changed in what these plugins look at. */
  wake(plugins: ReadonlySet<FilterPlugin>, now: number): void {
    if (!this.concerns(plugins)) return;
    for (const entry of this.#unschedulable.values()) {
      if (keysOf(entry).some((plugin) => plugin === "" || plugins.has(plugin))) {
        this.#wake(entry, now);
      }
    }
  }

  dueAt(): number {
    if (this.#active.size > 0) return Number.NEGATIVE_INFINITY;
    const backOffAt = this.#backOff.peek()?.readyAt ?? Number.POSITIVE_INFINITY;
    const checkAt = this.#unschedulable.size > 0 ? this.#nextCheckAt : Number.POSITIVE_INFINITY;
    return Math.min(backOffAt, checkAt);
  }

  #wake(entry: QueuedPod, now: number): void {
    this.#forget(entry);
    if (isGated(entry)) {
      this.#gated.set(entry.uid, entry);
      return;
    }
    entry.readyAt = entry.lastTriedAt + pauseMs(entry.attempts);
    entry.since = now;
    if (entry.readyAt <= now) this.#active.put(entry);
    else this.#backOff.put(entry);
  }

  #forget(entry: QueuedPod): void {
    this.#unschedulable.delete(entry.uid);
    for (const plugin of keysOf(entry)) {
      this.#rejectedBy.set(plugin, this.#rejectedBy.get(plugin)! - 1);
    }
  }

  /** No change was seen to help for long: one may have been missed. */
  #wakeTheOld(now: number): void {
    this.#nextCheckAt = now + schedulingLimits.unschedulableCheckMs;
    for (const entry of this.#unschedulable.values()) {
      if (now - entry.since > schedulingLimits.unschedulableMaxMs) this.#wake(entry, now);
    }
  }
}

const keysOf = ({ plugins }: QueuedPod): readonly (FilterPlugin | "")[] =>
  plugins.size === 0 ? [""] : [...plugins];

/** 1 s after the first attempt, doubled up to 10 s. */
function pauseMs(attempts: number): number {
  const { backOffFirstMs, backOffMaxMs } = schedulingLimits;
  if (attempts === 0) return 0;
  return Math.min(backOffFirstMs * 2 ** Math.min(attempts - 1, 30), backOffMaxMs);
}

/** Whether the pod itself changed in what scheduling looks at; its status is none of it. */
function mayHelp(before: ObjectOf<"pods">, after: ObjectOf<"pods">): boolean {
  return (
    before.spec !== after.spec ||
    before.metadata.labels !== after.metadata.labels ||
    before.metadata.annotations !== after.metadata.annotations
  );
}

/**
 * Keeps the checkpoints of workers that sum among themselves, and says who belongs to them. A
 * checkpoint is acknowledged when it is durable; a change of members begins from the newest.
 */
import type { NodeId } from "../../../../cluster/process.ts";
import type { ReplicaState } from "../replica.ts";
import { ClusterNode } from "./member.ts";
import { Membership } from "./membership.ts";
import { beatMs, type Body, controlBytes, silenceMs, type Stored, stateBytes } from "./plan.ts";

export class Coordinator extends ClusterNode {
  readonly #membership = new Membership();
  #members: readonly NodeId[] = [];
  #generation = 0;
  #saved: Stored | null = null;
  /** Whether somebody is to come or go at the next checkpoint. */
  #isChanging = false;
  #arrived = new Set<NodeId>();
  #writing: { readonly sync: number; readonly record: Stored } | null = null;
  #state: { readonly step: number; readonly state: ReplicaState } | null = null;
  #startedMs = 0;

  /** The member leaves at the next checkpoint. */
  dismiss(node: NodeId): void {
    this.#membership.dismiss(node);
    this.#isChanging = true;
  }

  protected override start(): void {
    // A torn record reads as null; the one before it has been replaced only when it was whole.
    this.#saved = this.context.storage.read().records.findLast((record) => record !== null) ?? null;
    this.#generation = this.#saved?.generation ?? 0;
    this.#startedMs = this.now();
    this.after(beatMs, () => this.#look());
  }

  protected override onBeat(from: NodeId, life: number, generation: number): void {
    const what = this.#membership.beat(from, life, generation, this.now());
    if (what !== "new" || this.#members.length === 0) return;
    // A member that has lost its memory keeps the others waiting; a newcomer can wait.
    if (this.#members.includes(from)) this.#renew(`Worker ${from} is back`);
    else this.#isChanging = true;
  }

  protected override onBody(from: NodeId, body: Body): void {
    if (body.kind !== "arrived" || body.generation !== this.#generation) return;
    this.#arrived.add(from);
    if (body.state !== null) this.#state = { step: body.step, state: body.state };
    if (this.#state === null || !this.#members.every((node) => this.#arrived.has(node))) return;
    const record = { generation: this.#generation, ...this.#state };
    this.context.storage.replace([record]);
    this.#writing = { sync: this.context.storage.sync(), record };
    this.#arrived = new Set();
    this.#state = null;
  }

  protected override onDurable(sync: number): void {
    if (this.#writing?.sync !== sync) return;
    const { record } = this.#writing;
    this.#writing = null;
    this.#saved = record;
    this.bench.saved(record.step);
    if (record.generation !== this.#generation) return;
    if (this.#isChanging && record.step < this.bench.totalSteps) {
      this.#renew("Members change at the checkpoint");
      return;
    }
    for (const node of this.#members) {
      const { generation, step } = record;
      this.transport.send(node, controlBytes, { kind: "continue", generation, step });
    }
  }

  #look(): void {
    this.after(beatMs, () => this.#look());
    const alive = this.#membership.alive(this.now());
    if (this.#members.length === 0) {
      const patience = this.#saved === null && this.#generation === 0 ? 4 * beatMs : silenceMs;
      const isWhole = alive.length >= this.bench.plan.workers;
      const isLate = this.now() - this.#startedMs > patience;
      if (alive.length > 0 && (isWhole || isLate)) this.#renew("Workers have come");
      return;
    }
    const lost = this.#members.filter((node) => !alive.includes(node));
    // Whoever was dismissed still works until the next checkpoint, if it lives.
    const dead = lost.filter((node) => this.#membership.isSilent(node, this.now()));
    if (dead.length > 0) this.#renew(`Worker ${dead.join(", ")} is silent`);
  }

  #renew(why: string): void {
    const members = this.#membership.alive(this.now());
    this.#generation = Math.max(this.#generation, this.#membership.generationMax) + 1;
    const left = this.#members.filter((node) => !members.includes(node));
    this.#members = members;
    this.#isChanging = false;
    this.#arrived = new Set();
    this.#state = null;
    this.#startedMs = this.now();
    this.transport.forget();
    for (const node of left) this.transport.send(node, controlBytes, { kind: "dismissed" });
    const { step = 0, state = null } = this.#saved ?? {};
    this.bench.note(`${why}: ${members.length} workers go on from step ${step}`);
    const generation = this.#generation;
    for (const node of members) {
      this.transport.send(node, stateBytes(state), {
        kind: "world",
        generation,
        members,
        step,
        state,
      });
    }
  }
}

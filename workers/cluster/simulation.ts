/**
 * A discrete-event simulation of a cluster: virtual time, one event after another, and every fault
 * that the network, the nodes, their clocks and their disks can have. A run is decided by its code,
 * seed and options alone; its log repeats byte for byte.
 */
import { Clock } from "./clock.ts";
import { Disk, type DiskOptions } from "./disk.ts";
import {
  type Action,
  anyLife,
  createEvent,
  describeEvent,
  type EventKind,
  type EventParts,
  heldLife,
  type SimulationEvent,
} from "./event.ts";
import { EventQueue } from "./event-queue.ts";
import { heldEventsMax, messagesPerEventMax, noteLengthMax, replayMemoryMax } from "./limits.ts";
import { Network } from "./network.ts";
import type { ProcessFailure, SimulatedNode } from "./node.ts";
import type { Context, NodeId } from "./process.ts";
import { Random } from "./random.ts";
import type { SimulationCounts, SimulationHost, SimulationOptions } from "./simulation-host.ts";
import { Timers } from "./timers.ts";

type Event<Message, Stored> = SimulationEvent<Message, Stored>;

export class Simulation<Message, Stored> {
  readonly counts: SimulationCounts = {
    events: 0,
    messagesSent: 0,
    messagesDelivered: 0,
    messagesLost: 0,
    messagesBlocked: 0,
    crashes: 0,
  };
  readonly network: Network;
  readonly random: Random;
  readonly failures: ProcessFailure[] = [];
  readonly #host: SimulationHost<Message, Stored>;
  readonly #queue = new EventQueue<Event<Message, Stored>>();
  /** Indexed by node number; place 0 is empty. */
  readonly #nodes: (SimulatedNode<Message, Stored> | undefined)[] = [undefined];
  /** Delivered messages that may be delivered again. */
  readonly #past: { readonly from: NodeId; readonly to: NodeId; readonly message: Message }[] = [];
  #nowUs = 0;
  /** By number: how much later copies under way will arrive; Infinity: never. To be set at will. */
  readonly intercepted = new Map<number, number>();
  /** Copies of messages put under way so far. */
  #copies = 0;
  #notes: string[] = [];

  constructor(options: SimulationOptions, host: SimulationHost<Message, Stored>) {
    this.random = new Random(options.seed);
    this.network = new Network(options.nodes, options.network, this.random.fork("network"));
    this.#host = host;
    const clocks = this.random.fork("clocks");
    for (let id = 1; id <= options.nodes; id++) {
      const offsetMs = (2 * clocks.float() - 1) * options.clockOffsetMaxMs;
      this.#nodes.push(this.#createNode(id, offsetMs, options.disk));
      this.#push(0, "start", id, 1, {});
    }
  }

  /** Virtual time in milliseconds. */
  get nowMs(): number {
    return this.#nowUs / 1000;
  }

  /** When the next event is due; null when nothing is left to happen. */
  get nextEventMs(): number | null {
    const next = this.#queue.peek();
    return next === undefined ? null : next.atUs / 1000;
  }

  get nodeIds(): readonly NodeId[] {
    return this.#nodes.flatMap((node) => (node === undefined ? [] : [node.id]));
  }

  node(id: NodeId): SimulatedNode<Message, Stored> {
    const node = this.#nodes[id];
    if (node === undefined) throw new RangeError(`there is no node ${id}`);
    return node;
  }

  /** Handles the next event. False when nothing is left to happen. */
  step(): boolean {
    for (let event = this.#queue.pop(); event !== undefined; event = this.#queue.pop()) {
      if (this.#take(event)) return true;
    }
    return false;
  }

  /** Handles all events up to this time, or until `done` says so after one of them. */
  runUntil(timeMs: number, done: () => boolean = () => false): void {
    const endUs = Math.round(timeMs * 1000);
    while (!done()) {
      const next = this.#queue.peek();
      if (next === undefined || next.atUs > endUs) {
        this.#nowUs = Math.max(this.#nowUs, endUs);
        return;
      }
      this.#queue.pop();
      this.#take(next);
    }
  }

  /** Runs an action as an event of its own, `delayMs` from now. */
  schedule(delayMs: number, label: string, run: () => void): void {
    this.#push(Math.round(delayMs * 1000), "action", 0, anyLife, { action: { label, run } });
  }

  /** Runs an action inside a node, as an event of it; skipped when the node is not up by then. */
  scheduleOn(
    id: NodeId,
    delayMs: number,
    label: string,
    run: (context: Context<Message, Stored>) => void,
  ): void {
    const action: Action<Message, Stored> = { label, run: (context) => context && run(context) };
    this.#push(Math.round(delayMs * 1000), "action", id, anyLife, { action });
  }

  /** Cuts a node's power: its memory is gone, its disk keeps what `Disk.crash` leaves. */
  crash(id: NodeId): void {
    const node = this.node(id);
    if (node.state === "crashed" || node.state === "failed") return;
    this.#clear(node);
    node.disk.crash();
    node.state = "crashed";
    this.counts.crashes += 1;
  }

  /** Starts a new life of a crashed node, with what its disk holds. */
  restart(id: NodeId): void {
    const node = this.node(id);
    if (node.state !== "crashed") return;
    node.life += 1;
    this.#push(0, "start", id, node.life, {});
  }

  /** Stops a node where it is, as SIGSTOP does. Its events wait; its clock does not. */
  pause(id: NodeId): void {
    const node = this.node(id);
    if (node.state === "up") node.state = "paused";
  }

  resume(id: NodeId): void {
    const node = this.node(id);
    if (node.state !== "paused") return;
    node.state = "up";
    const held = node.held;
    node.held = [];
    for (const event of held) {
      const life = event.kind === "message" ? heldLife : event.life;
      this.#queue.push({ ...event, atUs: this.#nowUs, life });
    }
  }

  clog(from: NodeId, to: NodeId, durationMs: number): void {
    this.network.clog(from, to, this.#nowUs + Math.round(durationMs * 1000));
  }

  setDrift(id: NodeId, driftPpm: number): void {
    this.node(id).clock.setDrift(this.#nowUs, driftPpm);
  }

  stepClock(id: NodeId, byMs: number): void {
    this.node(id).clock.step(this.#nowUs, byMs);
  }

  /** Adds a remark to the line of the present event. */
  note(text: string): void {
    if (this.#host.log !== undefined) this.#notes.push(text.slice(0, noteLengthMax));
  }

  /** Lets an event happen; false when there is nobody any more to whom it could. */
  #take(event: Event<Message, Stored>): boolean {
    this.#nowUs = event.atUs;
    if (!this.#isDue(event)) return false;
    this.#handle(event);
    return true;
  }

  /** Whether an event still has somebody to happen to; sets aside what waits for a paused node. */
  #isDue(event: Event<Message, Stored>): boolean {
    if (event.kind === "message" && event.life === anyLife) {
      if (this.intercepted.size > 0 && this.#isIntercepted(event)) return false;
      if (!this.network.arrived(event.from, event.node)) {
        this.counts.messagesBlocked += 1;
        this.#host.onArrival?.(event.sync, "blocked");
        return false;
      }
    }
    if (event.node === 0) return true;
    const node = this.node(event.node);
    if (event.life >= 0 && event.life !== node.life) return false;
    const timer = event.timer;
    if (timer !== null) {
      if (!timer.active) return false;
      if (timer.dueUs > this.#nowUs) {
        this.#push(timer.dueUs - this.#nowUs, "timer", node.id, node.life, { timer });
        return false;
      }
    }
    if (node.state === "up" || event.kind === "start") return true;
    if (node.state === "paused" && event.kind !== "action") this.#hold(node, event);
    else if (event.kind === "message") this.#host.onArrival?.(event.sync, "node down");
    return false;
  }

  #isIntercepted(event: Event<Message, Stored>): boolean {
    const delayMs = this.intercepted.get(event.sync);
    if (delayMs === undefined || !this.intercepted.delete(event.sync)) return false;
    if (delayMs < Infinity) this.#queue.push({ ...event, atUs: event.atUs + delayMs * 1000 });
    else if (this.network.arrived(event.from, event.node)) this.counts.messagesLost += 1;
    return true;
  }

  #hold(node: SimulatedNode<Message, Stored>, event: Event<Message, Stored>): void {
    if (event.kind === "message") this.#host.onArrival?.(event.sync, "held");
    if (event.kind === "message" && node.held.length >= heldEventsMax)
      this.counts.messagesLost += 1;
    else node.held.push(event);
  }

  #handle(event: Event<Message, Stored>): void {
    this.counts.events += 1;
    this.#host.beforeEvent?.(event);
    const node = event.node === 0 ? undefined : this.node(event.node);
    if (node === undefined) {
      event.action?.run(null);
    } else {
      node.sentInEvent = 0;
      try {
        this.#dispatch(node, event);
      } catch (error) {
        this.#fail(node, error);
      }
    }
    if (this.#host.log !== undefined) this.#writeLine(event);
    this.#host.afterEvent?.(event.node);
  }

  #dispatch(node: SimulatedNode<Message, Stored>, event: Event<Message, Stored>): void {
    const { context } = node;
    if (event.kind === "start") {
      node.process = this.#host.create(node.id);
      node.state = "up";
    }
    const process = node.process;
    if (process === null) throw new Error(`node ${node.id} has not started`);
    switch (event.kind) {
      case "start":
        process.onStart(context);
        break;
      case "message":
        this.counts.messagesDelivered += 1;
        this.#host.onArrival?.(event.sync, "delivered");
        if (event.message !== null) {
          process.onMessage(context, event.from, event.message);
          this.#maybeReplay(event.from, node.id, event.message);
        }
        break;
      case "timer":
        if (event.timer !== null) {
          node.timers.cancel(event.timer.name);
          process.onTimer(context, event.timer.name);
        }
        break;
      case "synced":
        node.disk.finishSync(event.sync);
        process.onSynced(context, event.sync);
        break;
      case "action":
        event.action?.run(context);
        break;
    }
  }

  /** A process that throws is stopped for good; the rest of the run goes on. */
  #fail(node: SimulatedNode<Message, Stored>, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.failures.push({ node: node.id, event: this.counts.events, reason });
    this.note(`process stopped: ${reason}`);
    this.#clear(node);
    node.state = "failed";
  }

  #clear(node: SimulatedNode<Message, Stored>): void {
    node.timers.clear();
    node.held = [];
    // Leaves no life in which the syncs and timers under way could still happen.
    node.life += 1;
  }

  #maybeReplay(from: NodeId, to: NodeId, message: Message): void {
    if (this.network.replays() && this.#past.length > 0) {
      const old = this.random.pick(this.#past);
      this.#send(old.from, old.to, old.message);
      if (this.#host.log !== undefined) {
        this.note(`replayed ${old.from}->${old.to} ${this.#host.describe(old.message)}`);
      }
    }
    const { length } = this.#past;
    const place = length < replayMemoryMax ? length : this.counts.messagesDelivered % length;
    this.#past[place] = { from, to, message };
  }

  #send(from: NodeId, to: NodeId, message: Message): void {
    this.counts.messagesSent += 1;
    const fate = this.network.send(from, to, this.#nowUs, (atUs) => {
      const sync = ++this.#copies;
      this.#push(atUs - this.#nowUs, "message", to, anyLife, { from, message, sync });
      this.#host.onSend?.(from, to, message, "sent", atUs / 1000, sync);
    });
    if (fate === "sent") return;
    this.#host.onSend?.(from, to, message, fate, null, 0);
    if (fate === "blocked") this.counts.messagesBlocked += 1;
    else this.counts.messagesLost += 1;
    if (this.#host.log !== undefined) {
      this.note(`${fate} ${from}->${to} ${this.#host.describe(message)}`);
    }
  }

  #createNode(id: NodeId, offsetMs: number, disk: DiskOptions): SimulatedNode<Message, Stored> {
    const streams = this.random.fork(`node ${id}`);
    const node: SimulatedNode<Message, Stored> = {
      id,
      clock: new Clock(offsetMs),
      disk: new Disk(
        disk,
        streams.fork("disk"),
        (sync, durationUs) => this.#push(durationUs, "synced", id, node.life, { sync }),
        this.#host.mirror?.(id) ?? null,
      ),
      timers: new Timers(),
      context: this.#createContext(id, streams.fork("process"), () => node),
      process: null,
      state: "crashed",
      life: 1,
      held: [],
      sentInEvent: 0,
    };
    return node;
  }

  #createContext(
    id: NodeId,
    random: Random,
    self: () => SimulatedNode<Message, Stored>,
  ): Context<Message, Stored> {
    return {
      id,
      random,
      get storage() {
        return self().disk;
      },
      now: () => self().clock.nowMs(this.#nowUs),
      send: (to, message) => {
        const node = self();
        node.sentInEvent += 1;
        if (node.sentInEvent > messagesPerEventMax) {
          throw new RangeError(`sent more than ${messagesPerEventMax} messages in one event`);
        }
        this.#send(id, to, message);
      },
      setTimer: (name, delayMs) => this.#setTimer(self(), name, delayMs),
      cancelTimer: (name) => self().timers.cancel(name),
      note: (text) => this.note(text),
    };
  }

  #setTimer(node: SimulatedNode<Message, Stored>, name: string, delayMs: number): void {
    if (!(delayMs >= 0 && delayMs < Infinity)) {
      throw new RangeError(`timer ${name} needs a delay of at least 0 ms, not ${delayMs}`);
    }
    const delayUs = node.clock.trueUs(delayMs);
    const timer = node.timers.set(name, this.#nowUs + delayUs);
    if (timer !== null) this.#push(delayUs, "timer", node.id, node.life, { timer });
  }

  #push(
    delayUs: number,
    kind: EventKind,
    node: NodeId,
    life: number,
    parts: EventParts<Message, Stored>,
  ): void {
    this.#queue.push(createEvent(this.#nowUs + delayUs, kind, node, life, parts));
  }

  #writeLine(event: Event<Message, Stored>): void {
    const notes = this.#notes.length === 0 ? "" : ` | ${this.#notes.join("; ")}`;
    this.#notes = [];
    const head = `${this.counts.events} ${this.nowMs.toFixed(3)}`;
    this.#host.log?.(`${head} ${describeEvent(event, this.#host.describe)}${notes}`);
  }
}

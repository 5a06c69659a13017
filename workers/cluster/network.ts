/**
 * The network between the nodes: for each message when it arrives, how often, or not at all. It holds
 * no queue of its own; the simulation schedules what it decides.
 */
import { checkChances, checkDelay, type Delay, drawDelayUs } from "./delay.ts";
import { linkMessagesMax, nodesMax } from "./limits.ts";
import type { NodeId } from "./process.ts";
import type { Random } from "./random.ts";

interface LinkOptions {
  readonly delay: Delay;
  /** Chance that a message is lost. */
  readonly lossChance: number;
  /** Chance that a message arrives twice. */
  readonly duplicateChance: number;
  /** True: messages of a link arrive in the order they were sent, as over TCP. */
  readonly fifo: boolean;
}

export interface NetworkOptions extends LinkOptions {
  /** Chance, per delivery, that some message delivered earlier arrives once more. */
  readonly replayChance: number;
  /** Links that differ from the rest. */
  readonly links?: readonly (Partial<LinkOptions> & {
    readonly from: NodeId;
    readonly to: NodeId;
  })[];
}

export const defaultNetwork: NetworkOptions = {
  delay: { minMs: 0.5, meanMs: 1, maxMs: 20 },
  lossChance: 0,
  duplicateChance: 0,
  replayChance: 0,
  fifo: false,
};

/** "full": the link had too many messages under way. */
export type Fate = "sent" | "lost" | "blocked" | "full";

export class Network {
  readonly #random: Random;
  readonly #width: number;
  #options: NetworkOptions;
  readonly #links = new Map<number, LinkOptions>();
  /** Of each link: blocked by a partition. */
  readonly #blocked: Uint8Array;
  /** Of each link: messages under way. */
  readonly #inFlight: Uint16Array;
  /** Of each clogged link: until when it holds its messages back. */
  readonly #cloggedUntilUs = new Map<number, number>();
  /** Of each ordered link: the last arrival. */
  readonly #lastArrivalUs = new Map<number, number>();
  #lossless = false;

  constructor(nodes: number, options: NetworkOptions, random: Random) {
    if (!Number.isInteger(nodes) || nodes < 1 || nodes > nodesMax) {
      throw new RangeError(`a cluster has 1 to ${nodesMax} nodes, not ${nodes}`);
    }
    checkDelay("delay", options.delay);
    checkChances(options);
    this.#random = random;
    this.#options = options;
    this.#width = nodes + 1;
    this.#blocked = new Uint8Array(this.#width ** 2);
    this.#inFlight = new Uint16Array(this.#width ** 2);
    for (const { from, to, ...link } of options.links ?? []) {
      const merged = { ...options, ...link };
      checkChances(link);
      checkDelay(`delay of ${from} -> ${to}`, merged.delay);
      this.#links.set(this.#link(from, to), merged);
    }
  }

  /** Decides a message's fate and calls `arrive` for each copy that will arrive. */
  send(from: NodeId, to: NodeId, nowUs: number, arrive: (atUs: number) => void): Fate {
    const link = this.#link(from, to);
    if (this.#blocked[link] === 1) return "blocked";
    const options = this.#links.get(link) ?? this.#options;
    if (!this.#lossless && this.#random.chance(options.lossChance)) return "lost";
    if (this.#inFlight[link]! >= linkMessagesMax) return "full";
    this.#schedule(link, options, nowUs, arrive);
    if (!this.#lossless && this.#random.chance(options.duplicateChance)) {
      this.#schedule(link, options, nowUs, arrive);
    }
    return "sent";
  }

  /** A copy has arrived: false when a partition cut the link meanwhile. */
  arrived(from: NodeId, to: NodeId): boolean {
    const link = this.#link(from, to);
    this.#inFlight[link]! -= 1;
    return this.#blocked[link] === 0;
  }

  /** Whether the delivery just made is followed by one out of the past. */
  replays(): boolean {
    return !this.#lossless && this.#random.chance(this.#options.replayChance);
  }

  block(from: NodeId, to: NodeId): void {
    this.#blocked[this.#link(from, to)] = 1;
  }

  isBlocked(from: NodeId, to: NodeId): boolean {
    return this.#blocked[this.#link(from, to)] === 1;
  }

  /** From now on the links that have no options of their own lose and delay messages like this. */
  setLink(options: Pick<NetworkOptions, "delay" | "lossChance">): void {
    checkDelay("delay", options.delay);
    checkChances(options);
    this.#options = { ...this.#options, ...options };
  }

  /** Removes every partition. */
  heal(): void {
    this.#blocked.fill(0);
  }

  /** Holds back what is sent on the link until the given time. */
  clog(from: NodeId, to: NodeId, untilUs: number): void {
    this.#cloggedUntilUs.set(this.#link(from, to), untilUs);
  }

  /** From now on no message is lost, duplicated, replayed, cut or held back: the liveness phase. */
  becomeReliable(): void {
    this.#lossless = true;
    this.#cloggedUntilUs.clear();
    this.heal();
  }

  #schedule(
    link: number,
    options: LinkOptions,
    nowUs: number,
    arrive: (atUs: number) => void,
  ): void {
    let startUs = nowUs;
    const cloggedUntilUs = this.#cloggedUntilUs.get(link);
    if (cloggedUntilUs !== undefined) {
      if (cloggedUntilUs > nowUs) startUs = cloggedUntilUs;
      else this.#cloggedUntilUs.delete(link);
    }
    let atUs = startUs + drawDelayUs(options.delay, this.#random);
    if (options.fifo) {
      atUs = Math.max(atUs, this.#lastArrivalUs.get(link) ?? 0);
      this.#lastArrivalUs.set(link, atUs);
    }
    this.#inFlight[link]! += 1;
    arrive(atUs);
  }

  #link(from: NodeId, to: NodeId): number {
    if (!(from >= 1 && from < this.#width && to >= 1 && to < this.#width)) {
      throw new RangeError(`no link ${from} -> ${to} in a cluster of ${this.#width - 1} nodes`);
    }
    return from * this.#width + to;
  }
}

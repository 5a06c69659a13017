/**
 * The group's own client. Each command goes through a session (dissertation section 6.3), so it may
 * be sent until it is answered and still takes effect once. A session has one command open at a
 * time; many sessions side by side carry many commands.
 */
import type { NodeId, Process } from "../../cluster/process.ts";
import type { RaftRecord } from "../raft/types.ts";
import type { ServiceContext, ServiceMessage } from "../service/server.ts";
import type { SessionResult } from "../service/sessions.ts";
import type { Place } from "../service/state-machine.ts";
import { lanesMax, refusalPauseMs, resendAfterMs } from "./limits.ts";

export interface Request {
  readonly command: string;
  /** How often it was sent. */
  attempts: number;
  /** null: its session was forgotten, and whether it took effect is not known. */
  settle(place: Place | null): void;
}

/** A session and what is open in it. */
interface Lane {
  session: number | null;
  sequence: number;
  open: Request | null;
  /** Number of the last message sent; answers to earlier ones are late. */
  sent: number;
  sentAtMs: number;
  /** Whom it was sent to. */
  asked: NodeId;
}

export class GroupClient implements Process<ServiceMessage, RaftRecord> {
  readonly #servers: readonly NodeId[];
  /** In the order they came. */
  readonly #queue = new Set<Request>();
  readonly #idle: Lane[] = [];
  #lanes = 0;
  readonly #open = new Map<Request, Lane>();
  /** Lanes that wait for an answer, by the number of their message: the oldest is the first. */
  readonly #unanswered = new Map<number, Lane>();
  /** Lanes that were refused, and are sent again after a pause. */
  readonly #refused = new Set<Lane>();
  #server: NodeId;
  #sent = 0;
  #resendArmed = false;

  constructor(servers: readonly NodeId[]) {
    this.#servers = servers;
    this.#server = servers[0] ?? 1;
  }

  get waiting(): number {
    return this.#queue.size + this.#open.size;
  }

  submit(context: ServiceContext, request: Request): void {
    this.#queue.add(request);
    this.#assign(context);
  }

  /** Sends it no more. A copy under way may still take effect, once. */
  abandon(context: ServiceContext, request: Request): void {
    if (this.#queue.delete(request)) return;
    const lane = this.#open.get(request);
    if (lane === undefined) return;
    this.#free(lane, request);
    this.#assign(context);
  }

  onStart(): void {
    // Sessions are opened when they are needed.
  }

  onMessage(context: ServiceContext, from: NodeId, message: ServiceMessage): void {
    if (message.kind !== "answer" && message.kind !== "refusal") return;
    const lane = this.#unanswered.get(message.request);
    if (lane === undefined || lane.open === null) return;
    if (message.kind === "answer") {
      this.#server = from;
      this.#onAnswer(context, lane, lane.open, message.result);
      return;
    }
    this.#server = message.leader ?? context.random.pick(this.#servers);
    this.#unanswered.delete(lane.sent);
    if (this.#refused.size === 0) context.setTimer("retry", refusalPauseMs);
    this.#refused.add(lane);
  }

  onTimer(context: ServiceContext, name: string): void {
    if (name === "retry") this.#retry(context);
    else this.#resendLate(context);
  }

  onSynced(): void {
    // A client keeps nothing on disk.
  }

  #retry(context: ServiceContext): void {
    const refused = [...this.#refused];
    this.#refused.clear();
    for (const lane of refused) {
      if (lane.open !== null) this.#send(context, lane, lane.open);
    }
  }

  /** Silence: whoever was asked is down, cut off, or cannot reach a majority. */
  #resendLate(context: ServiceContext): void {
    this.#resendArmed = false;
    // A timer may come a rounding early; what is as good as late must not be waited for in vain.
    const lateSinceMs = context.now() - resendAfterMs + 1;
    const late: Lane[] = [];
    for (const lane of this.#unanswered.values()) {
      if (lane.sentAtMs > lateSinceMs) break;
      late.push(lane);
    }
    for (const lane of late) {
      this.#unanswered.delete(lane.sent);
      if (lane.asked === this.#server) {
        this.#server = context.random.pick(this.#servers.filter((id) => id !== lane.asked));
      }
      if (lane.open !== null) this.#send(context, lane, lane.open);
    }
    this.#armResend(context);
  }

  #armResend(context: ServiceContext): void {
    if (this.#resendArmed) return;
    for (const { sentAtMs } of this.#unanswered.values()) {
      this.#resendArmed = true;
      context.setTimer("resend", Math.max(1, sentAtMs + resendAfterMs - context.now()));
      return;
    }
  }

  #assign(context: ServiceContext): void {
    for (const request of this.#queue) {
      const lane = this.#freeLane();
      if (lane === null) return;
      this.#queue.delete(request);
      lane.open = request;
      lane.sequence += 1;
      this.#open.set(request, lane);
      this.#send(context, lane, request);
    }
  }

  #freeLane(): Lane | null {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#lanes >= lanesMax) return null;
    this.#lanes += 1;
    return { session: null, sequence: 0, open: null, sent: 0, sentAtMs: 0, asked: 0 };
  }

  #free(lane: Lane, request: Request): void {
    this.#unanswered.delete(lane.sent);
    this.#refused.delete(lane);
    this.#open.delete(request);
    lane.open = null;
    this.#idle.push(lane);
  }

  #onAnswer(context: ServiceContext, lane: Lane, request: Request, result: SessionResult): void {
    if (result.kind === "opened") {
      this.#unanswered.delete(lane.sent);
      lane.session = result.session;
      this.#send(context, lane, request);
      return;
    }
    if (result.kind === "expired") lane.session = null;
    this.#free(lane, request);
    request.settle(result.kind === "expired" ? null : (JSON.parse(result.result) as Place));
    this.#assign(context);
  }

  #send(context: ServiceContext, lane: Lane, open: Request): void {
    this.#sent += 1;
    const request = this.#sent;
    lane.sent = request;
    lane.sentAtMs = context.now();
    lane.asked = this.#server;
    this.#unanswered.set(request, lane);
    this.#armResend(context);
    const { session, sequence } = lane;
    if (session === null) {
      context.send(this.#server, { kind: "open-session", request });
    } else {
      open.attempts += 1;
      const { command } = open;
      context.send(this.#server, { kind: "command", request, session, sequence, command });
    }
  }
}

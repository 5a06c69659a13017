/**
 * The group's own client. Each command goes through a session (dissertation section 6.3), so it may
 * be sent until it is answered and still takes effect once. A session has one command open at a
 * time; several sessions side by side carry several commands.
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
  readonly name: string;
  session: number | null;
  sequence: number;
  open: Request | null;
  /** Number of the last message sent; answers to earlier ones are late. */
  sent: number;
  /** Whom it was sent to. */
  asked: NodeId;
  /** It was answered with a refusal, and is sent again after a pause. */
  refused: boolean;
}

export class GroupClient implements Process<ServiceMessage, RaftRecord> {
  readonly #servers: readonly NodeId[];
  readonly #lanes: Lane[] = [];
  #queue: Request[] = [];
  #server: NodeId;
  #sent = 0;

  constructor(servers: readonly NodeId[]) {
    this.#servers = servers;
    this.#server = servers[0] ?? 1;
  }

  get waiting(): number {
    return this.#queue.length + this.#lanes.filter(({ open }) => open !== null).length;
  }

  submit(context: ServiceContext, request: Request): void {
    this.#queue.push(request);
    this.#assign(context);
  }

  /** Sends it no more. A copy under way may still take effect, once. */
  abandon(context: ServiceContext, request: Request): void {
    this.#queue = this.#queue.filter((queued) => queued !== request);
    const lane = this.#lanes.find(({ open }) => open === request);
    if (lane === undefined) return;
    this.#free(context, lane);
    this.#assign(context);
  }

  onStart(): void {
    // Sessions are opened when they are needed.
  }

  onMessage(context: ServiceContext, from: NodeId, message: ServiceMessage): void {
    if (message.kind !== "answer" && message.kind !== "refusal") return;
    const lane = this.#lanes.find(({ sent }) => sent === message.request);
    if (lane === undefined || lane.open === null) return;
    if (message.kind === "answer") {
      this.#server = from;
      this.#onAnswer(context, lane, lane.open, message.result);
    } else {
      this.#server = message.leader ?? context.random.pick(this.#servers);
      lane.refused = true;
      context.setTimer(lane.name, refusalPauseMs);
    }
  }

  onTimer(context: ServiceContext, name: string): void {
    const lane = this.#lanes.find((candidate) => candidate.name === name);
    if (lane === undefined || lane.open === null) return;
    // Silence: whoever was asked is down, cut off, or cannot reach a majority.
    if (!lane.refused && lane.asked === this.#server) {
      const others = this.#servers.filter((id) => id !== lane.asked);
      this.#server = context.random.pick(others);
    }
    this.#send(context, lane, lane.open);
  }

  onSynced(): void {
    // A client keeps nothing on disk.
  }

  #assign(context: ServiceContext): void {
    while (this.#queue.length > 0) {
      const lane = this.#freeLane();
      if (lane === null) return;
      const request = this.#queue.shift();
      if (request === undefined) return;
      lane.open = request;
      lane.sequence += 1;
      this.#send(context, lane, request);
    }
  }

  #freeLane(): Lane | null {
    const free = this.#lanes.find(({ open }) => open === null);
    if (free !== undefined) return free;
    if (this.#lanes.length >= lanesMax) return null;
    const name = `lane ${this.#lanes.length + 1}`;
    const lane: Lane = {
      name,
      session: null,
      sequence: 0,
      open: null,
      sent: 0,
      asked: 0,
      refused: false,
    };
    this.#lanes.push(lane);
    return lane;
  }

  #free(context: ServiceContext, lane: Lane): void {
    context.cancelTimer(lane.name);
    lane.open = null;
  }

  #onAnswer(context: ServiceContext, lane: Lane, request: Request, result: SessionResult): void {
    if (result.kind === "opened") {
      lane.session = result.session;
      this.#send(context, lane, request);
      return;
    }
    if (result.kind === "expired") lane.session = null;
    this.#free(context, lane);
    request.settle(result.kind === "expired" ? null : (JSON.parse(result.result) as Place));
    this.#assign(context);
  }

  #send(context: ServiceContext, lane: Lane, open: Request): void {
    this.#sent += 1;
    const request = this.#sent;
    lane.sent = request;
    lane.asked = this.#server;
    lane.refused = false;
    context.setTimer(lane.name, resendAfterMs);
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

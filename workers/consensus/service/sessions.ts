/**
 * Client sessions (dissertation section 6.3): a command that a client sends again, because it heard
 * nothing, is carried out once. The sessions are part of the replicated state: they change only by
 * agreed commands, so every replica forgets the same ones at the same place.
 */
import { sessionsMax } from "./limits.ts";
import type { StateMachine } from "./state-machine.ts";

export type SessionCommand =
  /** Opens a session; its number is the index of this command. */
  | { readonly kind: "open" }
  | {
      readonly kind: "run";
      readonly session: number;
      /** Rises by one with each new command of the session; a repeat carries the same number. */
      readonly sequence: number;
      readonly command: string;
    };

/** `open`, or `run <session> <sequence> <command>`: the command itself needs no escaping. */
export function encodeSessionCommand(command: SessionCommand): string {
  if (command.kind === "open") return "open";
  return `run ${command.session} ${command.sequence} ${command.command}`;
}

export function decodeSessionCommand(text: string): SessionCommand {
  if (text === "open") return { kind: "open" };
  const first = text.indexOf(" ");
  const second = text.indexOf(" ", first + 1);
  const third = text.indexOf(" ", second + 1);
  if (!text.startsWith("run ") || third < 0) throw new TypeError(`not a session command: ${text}`);
  return {
    kind: "run",
    session: Number(text.slice(first + 1, second)),
    sequence: Number(text.slice(second + 1, third)),
    command: text.slice(third + 1),
  };
}

export type SessionResult =
  | { readonly kind: "opened"; readonly session: number }
  | { readonly kind: "result"; readonly result: string }
  /** The session was forgotten; whether the command has run is not known any more. */
  | { readonly kind: "expired" };

interface Session {
  sequence: number;
  result: string;
}

export class SessionStateMachine {
  readonly #inner: StateMachine;
  readonly #deduplicate: boolean;
  /** In the order of last use. */
  #sessions = new Map<number, Session>();

  /** `deduplicate: false` is for lessons and tests that show what sessions are for. */
  constructor(inner: StateMachine, { deduplicate = true }: { deduplicate?: boolean } = {}) {
    this.#inner = inner;
    this.#deduplicate = deduplicate;
  }

  apply(index: number, term: number, text: string): SessionResult {
    const command = decodeSessionCommand(text);
    if (command.kind === "open") {
      this.#sessions.set(index, { sequence: 0, result: "" });
      if (this.#sessions.size > sessionsMax) this.#forgetOldest();
      return { kind: "opened", session: index };
    }
    const session = this.#sessions.get(command.session);
    if (session === undefined) return { kind: "expired" };
    this.#sessions.delete(command.session);
    this.#sessions.set(command.session, session);
    if (this.#deduplicate && command.sequence <= session.sequence) {
      // The client waits for its last command only, so an older repeat has no reader.
      return { kind: "result", result: session.result };
    }
    session.sequence = command.sequence;
    session.result = this.#inner.apply(command.command, { index, term });
    return { kind: "result", result: session.result };
  }

  /** The result of a session's last command, if it is this one or a later one; null: it has not run. */
  recall(session: number, sequence: number): SessionResult | null {
    const known = this.#sessions.get(session);
    if (!this.#deduplicate || known === undefined || sequence > known.sequence) return null;
    return { kind: "result", result: known.result };
  }

  query(question: string): string {
    return this.#inner.query(question);
  }

  snapshot(): string {
    return JSON.stringify({ inner: this.#inner.snapshot(), sessions: [...this.#sessions] });
  }

  restore(snapshot: string): void {
    const parsed: { inner: string; sessions: [number, Session][] } = JSON.parse(snapshot);
    this.#inner.restore(parsed.inner);
    this.#sessions = new Map(parsed.sessions);
  }

  #forgetOldest(): void {
    for (const oldest of this.#sessions.keys()) {
      this.#sessions.delete(oldest);
      return;
    }
  }
}

/** One debug session at a time, walked through by commands that run one after the other. */
import { client } from "../../data/client.ts";
import { type ProblemError, toProblemError } from "../../data/problem.ts";
import { createStore } from "../../data/store.ts";
import type { Memory, Session, TraceSource, Variables } from "./answers.ts";
import type { Breakpoint } from "./workshop.ts";

export const debugCommands = [
  { command: "over", title: "Step over", keys: ["F10"] },
  { command: "over back", title: "Step over, backwards", keys: ["shift+F10", "alt+F10"] },
  { command: "into", title: "Step into", keys: ["F11"] },
  { command: "into back", title: "Step into, backwards", keys: ["alt+F11"] },
  { command: "out", title: "Step out", keys: ["shift+F11"] },
  { command: "out back", title: "Step out, backwards", keys: ["alt+shift+F11"] },
  { command: "continue", title: "Continue to the next breakpoint", keys: ["F5"] },
  {
    command: "continue back",
    title: "Continue backwards to a breakpoint",
    keys: ["shift+F5", "alt+F5"],
  },
  { command: "step", title: "Next instruction", keys: ["F8"] },
  { command: "step back", title: "Previous instruction", keys: ["shift+F8", "alt+F8"] },
  { command: "start", title: "Go to the first step", keys: [] },
  { command: "end", title: "Go to the last step", keys: [] },
] as const;
export type DebugCommand = (typeof debugCommands)[number]["command"];

export interface DebugState {
  readonly title: string;
  readonly source: TraceSource;
  readonly compilations: readonly string[] | null;
  readonly session: Session | null;
  readonly variables: Variables | null;
  /** Those before the last move, so that changes can be told. */
  readonly before: Variables | null;
  readonly memory: Memory | null;
  /** The file at hand as it was compiled. */
  readonly text: { readonly file: string; readonly text: string | null } | null;
  readonly problem: ProblemError | null;
  readonly isBusy: boolean;
}

export class Debugger {
  readonly store = createStore<DebugState | null>(null);
  #queue: Promise<void> = Promise.resolve();
  #texts = new Map<string, string | null>();
  #breakpoints: readonly Breakpoint[] = [];

  #change(to: Partial<DebugState>): void {
    this.store.update((now) => (now === null ? null : { ...now, ...to }));
  }

  open(title: string, source: TraceSource, compilations: readonly string[] | null): void {
    this.close();
    this.#texts = new Map();
    this.store.set({
      title,
      source,
      compilations,
      session: null,
      variables: null,
      before: null,
      memory: null,
      text: null,
      problem: null,
      isBusy: true,
    });
    this.#enqueue(async () => {
      const opened = await client.blockchain.openDebug({
        source,
        ...(compilations === null ? {} : { compilations: [...compilations] }),
      });
      const { id } = opened;
      await client.blockchain.setBreakpoints({ id, breakpoints: this.#wanted() });
      // The first step is before any line; what a reader looks for begins with one.
      return opened.span === null && opened.steps > 1
        ? client.blockchain.moveDebug({ id, command: "into" })
        : opened;
    });
  }

  /** Opens the same again, as it has ended. */
  reopen(): void {
    const now = this.store.get();
    if (now !== null) this.open(now.title, now.source, now.compilations);
  }

  close(): void {
    const { session = null } = this.store.get() ?? {};
    this.store.set(null);
    if (session !== null) {
      // It may have ended by itself, which is as good.
      client.blockchain.closeDebug({ id: session.id }).catch(() => undefined);
    }
  }

  move(to: { readonly command: DebugCommand } | { readonly step: number }): void {
    this.#withSession((id) => client.blockchain.moveDebug({ id, ...to }));
  }

  setBreakpoints(breakpoints: readonly Breakpoint[]): void {
    if (this.#breakpoints === breakpoints) return;
    this.#breakpoints = breakpoints;
    this.#withSession((id) =>
      client.blockchain.setBreakpoints({ id, breakpoints: this.#wanted() }),
    );
  }

  #wanted() {
    return this.#breakpoints.map(({ file, line }) => ({ kind: "line" as const, file, line }));
  }

  #withSession(work: (id: string) => Promise<Session>): void {
    this.#enqueue(async () => {
      const session = this.store.get()?.session ?? null;
      return session === null ? null : work(session.id);
    });
  }

  #enqueue(work: () => Promise<Session | null>): void {
    this.#queue = this.#queue.then(async () => {
      const before = this.store.get();
      if (before === null || (before.problem !== null && before.session !== null)) return;
      this.#change({ isBusy: true });
      try {
        const session = await work();
        if (session !== null) await this.#show(session, before);
      } catch (error) {
        this.#change({ problem: toProblemError(error) });
      }
      this.#change({ isBusy: false });
    });
  }

  async #show(session: Session, before: DebugState): Promise<void> {
    const { id, span } = session;
    const [variables, memory, text] = await Promise.all([
      client.blockchain.debugVariables({ id }),
      client.blockchain.debugMemory({ id }),
      span === null ? null : this.#text(id, span.file),
    ]);
    const now = this.store.get();
    // Another was opened in the meantime.
    if (now === null || now.source !== before.source) return;
    const hasMoved = before.session?.step !== session.step;
    this.#change({
      session,
      variables,
      memory,
      before: hasMoved ? before.variables : before.before,
      text: text ?? before.text,
    });
  }

  async #text(id: string, file: string) {
    const known = this.#texts.get(file);
    if (known !== undefined) return { file, text: known };
    const { text } = await client.blockchain.debugSource({ id, file });
    this.#texts.set(file, text);
    return { file, text };
  }
}

/** Names of rows that differ from before, by their place among the names above them. */
export function changedRows(
  rows: readonly { readonly depth: number; readonly name: string; readonly text: string }[],
  before: readonly { readonly depth: number; readonly name: string; readonly text: string }[],
): ReadonlySet<number> {
  const known = new Map(pathsOf(before).map((path, index) => [path, before[index]?.text]));
  const changed = pathsOf(rows).flatMap((path, index) =>
    known.has(path) && known.get(path) !== rows[index]?.text ? [index] : [],
  );
  return new Set(changed);
}

function pathsOf(rows: readonly { readonly depth: number; readonly name: string }[]): string[] {
  const names: string[] = [];
  return rows.map(({ depth, name }) => {
    names.length = depth;
    names.push(name);
    return names.join("\n");
  });
}

/**
 * One run on the screen: its document, the picture of the present moment, and the clock that drives
 * it. The engine does the work in a thread of its own; here questions are asked one after another.
 */
import { createStore, type Store } from "../../data/store.ts";
import type {
  Action,
  Catalogue,
  Course,
  Frame,
  HistoryVerdict,
  Mark,
  RunDocument,
  RunState,
} from "./engine.worker.ts";
import { BudgetError, EngineClient } from "./engine-client.ts";

/** The verdict over the history is asked for no more often than this. */
const verdictEveryMs = 400;
/** Careful mode reports each event, which takes longer. */
const carefulBudgetMs = 4_000;

export const speeds = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100] as const;

export interface Snapshot {
  readonly catalogue: Catalogue | null;
  readonly course: Course | null;
  readonly frame: Frame | null;
  readonly marks: readonly Mark[];
  readonly furthestMs: number;
  readonly playing: boolean;
  readonly speed: number;
  readonly selected: readonly number[];
  readonly verdict: HistoryVerdict | null;
  /** Why the last question was refused; null when it was not. */
  readonly error: string | null;
  /** What takes a while, in words. */
  readonly busy: string | null;
}

const nothing: Snapshot = {
  catalogue: null,
  course: null,
  frame: null,
  marks: [],
  furthestMs: 0,
  playing: false,
  speed: 0.1,
  selected: [],
  verdict: null,
  error: null,
  busy: null,
};

export interface OpenOptions {
  /** The run's own algorithm, compiled. */
  readonly javascript?: string | undefined;
  /** Where to go once it is open. */
  readonly timeMs?: number | undefined;
  readonly event?: number | undefined;
  /** The event that is known not to come back. */
  readonly stopBefore?: { readonly event: number; readonly reason: string } | undefined;
  /** What went wrong before stays on the screen. */
  readonly keepError?: boolean;
}

/** A course that was kept. */
export interface Fork {
  readonly id: number;
  readonly atMs: number;
  readonly title: string;
  readonly document: RunDocument;
  readonly javascript: string | undefined;
}
const forksMax = 20;

type Ask = (engine: EngineClient) => Promise<RunState>;

export class Playground {
  readonly store: Store<Snapshot> = createStore(nothing);
  readonly forks: Store<readonly Fork[]> = createStore<readonly Fork[]>([]);
  #engine = new EngineClient();
  /** Questions follow each other, so that each sees the answer to the one before. */
  #queue: Promise<void> = Promise.resolve();
  #waiting = 0;
  #animation = 0;
  #lastFrameAt = 0;
  #verdictAt = 0;
  #verdictTimer: number | undefined;
  #javascript: string | undefined;
  #draft: string | null = null;
  #followMs = 0;
  #following = false;
  /** What was opened last, or what it has become. */
  #document: RunDocument | null = null;
  #closed = false;

  get snapshot(): Snapshot {
    return this.store.get();
  }

  async start(): Promise<Catalogue> {
    const catalogue = await this.#engine.ask("catalogue");
    this.#set({ catalogue });
    return catalogue;
  }

  /** Opens a run and goes to a moment or an event of it. */
  open(document: RunDocument, options: OpenOptions = {}): Promise<void> {
    const { javascript, timeMs, event, stopBefore, keepError } = options;
    this.pause();
    if (javascript !== this.#javascript) {
      // What an algorithm did to its thread must not meet the next one.
      this.#engine.close();
      this.#engine = new EngineClient();
    }
    this.#javascript = javascript;
    this.#document = document;
    this.#set({ selected: [], verdict: null });
    return this.#do(async (engine) => {
      const opened = await engine.ask("open", { document, javascript, stopBefore });
      if (event === undefined && timeMs === undefined) return opened;
      const later =
        event === undefined
          ? await engine.ask("seek", { timeMs: timeMs ?? 0 })
          : await engine.ask("seekEvent", { event });
      return {
        ...later,
        course: later.course ?? opened.course,
        marks: later.marks ?? opened.marks,
      };
    }, keepError);
  }

  parse(text: string): Promise<RunDocument> {
    return this.#engine.ask("parse", { text });
  }

  /** Keeps the course up to now, to come back to. */
  async keepFork(): Promise<void> {
    const { frame, course } = this.snapshot;
    if (frame === null || course === null) return;
    const document = await this.#engine.ask("fork");
    this.forks.update((forks) => [
      ...forks.slice(-forksMax + 1),
      {
        id: (forks.at(-1)?.id ?? 0) + 1,
        atMs: frame.nowMs,
        title: course.algorithm.title,
        document,
        javascript: this.#javascript,
      },
    ]);
  }

  /** Goes to the moment asked for last, however many were asked for while it was busy. */
  follow(timeMs: number): void {
    this.#followMs = timeMs;
    if (this.#following || this.snapshot.frame === null) return;
    this.#following = true;
    void this.#do((engine) => {
      this.#following = false;
      return engine.ask("seek", { timeMs: this.#followMs });
    });
  }

  play(): void {
    const { playing, frame, catalogue } = this.snapshot;
    if (playing || frame === null || frame.stopped) return;
    if (frame.nowMs >= (catalogue?.runLengthMaxMs ?? Infinity)) return;
    this.#set({ playing: true });
    this.#lastFrameAt = performance.now();
    this.#animation = requestAnimationFrame(this.#tick);
  }

  pause(): void {
    cancelAnimationFrame(this.#animation);
    if (!this.snapshot.playing) return;
    this.#set({ playing: false });
    void this.#judge();
  }

  setSpeed(speed: number): void {
    this.#set({ speed });
  }

  seek(timeMs: number): Promise<void> {
    return this.#do((engine) => engine.ask("seek", { timeMs }));
  }

  seekEvent(event: number): Promise<void> {
    this.pause();
    return this.#do((engine) => engine.ask("seekEvent", { event }));
  }

  stepForward(): Promise<void> {
    this.pause();
    return this.#do((engine) => engine.ask("stepForward"));
  }

  stepBack(): Promise<void> {
    this.pause();
    return this.#do((engine) => engine.ask("stepBack"));
  }

  act(action: Action): Promise<void> {
    return this.#do((engine) => engine.ask("act", { action }));
  }

  undo(): Promise<void> {
    return this.#do((engine) => engine.ask("undo"));
  }

  fail(error: string): void {
    this.#set({ error });
  }

  select(selected: readonly number[]): void {
    this.#set({ selected });
  }

  /** What is written in the editor; null until something is. */
  get draft(): string | null {
    return this.#draft;
  }

  keepDraft(text: string): void {
    this.#draft = text;
  }

  /** For the panels, which ask for what they show. */
  get engine(): EngineClient {
    return this.#engine;
  }

  get javascript(): string | undefined {
    return this.#javascript;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#verdictTimer);
    cancelAnimationFrame(this.#animation);
    this.#engine.close();
  }

  readonly #tick = (at: number): void => {
    const { playing, speed, frame, catalogue } = this.snapshot;
    if (!playing || frame === null) return;
    this.#animation = requestAnimationFrame(this.#tick);
    // A picture that is late makes the next step no longer than a tenth of a second.
    const passedMs = Math.min(at - this.#lastFrameAt, 100);
    if (this.#waiting > 0 || passedMs <= 0) return;
    this.#lastFrameAt = at;
    const endMs = catalogue?.runLengthMaxMs ?? 0;
    const timeMs = Math.min(frame.nowMs + passedMs * speed, endMs);
    const problems = frame.problems.length;
    void this.seek(timeMs).then(() => {
      const now = this.snapshot.frame;
      if (now === null) return;
      if (now.stopped || now.nowMs >= endMs || now.problems.length > problems) this.pause();
    });
  };

  /** Asks in turn; an answer becomes the picture, a refusal a sentence. */
  #do(ask: Ask, keepError = false): Promise<void> {
    this.#waiting += 1;
    const done = this.#queue.then(async () => {
      const engine = this.#engine;
      try {
        this.#show(await ask(engine));
        if (this.snapshot.error !== null && !keepError) this.#set({ error: null });
      } catch (error) {
        if (this.#closed || engine !== this.#engine) return;
        if (error instanceof BudgetError) await this.#recover();
        else this.#set({ error: error instanceof Error ? error.message : String(error) });
      } finally {
        this.#waiting -= 1;
      }
      this.#judgeSoon();
    });
    this.#queue = done;
    return done;
  }

  #show(state: RunState): void {
    const { frame, course, marks, furthestMs } = state;
    const before = this.snapshot;
    if (course !== null) this.#document = course.document;
    this.#set({
      frame,
      furthestMs,
      course: course ?? before.course,
      marks: marks ?? before.marks,
    });
  }

  /** Now, or once the pause between two verdicts is over. */
  #judgeSoon(): void {
    const waitMs = this.#verdictAt + verdictEveryMs - performance.now();
    if (waitMs <= 0) void this.#judge();
    else this.#verdictTimer ??= window.setTimeout(() => void this.#judge(), waitMs);
  }

  async #judge(): Promise<void> {
    clearTimeout(this.#verdictTimer);
    this.#verdictTimer = undefined;
    this.#verdictAt = performance.now();
    try {
      const verdict = await this.#engine.ask("verdict");
      if (!this.#closed) this.#set({ verdict });
    } catch {
      // A run that is not open, or has ended, has no verdict.
    }
  }

  /**
   * The thread hung. The run is played again in a new one that tells of each event before it handles
   * it; the last one told of is the one, and the run stays open up to it.
   */
  async #recover(): Promise<void> {
    const document = this.#document;
    const javascript = this.#javascript;
    const nowMs = this.snapshot.frame?.nowMs ?? 0;
    this.pause();
    this.#set({ busy: "A process does not come back. Looking for the event…" });
    const hung = document === null ? null : await findHang(document, javascript, nowMs);
    this.#engine = new EngineClient();
    this.#set({ busy: null });
    if (document === null || hung === "at once") {
      this.#set({ error: "The algorithm does not come back from being created; it was ended." });
      return;
    }
    try {
      const stopBefore = hung === null ? undefined : hung;
      const opened = await this.#engine.ask("open", { document, javascript, stopBefore });
      const state =
        hung === null
          ? await this.#engine.ask("seek", { timeMs: nowMs })
          : await this.#engine.ask("seekEvent", { event: hung.event });
      this.#show({ ...state, course: state.course ?? opened.course });
      if (hung === null) this.#set({ error: "What was asked took too long, and was taken back." });
    } catch (error) {
      this.#set({ error: error instanceof Error ? error.message : String(error) });
    }
  }

  #set(change: Partial<Snapshot>): void {
    this.store.update((before) => ({ ...before, ...change }));
  }
}

/** The event that a process does not come back from; null when the run comes through. */
export async function findHang(
  document: RunDocument,
  javascript: string | undefined,
  nowMs: number,
): Promise<{ readonly event: number; readonly reason: string } | "at once" | null> {
  const careful = new EngineClient(carefulBudgetMs);
  try {
    await careful.ask("open", { document, javascript, careful: true });
    await careful.ask("seek", { timeMs: nowMs + 10_000 });
    return null;
  } catch {
    const last = careful.lastEvent;
    if (last === null) return "at once";
    return { event: last.number, reason: `the process does not come back from ${last.text}` };
  } finally {
    careful.close();
  }
}

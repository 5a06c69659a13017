/** What is on the screen: the document as the thread has it, its latest picture, and where the cursor is. */
import { createStore, type Store } from "../../data/store.ts";
import { EngineClient, type Method } from "./engine-client.ts";
import type {
  Area,
  Clip,
  CircuitDocument,
  Column,
  Command,
  Counts,
  DocumentView,
  ExportFormat,
  News,
  Picture,
  PlaygroundHost,
  QasmResult,
  Settings,
  Sweep,
} from "./kernel.worker.ts";

type Catalogue = ReturnType<PlaygroundHost["catalogue"]>;

export interface Cell {
  readonly column: number;
  readonly wire: number;
}

export interface Snapshot {
  readonly catalogue: Catalogue | null;
  readonly revision: number;
  readonly settings: Settings | null;
  readonly columns: readonly Column[];
  readonly undo: string | null;
  readonly redo: string | null;
  readonly picture: Picture | null;
  /** How long the thread took for the picture. */
  readonly pictureMs: number;
  /** Whether the open lesson's task is done. */
  readonly reached: boolean;
  readonly counts: Counts | null;
  readonly countsProblem: string | null;
  readonly sweep: Sweep | null;
  readonly sweepProblem: string | null;
  readonly sweepOf: string | null;
  /** Steps behind the moment that is shown; null is the end. */
  readonly playhead: number | null;
  readonly playing: boolean;
  /** What is wrong with the document, or why the last command was refused. */
  readonly problem: string | null;
  readonly refusal: string | null;
  readonly busy: boolean;
  readonly lesson: { readonly lesson: string; readonly step: number } | null;
  /** The revision that editing the text has led to. */
  readonly textRevision: number;
}

const nothing: Snapshot = {
  catalogue: null,
  revision: 0,
  settings: null,
  columns: [],
  undo: null,
  redo: null,
  picture: null,
  pictureMs: 0,
  reached: false,
  counts: null,
  countsProblem: null,
  sweep: null,
  sweepProblem: null,
  sweepOf: null,
  playhead: null,
  playing: false,
  problem: null,
  refusal: null,
  busy: false,
  lesson: null,
  textRevision: -1,
};

export interface Selection {
  readonly cursor: Cell;
  readonly anchor: Cell;
}

const playEveryMs = 600;

export class Playground {
  readonly store: Store<Snapshot> = createStore(nothing);
  readonly selection: Store<Selection> = createStore<Selection>({
    cursor: { column: 0, wire: 0 },
    anchor: { column: 0, wire: 0 },
  });
  readonly clip: Store<Clip | null> = createStore<Clip | null>(null);
  #engine = this.#newEngine();
  #known = new Map<number, Column>();
  /** What is opened is shown before its last measurements, which would leave one value of many. */
  #stopsBeforeMeasuring = false;
  #timer: number | undefined;
  #closed = false;

  get snapshot(): Snapshot {
    return this.store.get();
  }

  get document(): CircuitDocument | null {
    const { settings, columns } = this.snapshot;
    return settings === null ? null : { ...settings, columns };
  }

  async start(): Promise<void> {
    const catalogue = await this.#engine.ask("catalogue");
    this.#set({ catalogue });
  }

  async refresh(): Promise<void> {
    await this.#view(this.#engine.ask("view"));
  }

  act(command: Command): Promise<boolean> {
    return this.#view(this.#engine.ask("act", command));
  }

  undo(): Promise<boolean> {
    return this.#view(this.#engine.ask("undo"));
  }

  redo(): Promise<boolean> {
    return this.#view(this.#engine.ask("redo"));
  }

  example(id: string, values: Readonly<Record<string, number>>): Promise<boolean> {
    this.#moveTo(null);
    this.#stopsBeforeMeasuring = true;
    return this.#view(this.#engine.ask("example", { id, values }));
  }

  lesson(place: { readonly lesson: string; readonly step: number } | null): Promise<boolean> {
    const { catalogue } = this.snapshot;
    const step = catalogue?.lessons.find(({ id }) => id === place?.lesson)?.steps[place?.step ?? 0];
    if (step?.document !== undefined) {
      this.#stopsBeforeMeasuring = step.playhead === undefined;
      this.#moveTo(step.playhead ?? null);
      this.select({ column: 0, wire: 0 });
    }
    this.#set({ lesson: place, reached: false });
    return this.#view(this.#engine.ask("lesson", place));
  }

  /** JSON of this playground or OpenQASM; what is wrong with OpenQASM is the result. */
  async open(text: string, words: string): Promise<QasmResult | null> {
    this.#stopsBeforeMeasuring = true;
    return this.#opened(this.#engine.ask("open", { text, words }));
  }

  async editText(text: string): Promise<QasmResult | null> {
    const result = await this.#opened(
      this.#engine.ask("openQasm", { text, words: "edit as text" }),
    );
    if (result?.kind === "opened") this.#set({ textRevision: result.view.revision });
    return result;
  }

  async #opened(asked: Promise<QasmResult>): Promise<QasmResult | null> {
    try {
      const result = await asked;
      if (result.kind === "opened") {
        this.#take(result.view);
        if (this.snapshot.playhead !== null) this.seek(null);
      }
      return result;
    } catch (error) {
      this.refuse(error);
      return null;
    }
  }

  export(format: ExportFormat): Promise<string> {
    return this.#engine.ask("export", { format });
  }

  async copy(area: Area): Promise<void> {
    const clip = await this.#engine.ask("copy", { area });
    this.clip.update(() => clip);
  }

  factor(modulus: number, base: number, seed: number) {
    return this.#engine.ask("factor", { modulus, base, seed });
  }

  sweepParameter(name: string | null): void {
    this.#set({ sweepOf: name, sweep: null, sweepProblem: null, busy: true });
    void this.#quietly(this.#engine.ask("sweep", { name }));
  }

  /** Shows the state after so many steps; null is the end. */
  seek(step: number | null): void {
    const total = this.snapshot.picture?.way.length ?? 0;
    const playhead = step === null || step >= total ? null : Math.max(0, step);
    this.#moveTo(playhead);
    void this.#quietly(this.#engine.ask("playhead", { step: playhead }));
  }

  step(by: number): void {
    const { playhead, picture } = this.snapshot;
    const total = picture?.way.length ?? 0;
    this.seek((playhead ?? total) + by);
  }

  /** From the start where the end is shown, and up to a breakpoint. */
  play(): void {
    if (this.snapshot.playing) {
      this.pause();
      return;
    }
    if (this.snapshot.playhead === null) this.seek(0);
    this.#set({ playing: true });
    this.#timer = window.setInterval(() => this.#playOn(), playEveryMs);
  }

  pause(): void {
    clearInterval(this.#timer);
    if (this.snapshot.playing) this.#set({ playing: false });
  }

  #playOn(): void {
    const { playhead, picture, columns } = this.snapshot;
    const total = picture?.way.length ?? 0;
    if (playhead === null || playhead + 1 >= total) {
      this.seek(null);
      this.pause();
      return;
    }
    this.seek(playhead + 1);
    const next = picture?.way[playhead + 1];
    if (next !== undefined && columns[next]?.breakpoint === true) this.pause();
  }

  select(cursor: Cell, extend = false): void {
    this.selection.update(({ anchor }) => ({ cursor, anchor: extend ? anchor : cursor }));
  }

  /** The cells between the two corners of the selection. */
  get area(): Area {
    return areaOf(this.selection.get());
  }

  refuse(error: unknown): void {
    this.#set({ refusal: error instanceof Error ? error.message : String(error) });
  }

  clearRefusal(): void {
    if (this.snapshot.refusal !== null) this.#set({ refusal: null });
  }

  close(): void {
    this.#closed = true;
    this.pause();
    this.#engine.close();
  }

  #moveTo(playhead: number | null): void {
    this.#set({ playhead, busy: true });
  }

  async #quietly(asked: Promise<unknown>): Promise<void> {
    try {
      await asked;
    } catch (error) {
      this.refuse(error);
    }
  }

  async #view(asked: Promise<DocumentView>): Promise<boolean> {
    try {
      this.#take(await asked);
      return true;
    } catch (error) {
      this.refuse(error);
      return false;
    }
  }

  #take({ revision, settings: changed, columns, added, undo, redo }: DocumentView): void {
    const settings = changed ?? this.snapshot.settings;
    if (settings === null) return;
    for (const [number, column] of added) this.#known.set(number, column);
    const shown = columns.flatMap((number) => this.#known.get(number) ?? []);
    const still = new Set(columns);
    for (const number of this.#known.keys()) if (!still.has(number)) this.#known.delete(number);
    this.#set({ revision, settings, columns: shown, undo, redo, refusal: null, busy: true });
    const wiresLast = settings.wires - 1;
    const { cursor, anchor } = this.selection.get();
    if (cursor.wire > wiresLast || anchor.wire > wiresLast) {
      const within = ({ column, wire }: Cell) => ({ column, wire: Math.min(wire, wiresLast) });
      this.selection.update(() => ({ cursor: within(cursor), anchor: within(anchor) }));
    }
  }

  #onNews(news: News): void {
    switch (news.kind) {
      case "picture": {
        const { picture, ms, reached } = news;
        this.#set({ picture, pictureMs: ms, reached, problem: null, busy: false });
        if (this.#stopsBeforeMeasuring) this.#seekLastMeasurements(picture);
        return;
      }
      case "counts":
        this.#set({ counts: news.counts, countsProblem: null });
        return;
      case "sweep":
        this.#set({ sweep: news.sweep, sweepProblem: null });
        return;
      default:
        if (news.of === "picture") this.#set({ problem: news.message, busy: false });
        else if (news.of === "counts") this.#set({ countsProblem: news.message, counts: null });
        else this.#set({ sweepProblem: news.message, sweep: null });
    }
  }

  #seekLastMeasurements({ way }: Picture): void {
    this.#stopsBeforeMeasuring = false;
    const { columns } = this.snapshot;
    const measures = (at: number) => {
      const column = columns[at];
      return column?.kind === "items" && column.items.every(({ kind }) => kind === "measure");
    };
    const before = way.findLastIndex((at) => !measures(at)) + 1;
    if (before < way.length) this.seek(before);
  }

  #newEngine(): EngineClient {
    return new EngineClient({
      onNews: (news) => this.#onNews(news),
      onEnd: (error, hasAnswered) => {
        if (hasAnswered) void this.#restart(error.message);
        else this.refuse(error);
      },
    });
  }

  /** The document is the page's to keep; what undo remembers is gone with the thread. */
  async #restart(reason: string): Promise<void> {
    if (this.#closed) return;
    const { document } = this;
    this.#engine = this.#newEngine();
    this.#known.clear();
    if (document !== null) await this.open(JSON.stringify(document), "open again");
    this.refuse(`${reason} The circuit is open again; what could be undone before is forgotten.`);
  }

  #set(change: Partial<Snapshot>): void {
    this.store.update((before) => ({ ...before, ...change }));
  }
}

export function areaOf({ cursor, anchor }: Selection): Area {
  return {
    fromColumn: Math.min(cursor.column, anchor.column),
    toColumn: Math.max(cursor.column, anchor.column),
    fromWire: Math.min(cursor.wire, anchor.wire),
    toWire: Math.max(cursor.wire, anchor.wire),
  };
}

export type { Method };

/**
 * The playground in its thread: it answers questions at once, and draws pictures in slices that a new
 * edit breaks off. It has no clock of its own; whoever drives it says when a slice has taken long enough.
 */
import { buildFromGallery } from "../core/algorithms/gallery.ts";
import type { Channel } from "../core/circuit.ts";
import { toCirq } from "../core/export/to-cirq.ts";
import { toQiskit } from "../core/export/to-qiskit.ts";
import { toQuantikz } from "../core/export/to-quantikz.ts";
import { toQuirk } from "../core/export/to-quirk.ts";
import { toSvg } from "../core/export/to-svg.ts";
import { QasmErrors } from "../core/qasm/qasm-error.ts";
import { toQasm2 } from "../core/qasm/to-qasm2.ts";
import { toQasm3 } from "../core/qasm/to-qasm3.ts";
import { type Catalogue, catalogueOf } from "./catalogue.ts";
import { type Change, changed, type Command } from "./commands.ts";
import { circuitOfDocument } from "./compile.ts";
import { type Counts, countsOf } from "./counts.ts";
import type { CircuitDocument, Column } from "./document.ts";
import { type Area, type Clip, copyArea } from "./edit-areas.ts";
import { type Engine, openEngine } from "./engine.ts";
import { Evaluator } from "./evaluator.ts";
import { type FactoringView, factoringOf } from "./factoring.ts";
import { documentOfCircuit } from "./from-circuit.ts";
import { History } from "./history.ts";
import { firstDocument, lessons } from "./lessons.ts";
import { isReached } from "./lesson-goal.ts";
import { parseDocument } from "./parse-document.ts";
import { type Picture, pictureOf } from "./picture.ts";
import { type Sweep, sweepOf } from "./sweep.ts";
import { readSymbolic, writeSymbolic } from "./symbolic-text.ts";

export type { Catalogue, GateView, ExampleView } from "./catalogue.ts";
export type { Command } from "./commands.ts";
export type { Cost } from "./cost.ts";
export type { Counts } from "./counts.ts";
export type {
  BlockHead,
  CircuitDocument,
  Column,
  CustomGate,
  DisplayKind,
  GateItem,
  Item,
  NoiseKind,
  Parameter,
} from "./document.ts";
export type { Area, Clip } from "./edit-areas.ts";
export type { Angle } from "./expression.ts";
export type { FactoringView } from "./factoring.ts";
export type { Lesson, LessonStep } from "./lesson.ts";
export type { Picture, ShownDisplay, ShownMeasurement } from "./picture.ts";
export type { ListedState } from "./readout.ts";
export type { Sweep } from "./sweep.ts";
export type ConditionView = Extract<Command, { kind: "head" }>["head"];
export type ChannelView = Channel;

export type ExportFormat =
  | "symbolic"
  | "qasm3"
  | "qasm2"
  | "qiskit"
  | "cirq"
  | "quirk"
  | "quantikz"
  | "svg"
  | "json";

export type Settings = Omit<CircuitDocument, "columns">;

/** A document without what the page has already: columns by number, and those that are new. */
export interface DocumentView {
  readonly revision: number;
  /** null where they are those of the view before. */
  readonly settings: Settings | null;
  readonly columns: readonly number[];
  readonly added: readonly (readonly [number, Column])[];
  readonly undo: string | null;
  readonly redo: string | null;
}

export interface QasmProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint: string | null;
  /** The message with the line and a caret under it. */
  readonly rendered: string;
}

export type QasmResult =
  | { readonly kind: "opened"; readonly view: DocumentView; readonly warnings: readonly string[] }
  | { readonly kind: "refused"; readonly problems: readonly QasmProblem[] };

/** What comes unasked. */
export type News =
  | {
      readonly kind: "picture";
      readonly revision: number;
      readonly picture: Picture;
      readonly ms: number;
      /** Steps of the open lesson that are done by this picture. */
      readonly reached: boolean;
    }
  | { readonly kind: "counts"; readonly revision: number; readonly counts: Counts }
  | { readonly kind: "sweep"; readonly sweep: Sweep; readonly ms: number }
  | {
      readonly kind: "problem";
      readonly of: "picture" | "counts" | "sweep";
      readonly message: string;
    };

export interface HostOptions {
  readonly nowMs: () => number;
  readonly tell: (news: News) => void;
}

/** Counts of more qubits than this take longer than a picture. */
const countedWiresMax = 20;

export class PlaygroundHost {
  readonly #options: HostOptions;
  readonly #engine: Engine;
  readonly #refusal: string | null;
  readonly #evaluator: Evaluator;
  #history = new History(firstDocument);
  #revision = 0;
  #playhead: number | null = null;
  #goal: { readonly lesson: string; readonly step: number } | null = null;
  readonly #numbers = new WeakMap<Column, number>();
  #lastNumber = 0;
  #sent = new Set<number>();
  #sentSettings: Settings | null = null;
  #task: Generator<void, void> | null = null;
  #sweep: { readonly name: string } | null = null;

  constructor(options: HostOptions) {
    this.#options = options;
    const { engine, refusal } = openEngine();
    this.#engine = engine;
    this.#refusal = refusal;
    this.#evaluator = new Evaluator(engine);
  }

  /** Works on what is wanted for a while. @returns whether there is more to do */
  advance(sliceMs: number): boolean {
    const { nowMs } = this.#options;
    const until = nowMs() + sliceMs;
    while (this.#task !== null) {
      if (this.#task.next().done === true) this.#task = null;
      if (nowMs() >= until) break;
    }
    return this.#task !== null;
  }

  catalogue(): Catalogue & { readonly engine: string; readonly engineRefusal: string | null } {
    return { ...catalogueOf(), engine: this.#engine.name, engineRefusal: this.#refusal };
  }

  view(): DocumentView {
    const { document, undoTitle, redoTitle } = this.#history;
    const { columns, ...settings } = document;
    const added: [number, Column][] = [];
    const numbers = columns.map((column) => {
      let number = this.#numbers.get(column);
      if (number === undefined) {
        number = ++this.#lastNumber;
        this.#numbers.set(column, number);
      }
      if (!this.#sent.has(number)) added.push([number, column]);
      return number;
    });
    this.#sent = new Set(numbers);
    const before = this.#sentSettings;
    const isSame =
      before !== null &&
      (Object.keys(settings) as (keyof Settings)[]).every(
        (name) => before[name] === settings[name],
      );
    if (!isSame) this.#sentSettings = settings;
    return {
      revision: this.#revision,
      settings: isSame ? null : settings,
      columns: numbers,
      added,
      undo: undoTitle,
      redo: redoTitle,
    };
  }

  act(command: Command): DocumentView {
    this.#change(changed(this.#history.document, command));
    return this.view();
  }

  undo(): DocumentView {
    this.#history.undo();
    return this.#changedView();
  }

  redo(): DocumentView {
    this.#history.redo();
    return this.#changedView();
  }

  /** A file or a link: JSON of this playground, or OpenQASM. */
  open({ text, words }: { readonly text: string; readonly words: string }): QasmResult {
    if (!text.trimStart().startsWith("{")) return this.openQasm({ text, words });
    const document = parseDocument(text);
    this.#playhead = null;
    this.#change({ document, title: words, key: null });
    return { kind: "opened", view: this.view(), warnings: [] };
  }

  /** @throws CircuitError for a circuit that is too large to be shown */
  openQasm({ text, words }: { readonly text: string; readonly words: string }): QasmResult {
    const before = this.#history.document;
    try {
      const { document: found, warnings } = readSymbolic(text, before.title, before.parameters);
      const { seed, shots, noise } = before;
      const key = words === "edit as text" ? words : null;
      this.#change({ document: { ...found, seed, shots, noise }, title: words, key });
      return {
        kind: "opened",
        view: this.view(),
        warnings,
      };
    } catch (error) {
      if (!(error instanceof QasmErrors)) throw error;
      const problems = error.errors.map((each) => ({
        line: each.line,
        column: each.column,
        message: each.message,
        hint: each.hint ?? null,
        rendered: each.render(text),
      }));
      return { kind: "refused", problems };
    }
  }

  example({
    id,
    values,
  }: {
    readonly id: string;
    readonly values: Readonly<Record<string, number>>;
  }): DocumentView {
    const { title } = catalogueOf().examples.find((each) => each.id === id) ?? { title: id };
    const document = documentOfCircuit(buildFromGallery(id, values), title);
    this.#playhead = null;
    this.#change({ document, title: `open ${title}`, key: null });
    return this.view();
  }

  /** Opens a step of a lesson, whose goal is then looked for; null closes it. */
  lesson(place: { readonly lesson: string; readonly step: number } | null): DocumentView {
    this.#goal = place;
    const step = this.#stepOf(place);
    if (step?.document !== undefined) {
      this.#playhead = step.playhead ?? null;
      this.#change({ document: step.document, title: "open a lesson's circuit", key: null });
    } else this.#begin();
    return this.view();
  }

  playhead({ step }: { readonly step: number | null }): void {
    this.#playhead = step;
    this.#begin();
  }

  copy({ area }: { readonly area: Area }): Clip {
    return copyArea(this.#history.document, area);
  }

  export({ format }: { readonly format: ExportFormat }): string {
    const { document } = this.#history;
    const circuit = circuitOfDocument(document);
    switch (format) {
      case "json":
        return JSON.stringify(document, null, 1);
      case "qasm2":
        return toQasm2(circuit);
      case "qiskit":
        return toQiskit(circuit);
      case "cirq":
        return toCirq(circuit);
      case "quantikz":
        return toQuantikz(circuit);
      case "quirk":
        return JSON.stringify(toQuirk(circuit));
      case "svg":
        return toSvg(circuit);
      case "symbolic":
        return writeSymbolic(document);
      default:
        return toQasm3(circuit);
    }
  }

  /** Follows a parameter through its range after each edit; null stops it. */
  sweep({ name }: { readonly name: string | null }): void {
    this.#sweep = name === null ? null : { name };
    this.#begin();
  }

  factor(order: {
    readonly modulus: number;
    readonly base: number;
    readonly seed: number;
  }): FactoringView {
    return factoringOf(order);
  }

  #stepOf(place: { readonly lesson: string; readonly step: number } | null) {
    return lessons.find(({ id }) => id === place?.lesson)?.steps[place?.step ?? 0];
  }

  #change({ document, title, key }: Change): void {
    this.#history.push({ document, title }, key);
    this.#begin();
  }

  #changedView(): DocumentView {
    this.#begin();
    return this.view();
  }

  /** Whatever was being drawn is out of date. */
  #begin(): void {
    this.#revision += 1;
    this.#task = this.#draw();
  }

  *#draw(): Generator<void, void> {
    const { nowMs, tell } = this.#options;
    const { document } = this.#history;
    const revision = this.#revision;
    const began = nowMs();
    const isDrawn = yield* this.#attempt("picture", function* picture(this: PlaygroundHost) {
      const drawn = yield* pictureOf(this.#evaluator, this.#engine, document, this.#playhead);
      const goal = this.#stepOf(this.#goal)?.goal;
      const reached = goal !== undefined && isReached(goal, document, drawn);
      tell({ kind: "picture", revision, picture: drawn, ms: nowMs() - began, reached });
    });
    if (!isDrawn) return;
    yield* this.#attempt("counts", function* counts(this: PlaygroundHost) {
      if (document.wires > countedWiresMax) {
        const message = `Counts are drawn for up to ${countedWiresMax} qubits.`;
        tell({ kind: "problem", of: "counts", message });
        return;
      }
      tell({ kind: "counts", revision, counts: yield* countsOf(this.#engine, document) });
    });
    const sweep = this.#sweep;
    if (sweep === null) return;
    yield* this.#attempt("sweep", function* swept(this: PlaygroundHost) {
      const start = nowMs();
      const found = yield* sweepOf(this.#engine, document, sweep.name, this.#playhead);
      tell({ kind: "sweep", sweep: found, ms: nowMs() - start });
    });
  }

  /** @returns whether it went through; what is wrong with the document is told */
  *#attempt(
    of: "picture" | "counts" | "sweep",
    work: (this: PlaygroundHost) => Generator<void, void>,
  ): Generator<void, boolean> {
    try {
      yield* work.call(this);
      return true;
    } catch (error) {
      const isRefusal =
        error instanceof RangeError || (error instanceof Error && error.name === "ExpressionError");
      if (!isRefusal) throw error;
      this.#options.tell({ kind: "problem", of, message: error.message });
      return false;
    }
  }
}

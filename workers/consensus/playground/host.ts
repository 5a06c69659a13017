/**
 * Everything that the playground's thread does for its screen, one method for each question. All
 * arguments and answers are plain data.
 */
import type { Algorithm } from "../algorithms.ts";
import { loadAlgorithm } from "./custom.ts";
import {
  defaultDocument,
  describeIntervention,
  faultPresets,
  forkAt,
  parseDocument,
  type RunDocument,
} from "./document.ts";
import type { Frame } from "./frame.ts";
import { allLessons, type Lesson } from "./lessons.ts";
import { runLengthMaxMs } from "./limits.ts";
import type { HistoryVerdict, OperationView } from "./recorder.ts";
import { type SeedResult, seedDocument, trySeed } from "./seeds.ts";
import { type Action, Session } from "./session.ts";
import { type Template, templates } from "./templates.ts";
import type { EventView, Mark, MessageView } from "./trace.ts";
import { playgroundAlgorithms } from "./variants.ts";

export type { Action } from "./session.ts";
export type { RunDocument } from "./document.ts";
export type { Frame, NodeFrame } from "./frame.ts";
export type { HistoryVerdict, OperationView } from "./recorder.ts";
export type { SeedResult } from "./seeds.ts";
export type { EventView, Mark, MessageView } from "./trace.ts";
export type { Lesson } from "./lessons.ts";
export type { Template } from "./templates.ts";

export interface AlgorithmView {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly paper: string;
  readonly faultModel: "crash" | "byzantine";
  readonly nodes: { readonly min: number; readonly max: number; readonly default: number };
  readonly behaviours: readonly { readonly id: string; readonly summary: string }[];
}

export interface Catalogue {
  readonly algorithms: readonly AlgorithmView[];
  readonly lessons: readonly Lesson[];
  readonly templates: readonly Template[];
  readonly faultPresets: readonly RunDocument["faults"]["preset"][];
  readonly defaultDocument: RunDocument;
  readonly runLengthMaxMs: number;
}

/** What decides the run; it changes with each intervention. */
export interface Course {
  readonly document: RunDocument;
  /** Each intervention in words. */
  readonly interventions: readonly string[];
  readonly algorithm: { readonly id: string; readonly title: string; readonly tolerates: number };
}

export interface RunState {
  readonly frame: Frame;
  /** null: as in the answer before. */
  readonly course: Course | null;
  /** null: as in the answer before. */
  readonly marks: readonly Mark[] | null;
  readonly furthestMs: number;
}

export interface OpenInput {
  readonly document: RunDocument;
  /** The compiled form of the document's own algorithm. */
  readonly javascript?: string | undefined;
  readonly stopBefore?: { readonly event: number; readonly reason: string } | undefined;
  /** Report each event before it is handled. */
  readonly careful?: boolean | undefined;
}

export interface HostSurroundings {
  /** Called once, before a custom algorithm is loaded. */
  lockDown(): void;
  /** Told of each event in careful mode. */
  onEvent(number: number, text: string): void;
}

export class PlaygroundHost {
  readonly #surroundings: HostSurroundings;
  #session: Session | null = null;
  /** What the screen was told last. */
  #told: {
    readonly document: RunDocument;
    readonly marks: readonly Mark[];
    readonly count: number;
  } | null = null;
  #isLocked = false;
  #custom: { readonly javascript: string; readonly algorithm: Algorithm } | null = null;

  constructor(surroundings: HostSurroundings) {
    this.#surroundings = surroundings;
  }

  catalogue(): Catalogue {
    return {
      algorithms: [...playgroundAlgorithms.values()].map((algorithm) => ({
        id: algorithm.id,
        title: algorithm.title,
        summary: algorithm.summary,
        paper: algorithm.paper,
        faultModel: algorithm.faultModel,
        nodes: algorithm.nodes,
        behaviours: Object.entries(algorithm.byzantine).map(([id, { summary }]) => ({
          id,
          summary,
        })),
      })),
      lessons: allLessons(),
      templates,
      faultPresets,
      defaultDocument,
      runLengthMaxMs,
    };
  }

  /** Reads a run file or the text of a link. */
  parse(input: { readonly text: string }): RunDocument {
    return parseDocument(input.text);
  }

  open(input: OpenInput): RunState {
    const { document, javascript, stopBefore, careful } = input;
    const custom = javascript === undefined ? undefined : this.#load(javascript);
    this.#told = null;
    this.#session = new Session(parseDocument(JSON.stringify(document)), {
      custom,
      stopBefore,
      onEvent:
        careful === true ? (number, text) => this.#surroundings.onEvent(number, text) : undefined,
    });
    // The nodes are up before anything is shown.
    this.#session.seek(0);
    return this.#state();
  }

  seek(input: { readonly timeMs: number }): RunState {
    this.#open.seek(input.timeMs);
    return this.#state();
  }

  seekEvent(input: { readonly event: number }): RunState {
    this.#open.seekEvent(input.event);
    return this.#state();
  }

  stepForward(): RunState {
    this.#open.stepForward();
    return this.#state();
  }

  stepBack(): RunState {
    this.#open.stepBack();
    return this.#state();
  }

  act(input: { readonly action: Action }): RunState {
    this.#open.act(input.action);
    return this.#state();
  }

  undo(): RunState {
    this.#open.undo();
    return this.#state();
  }

  /** The document as far as the present moment: where another course begins. */
  fork(): RunDocument {
    return forkAt(this.#open.document, this.#open.run.nowMs);
  }

  events(input: { readonly max: number }): readonly EventView[] {
    return this.#open.events(input.max);
  }

  messages(input: { readonly sinceMs: number; readonly max: number }): readonly MessageView[] {
    return this.#open.messages(input.sinceMs, input.max);
  }

  operations(input: { readonly max: number }): readonly OperationView[] {
    return this.#open.operations(input.max);
  }

  verdict(): HistoryVerdict {
    return this.#open.verdict();
  }

  /** Tries one seed of a document, for a test over many. */
  trySeed(input: OpenInput & { readonly seed: number }): SeedResult {
    const algorithm = this.#algorithmOf(input);
    return trySeed(input.document, algorithm, input.seed, {
      onEvent:
        input.careful === true
          ? (number, text) => this.#surroundings.onEvent(number, text)
          : undefined,
    });
  }

  /** The run of one of those seeds. */
  seedDocument(input: { readonly document: RunDocument; readonly seed: number }): RunDocument {
    return seedDocument(input.document, input.seed);
  }

  get #open(): Session {
    if (this.#session === null) throw new Error("no run is open");
    return this.#session;
  }

  #algorithmOf({ document, javascript }: OpenInput): Algorithm {
    if (javascript !== undefined) return this.#load(javascript);
    return new Session(document).algorithm;
  }

  #load(javascript: string): Algorithm {
    if (this.#custom?.javascript === javascript) return this.#custom.algorithm;
    if (!this.#isLocked) this.#surroundings.lockDown();
    this.#isLocked = true;
    this.#custom = { javascript, algorithm: loadAlgorithm(javascript) };
    return this.#custom.algorithm;
  }

  #state(): RunState {
    const { document, marks, furthestMs } = this.#open;
    const told = this.#told;
    this.#told = { document, marks, count: marks.length };
    return {
      frame: this.#open.frame(),
      course: told?.document === document ? null : this.#course(),
      marks: told?.marks === marks && told.count === marks.length ? null : marks,
      furthestMs,
    };
  }

  #course(): Course {
    const { document, algorithm } = this.#open;
    return {
      document,
      interventions: document.interventions.map(describeIntervention),
      algorithm: {
        id: algorithm.id,
        title: algorithm.title,
        tolerates: algorithm.tolerates(document.nodes),
      },
    };
  }
}

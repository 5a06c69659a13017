/** The sources that are open and what the compiler says of them: one value, outside of React. */
import { client } from "../../data/client.ts";
import { ProblemError, toProblemError } from "../../data/problem.ts";
import { createStore } from "../../data/store.ts";
import type { Compilation, Profile, Settings } from "./answers.ts";
import type { Place } from "./solidity-editor.tsx";

export type Sources = Readonly<Record<string, string>>;

export type Origin =
  | { readonly kind: "empty" }
  | { readonly kind: "template"; readonly id: string; readonly title: string }
  | {
      readonly kind: "workspace";
      readonly id: string;
      readonly name: string;
      readonly version: number;
      readonly versions: readonly { readonly version: number; readonly savedAt: number }[];
    };

export interface Breakpoint {
  readonly file: string;
  readonly line: number;
}

export interface Snapshot {
  readonly origin: Origin;
  /** Another number for each time that other sources were opened. */
  readonly opened: number;
  readonly sources: Sources;
  readonly saved: Sources;
  readonly file: string;
  readonly settings: Settings;
  /** What the compiler is doing; null while it is idle. */
  readonly stage: string | null;
  readonly compiled: { readonly compilation: Compilation; readonly of: Sources } | null;
  readonly problem: ProblemError | null;
  readonly place: Place | null;
  readonly breakpoints: readonly Breakpoint[];
  readonly profile: { readonly title: string; readonly profile: Profile } | null;
}

export const emptySource = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

contract Counter {
  uint256 public count;

  function up() external {
    count += 1;
  }
}
`;

const usualSettings: Settings = {
  optimizer: { enabled: false, runs: 200 },
  evmVersion: "prague",
  viaIR: false,
};

/** Things that were left with unsaved edits. */
export const draftsMax = 12;

function draftKey(origin: Origin): string {
  if (origin.kind === "empty") return "empty";
  return origin.kind === "template"
    ? `template ${origin.id}`
    : `workspace ${origin.id} ${origin.version}`;
}

const emptySources: Sources = { "Counter.sol": emptySource };

export class Workshop {
  readonly store = createStore<Snapshot>({
    origin: { kind: "empty" },
    opened: 0,
    sources: emptySources,
    saved: emptySources,
    file: "Counter.sol",
    settings: usualSettings,
    stage: null,
    compiled: null,
    problem: null,
    place: null,
    breakpoints: [],
    profile: null,
  });
  #compiling: AbortController | null = null;
  #times = 0;
  /** Unsaved edits of what was open before, by its origin: the last left, last. */
  readonly #drafts = new Map<string, Sources>();
  /** Where the cursor is, for what a key does there. */
  #cursor: Breakpoint = { file: "Counter.sol", line: 1 };

  get snapshot(): Snapshot {
    return this.store.get();
  }

  #change(to: Partial<Snapshot>): void {
    this.store.update((now) => ({ ...now, ...to }));
  }

  open(sources: Sources, origin: Origin, more: { settings?: Settings; file?: string } = {}): void {
    this.cancel();
    this.#keepDraft();
    const draft = this.#drafts.get(draftKey(origin)) ?? sources;
    const names = Object.keys(draft);
    const file = more.file !== undefined && names.includes(more.file) ? more.file : names[0];
    this.#change({
      origin,
      opened: this.snapshot.opened + 1,
      sources: draft,
      saved: sources,
      file: file ?? "",
      settings: more.settings ?? usualSettings,
      compiled: null,
      problem: null,
      place: null,
      profile: null,
    });
  }

  #keepDraft(): void {
    const { origin, sources, saved } = this.snapshot;
    const key = draftKey(origin);
    this.#drafts.delete(key);
    if (sources === saved) return;
    this.#drafts.set(key, sources);
    const [oldest] = this.#drafts.keys();
    if (this.#drafts.size > draftsMax && oldest !== undefined) this.#drafts.delete(oldest);
  }

  openEmpty(): void {
    this.open(emptySources, { kind: "empty" });
  }

  /** What is open now is what the server keeps. */
  stored(origin: Origin): void {
    this.#change({ origin, saved: this.snapshot.sources });
  }

  write(text: string): void {
    const { sources, file } = this.snapshot;
    this.#change({ sources: { ...sources, [file]: text } });
  }

  show(file: string, line?: number, column = 1): void {
    if (!(file in this.snapshot.sources)) return;
    this.#times += 1;
    const place = line === undefined ? null : { line, column, time: this.#times };
    this.#change({ file, place });
  }

  /** @returns what is wrong with the name, or null */
  addFile(name: string): string | null {
    const mistake = this.#nameMistake(name);
    if (mistake !== null) return mistake;
    const head = emptySource.split("\n").slice(0, 2).join("\n");
    this.#change({ sources: { ...this.snapshot.sources, [name]: `${head}\n\n` }, file: name });
    return null;
  }

  renameFile(name: string): string | null {
    const { sources, file } = this.snapshot;
    if (name === file) return null;
    const mistake = this.#nameMistake(name);
    if (mistake !== null) return mistake;
    const renamed = Object.entries(sources).map(([each, text]) => [
      each === file ? name : each,
      text,
    ]);
    this.#change({ sources: Object.fromEntries(renamed) as Sources, file: name });
    return null;
  }

  removeFile(): void {
    const { sources, file } = this.snapshot;
    const rest = Object.entries(sources).filter(([each]) => each !== file);
    if (rest.length === 0) return;
    this.#change({ sources: Object.fromEntries(rest), file: rest[0]?.[0] ?? "" });
  }

  #nameMistake(name: string): string | null {
    if (!/^[\w@.-]+(\/[\w@.-]+)*\.sol$/.test(name)) return "Give a name such as src/Token.sol.";
    return name in this.snapshot.sources ? "There is a file of this name already." : null;
  }

  configure(settings: Partial<Settings>): void {
    this.#change({ settings: { ...this.snapshot.settings, ...settings }, compiled: null });
  }

  toggleBreakpoint(file: string, line: number): void {
    const { breakpoints } = this.snapshot;
    const rest = breakpoints.filter((each) => each.file !== file || each.line !== line);
    const isNew = rest.length === breakpoints.length;
    this.#change({ breakpoints: isNew ? [...rest, { file, line }] : rest });
  }

  keepCursor(cursor: Breakpoint): void {
    this.#cursor = cursor;
  }

  toggleBreakpointAtCursor(): void {
    this.toggleBreakpoint(this.#cursor.file, this.#cursor.line);
  }

  showProfile(profile: Snapshot["profile"]): void {
    this.#change({ profile });
  }

  cancel(): void {
    this.#compiling?.abort();
    this.#compiling = null;
    this.#change({ stage: null });
  }

  async compile(): Promise<Compilation | null> {
    this.cancel();
    const ending = new AbortController();
    this.#compiling = ending;
    const { sources, settings } = this.snapshot;
    this.#change({ stage: "waiting", problem: null });
    try {
      const events = await client.blockchain.watchCompile(
        { sources: { ...sources }, settings },
        { signal: ending.signal },
      );
      for await (const event of events) {
        if (ending.signal.aborted) return null;
        if (event.kind === "failed") throw new ProblemError(event.problem);
        if (event.kind === "progress") this.#change({ stage: event.stage });
        else {
          this.#change({ compiled: { compilation: event.compilation, of: sources } });
          return event.compilation;
        }
      }
      return null;
    } catch (error) {
      if (!ending.signal.aborted) this.#change({ problem: toProblemError(error) });
      return null;
    } finally {
      if (this.#compiling === ending) {
        this.#compiling = null;
        this.#change({ stage: null });
      }
    }
  }
}

export const isSaved = ({ sources, saved }: Snapshot): boolean => sources === saved;

/** Whether the sources were changed since they were compiled. */
export const isStale = ({ compiled, sources }: Snapshot): boolean =>
  compiled !== null && compiled.of !== sources;

export const hasErrors = (compilation: Compilation): boolean =>
  compilation.diagnostics.some(({ severity }) => severity === "error");

/** Contracts that have code of their own and are no tests. */
export function deployable(compilation: Compilation | undefined) {
  return (compilation?.contracts ?? []).filter(
    ({ creationBytes, tests }) => creationBytes > 0 && tests === 0,
  );
}

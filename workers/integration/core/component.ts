/** What a component is to the orchestrator: a name, and one real call for each type of request. */
import type { ProcessInput, RequestType } from "../contract.ts";

export interface ComponentAnswer {
  /** As the component gave it; JSON. */
  readonly result: unknown;
  /** Whether the answer holds the component's own check: what a vote compares. */
  readonly outcome: "pass" | "fail";
  /** The answer in a sentence. */
  readonly note: string;
}

export interface ComponentCall {
  /** E.g. "quantum.search". */
  readonly operation: string;
  /** Rejects with the component's problem; should stop when the signal is aborted. */
  readonly run: (request: ProcessInput, signal: AbortSignal) => Promise<ComponentAnswer>;
}

export interface Component {
  readonly id: string;
  readonly title: string;
  /** How long the orchestrator waits for one answer. */
  readonly timeoutMs: number;
  readonly calls: Readonly<Partial<Record<RequestType, ComponentCall>>>;
  /** Whether the component is part of this run of the platform; asked before each call. */
  readonly isPresent: () => boolean;
}

/** What went wrong with a call, as a client may see it. */
export interface CallProblem {
  readonly code: string;
  readonly detail: string;
  readonly remedy: string;
}

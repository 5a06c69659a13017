/** What the clients of a run see: by the order of events for the checker, by time for the picture. */
import type { NodeId } from "../../cluster/process.ts";
import type { Operation } from "../checker/history.ts";
import { checkLinearizability } from "../checker/linearizability.ts";
import { keyValueModel } from "../checker/models.ts";
import type { ClientObserver } from "../service/client.ts";
import type { KeyValueOperation, KeyValueResult } from "../service/key-value.ts";
import { historyMax, verdictStepsMax } from "./limits.ts";

interface Recorded extends Operation<KeyValueOperation, KeyValueResult> {
  readonly invokedMs: number;
  readonly returnedMs: number | null;
}

/** An operation as the history shows it. */
export interface OperationView {
  readonly id: string;
  readonly client: number;
  readonly key: string;
  readonly text: string;
  readonly invokedMs: number;
  /** null: not answered yet. */
  readonly returnedMs: number | null;
}

export interface HistoryVerdict {
  readonly result: "linearizable" | "not linearizable" | "undecided";
  /** Operations that were checked, and of those, answered ones. */
  readonly operations: number;
  readonly answered: number;
  /** The smallest part of the history that no order explains, in the order of the calls. */
  readonly failing: { readonly key: string; readonly operations: readonly OperationView[] } | null;
}

export class PlaygroundRecorder implements ClientObserver {
  readonly #nowMs: () => number;
  readonly #finished: Recorded[] = [];
  readonly #open = new Map<NodeId, Recorded>();
  #order = 0;
  #verdict: HistoryVerdict | null = null;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  invoked(client: NodeId, input: KeyValueOperation): void {
    this.#order += 1;
    this.#open.set(client, {
      client,
      input,
      output: undefined,
      invokedAt: this.#order,
      returnedAt: Infinity,
      invokedMs: this.#nowMs(),
      returnedMs: null,
    });
  }

  completed(client: NodeId, _input: KeyValueOperation, output: KeyValueResult): void {
    const call = this.#open.get(client);
    if (call === undefined) return;
    this.#order += 1;
    this.#open.delete(client);
    this.#finished.push({ ...call, output, returnedAt: this.#order, returnedMs: this.#nowMs() });
    this.#verdict = null;
  }

  unknown(client: NodeId): void {
    const call = this.#open.get(client);
    if (call === undefined) return;
    this.#open.delete(client);
    this.#finished.push(call);
  }

  get answered(): number {
    return this.#finished.length;
  }

  /** Asked for again it is ready, unless an answer came in between. */
  verdict(): HistoryVerdict {
    this.#verdict ??= this.#judge();
    return this.#verdict;
  }

  /** The last operations, oldest call first. */
  operations(max: number): readonly OperationView[] {
    return [...this.#finished, ...this.#open.values()]
      .toSorted((a, b) => a.invokedAt - b.invokedAt)
      .slice(-max)
      .map(viewOf);
  }

  #judge(): HistoryVerdict {
    const finished = this.#finished.slice(0, historyMax);
    const history = [...finished, ...this.#open.values()];
    const verdict = checkLinearizability(keyValueModel, history, verdictStepsMax);
    const failing =
      verdict.result === "not linearizable"
        ? {
            key: verdict.failing.part,
            operations: verdict.failing.history
              .toSorted((a, b) => a.invokedAt - b.invokedAt)
              .map((operation) => viewOf(operation as Recorded)),
          }
        : null;
    const answered = finished.length;
    return { result: verdict.result, operations: history.length, answered, failing };
  }
}

function viewOf(operation: Recorded): OperationView {
  const { client, input, output, invokedAt, invokedMs, returnedAt } = operation;
  return {
    id: `${client}.${invokedAt}`,
    client,
    key: input.key,
    text: keyValueModel.describe(input, output),
    invokedMs,
    returnedMs: returnedAt === Infinity ? null : operation.returnedMs,
  };
}

/** Writes down what the clients of a run see. The order of events is the only clock it needs. */
import type { NodeId } from "../../cluster/process.ts";
import type { ClientObserver } from "../service/client.ts";
import type { KeyValueOperation, KeyValueResult } from "../service/key-value.ts";
import type { Operation } from "./history.ts";

export type KeyValueHistory = readonly Operation<KeyValueOperation, KeyValueResult>[];

interface Open {
  readonly input: KeyValueOperation;
  readonly invokedAt: number;
}

export class HistoryRecorder implements ClientObserver {
  readonly #finished: Operation<KeyValueOperation, KeyValueResult>[] = [];
  readonly #open = new Map<NodeId, Open>();
  #time = 0;

  invoked(client: NodeId, input: KeyValueOperation): void {
    this.#time += 1;
    this.#open.set(client, { input, invokedAt: this.#time });
  }

  completed(client: NodeId, _input: KeyValueOperation, output: KeyValueResult): void {
    this.#time += 1;
    this.#finish(client, output, this.#time);
  }

  unknown(client: NodeId): void {
    this.#finish(client, undefined, Infinity);
  }

  /** Everything so far; calls without an answer are open. */
  get history(): KeyValueHistory {
    const open = [...this.#open].map(([client, { input, invokedAt }]) => ({
      client,
      input,
      output: undefined,
      invokedAt,
      returnedAt: Infinity,
    }));
    return [...this.#finished, ...open];
  }

  #finish(client: NodeId, output: KeyValueResult | undefined, returnedAt: number): void {
    const call = this.#open.get(client);
    if (call === undefined) throw new Error(`client ${client} was answered without asking`);
    this.#open.delete(client);
    this.#finished.push({ client, ...call, output, returnedAt });
  }
}

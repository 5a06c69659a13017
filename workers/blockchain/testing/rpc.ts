/** A ledger in memory that is spoken to in JSON-RPC, for tests. */
import { openLedger, type Ledger } from "../ledger.ts";
import type { RpcResponse } from "../protocols/json-rpc/methods.ts";
import { Laboratory } from "./laboratory.ts";

export class RpcLaboratory {
  readonly lab = new Laboratory();
  #ledger: Ledger | null = null;

  async open(files: { genesis: string | null; import: string | null } = noFiles): Promise<Ledger> {
    this.#ledger = await openLedger(
      {
        ...files,
        consensus: "raft",
        validators: 3,
        home: null,
        host: this.lab.host,
        now: () => this.lab.nowSeconds * 1_000,
        seed: 1,
        journal: null,
        onDamage: (text) => {
          throw new Error(text);
        },
        onProgress: () => {},
      },
      "test",
    );
    return this.#ledger;
  }

  get ledger(): Ledger {
    if (this.#ledger === null) throw new Error("The ledger is not open.");
    return this.#ledger;
  }

  /** The whole response, as text would carry it. */
  async response(method: string, ...params: unknown[]): Promise<RpcResponse> {
    const answer = await this.ledger.rpc({ jsonrpc: "2.0", id: 1, method, params }, (error) => {
      throw error;
    });
    return JSON.parse(JSON.stringify(answer)) as RpcResponse;
  }

  /** @throws Error with the response's error */
  async ask<Result = unknown>(method: string, ...params: unknown[]): Promise<Result> {
    const { result, error } = await this.response(method, ...params);
    if (error !== undefined) throw new Error(`${error.code} ${error.message}`);
    return result as Result;
  }

  async close(): Promise<void> {
    await this.#ledger?.stop();
  }
}

const noFiles = { genesis: null, import: null };

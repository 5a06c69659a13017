/** Deployments, transactions and calls of this visit, each with what it did. */
import { client, orpc, queryClient } from "../../data/client.ts";
import { toProblemError, type ProblemError } from "../../data/problem.ts";
import { createStore } from "../../data/store.ts";
import type { FormValue } from "./abi-values.ts";
import type { Explanation, Receipt, TraceSource } from "./answers.ts";

/** More are forgotten, the oldest first; the chain keeps its transactions. */
const deedsMax = 100;
/** As many as the server looks through. */
const compilationsMax = 12;
/** For what is sent although it fails: estimating would refuse it. */
const failingGas = 3_000_000;

export interface Deed {
  readonly id: number;
  readonly title: string;
  readonly kind: "deployment" | "transaction" | "call" | "not sent";
  readonly source: TraceSource;
  readonly compilations: readonly string[];
  readonly receipt: Receipt | null;
  readonly explanation: Explanation | null;
  /** Why there is no explanation. */
  readonly problem: ProblemError | null;
}

export interface Message {
  readonly title: string;
  readonly compilation: string;
  /** As file:name. */
  readonly contract: string;
  /** A signature; null deploys. */
  readonly function: string | null;
  readonly arguments: readonly FormValue[];
  readonly libraries?: Readonly<Record<string, string>>;
  readonly from: string;
  /** null deploys. */
  readonly to: string | null;
  /** Wei. */
  readonly value: string;
}

export class Deeds {
  readonly store = createStore<readonly Deed[]>([]);
  #last = 0;

  async call(message: Message): Promise<Deed> {
    const traced = await this.#traced(message);
    return this.#keep({ ...traced, kind: "call", receipt: null, problem: null });
  }

  /** Tries it first: what would fail is sent only when that is wished for. */
  async send(message: Message, isSentAnyway: boolean): Promise<Deed> {
    const { source, explanation, ...traced } = await this.#traced(message);
    if (explanation.failure !== null && !isSentAnyway) {
      return this.#keep({
        ...traced,
        source,
        explanation,
        kind: "not sent",
        receipt: null,
        problem: null,
      });
    }
    const receipt = await client.blockchain.sendTransaction({
      from: message.from,
      to: message.to,
      data: source.data,
      value: message.value,
      ...(explanation.failure === null ? {} : { gas: failingGas }),
    });
    const sent = { kind: "transaction", hash: receipt.hash } as const;
    if (message.to === null && receipt.contractAddress !== null) {
      await client.blockchain.noteDeployment({
        address: receipt.contractAddress,
        id: message.compilation,
        contract: message.contract,
        transactionHash: receipt.hash,
      });
    }
    void queryClient.invalidateQueries({ queryKey: orpc.blockchain.deployments.key() });
    void queryClient.invalidateQueries({ queryKey: orpc.blockchain.storage.key() });
    const kind = message.to === null ? "deployment" : "transaction";
    const kept = { ...traced, source: sent, kind, receipt } as const;
    try {
      const compilations = [...traced.compilations];
      const done = await client.blockchain.explain({ source: sent, compilations });
      return this.#keep({ ...kept, explanation: done, problem: null });
    } catch (error) {
      // It is mined all the same, and that is what counts.
      return this.#keep({ ...kept, explanation: null, problem: toProblemError(error) });
    }
  }

  async #traced(message: Message) {
    const { compilation, contract, from, to, value } = message;
    const { data } = await client.blockchain.encode({
      id: compilation,
      contract,
      function: message.function,
      arguments: [...message.arguments],
      libraries: { ...message.libraries },
    });
    const compilations = await searchedBy(compilation);
    const source = { kind: "call", from, to, data, value } as const;
    const explanation = await client.blockchain.explain({ source, compilations });
    return { title: message.title, source, compilations, explanation };
  }

  #keep(deed: Omit<Deed, "id">): Deed {
    this.#last += 1;
    const kept = { ...deed, id: this.#last };
    this.store.update((deeds) => [kept, ...deeds].slice(0, deedsMax));
    return kept;
  }
}

/** The contract's own compilation, and those of the contracts that it may call. */
async function searchedBy(compilation: string): Promise<string[]> {
  const { deployments } = await client.blockchain.deployments({});
  const others = deployments
    .toSorted((one, other) => other.notedAt - one.notedAt)
    .map((each) => each.compilation);
  return [...new Set([compilation, ...others])].slice(0, compilationsMax);
}

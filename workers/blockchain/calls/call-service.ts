/** What the thread of calls offers. Failures are values, since a message carries no error's data. */
import type { Hex } from "../engine/entry.ts";
import { unwrapBlobTransaction } from "../engine/blobs.ts";
import { kzgMisses, loadKzg } from "../engine/kzg.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import type { StateChanges } from "../engine/entry.ts";
import { buildBlock } from "./build-block.ts";
import type { FarState } from "./far-state.ts";
import type { Machines } from "./machines.ts";
import { callLimits } from "../limits.ts";
import type {
  BlockPlan,
  CallMessage,
  CallPlace,
  Overrides,
  Simulation,
  TraceOptions,
} from "./requests.ts";
import { accessListOf, call, estimateGas } from "./run-call.ts";
import { simulate } from "./simulate.ts";
import { traceBlock, traceCall } from "./trace.ts";

export type Answer<Value> =
  | { readonly value: Value }
  | {
      readonly failure: { readonly code: number; readonly message: string; readonly data?: string };
    };

export type CallService = ReturnType<typeof callService>;

export function callService(machines: Machines, far: FarState) {
  const { common } = machines.genesis;
  return {
    settle(version: number, changes: StateChanges): void {
      far.settle(version, changes);
    },
    call: (place: CallPlace, message: CallMessage, overrides: Overrides | null) =>
      answered(() => call(machines, place, message, overrides)),
    estimateGas: (place: CallPlace, message: CallMessage, overrides: Overrides | null) =>
      answered(() => estimateGas(machines, place, message, overrides)),
    accessListOf: (place: CallPlace, message: CallMessage, overrides: Overrides | null) =>
      answered(() => accessListOf(machines, place, message, overrides)),
    simulate: (place: CallPlace, simulation: Simulation) =>
      answered(async () => asText(await simulate(machines, place, simulation))),
    buildBlock: (place: CallPlace, plan: BlockPlan) =>
      answered(() => buildBlock(machines, place, plan)),
    traceBlock: (reference: Uint8Array | number, options: TraceOptions) =>
      answered(async () => asText(await traceBlock(machines, reference, null, options))),
    traceTransaction: (reference: Uint8Array | number, index: number, options: TraceOptions) =>
      answered(async () => {
        const [trace] = await traceBlock(machines, reference, index, options);
        return asText(trace?.result ?? null);
      }),
    traceCall: (
      place: CallPlace,
      message: CallMessage,
      overrides: Overrides | null,
      options: TraceOptions,
    ) =>
      answered(async () => asText(await traceCall(machines, place, message, overrides, options))),
    /** With its blobs to how it stands in a block; takes 0.3 s for each blob. */
    unwrapBlobs: (raw: Hex, number: bigint, timestamp: bigint) =>
      answered(async () => {
        const rules = common.copy();
        rules.setHardforkBy({ blockNumber: number, timestamp });
        try {
          const { wrapped, raw: bare } = await unwrapBlobTransaction(raw, rules);
          return { raw: bare, blobs: wrapped.blobs ?? [] };
        } catch (error) {
          const text = `invalid blob transaction: ${(error as Error).message}`;
          throw new RpcError(rpcCodes.server, text);
        }
      }),
  };
}

async function answered<Value>(work: () => Promise<Value>): Promise<Answer<Value>> {
  const misses = kzgMisses();
  try {
    const value = await work();
    if (kzgMisses() === misses) return { value };
  } catch (error) {
    if (kzgMisses() === misses) {
      if (!(error instanceof RpcError)) throw error;
      const { code, message, data } = error;
      return { failure: { code, message, ...(data !== undefined && { data }) } };
    }
  }
  // Somebody asked for the KZG setup, which was not there yet.
  await loadKzg();
  return answered(work);
}

/** JSON is made here, where it holds nobody up. @throws RpcError when it is too long */
function asText(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length <= callLimits.traceLengthMax) return text;
  throw new RpcError(
    rpcCodes.limitExceeded,
    `the result has ${text.length} characters; ${callLimits.traceLengthMax} are sent`,
  );
}

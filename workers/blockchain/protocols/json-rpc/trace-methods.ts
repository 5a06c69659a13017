/** debug_trace*: executions again, with the tracers of go-ethereum. */
import { z } from "zod";
import type { TraceOptions } from "../../calls/requests.ts";
import { BlockAccess } from "./block-access.ts";
import { messageOf } from "./call-object.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import {
  blockOverrides,
  blockReference,
  callObject,
  hash,
  optionalBlock,
  stateOverrides,
  isGiven,
} from "./params.ts";
import { RawJson } from "./raw-json.ts";

const traceConfig = z
  .looseObject({
    tracer: z.string().max(10_000).nullish(),
    tracerConfig: z.record(z.string(), z.unknown()).nullish(),
    stateOverrides: stateOverrides.nullish(),
    blockOverrides: blockOverrides.nullish(),
  })
  .nullish();

export function traceMethods({ chain, store, simulator }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const ofBlock = z.tuple([blockReference, traceConfig]);
  const traceBlock = async ([reference, config]: z.output<typeof ofBlock>) => {
    const { hash: wanted } = blocks.require(reference);
    return new RawJson(await simulator.run("traceBlock", wanted, optionsOf(config)));
  };
  return {
    debug_traceTransaction: method(z.tuple([hash, traceConfig]), async ([wanted, config]) => {
      const row = store.transaction(wanted);
      if (row === undefined) throw new RpcError(rpcCodes.server, "transaction not found");
      const options = optionsOf(config);
      const text = await simulator.run("traceTransaction", row.block_hash, row.position, options);
      return new RawJson(text);
    }),
    debug_traceBlockByNumber: method(ofBlock, traceBlock),
    debug_traceBlockByHash: method(
      z.tuple([hash.transform((blockHash) => ({ blockHash })), traceConfig]),
      traceBlock,
    ),
    debug_traceCall: method(
      z.tuple([callObject, optionalBlock, traceConfig]),
      async ([call, block, config]) => {
        const place = simulator.placeOf(blocks.require(block));
        const { stateOverrides: state, blockOverrides: changed } = config ?? {};
        const overrides = {
          ...(isGiven(state) && { state }),
          ...(isGiven(changed) && { block: changed }),
        };
        const options = optionsOf(config);
        const message = messageOf(call);
        return new RawJson(await simulator.run("traceCall", place, message, overrides, options));
      },
    ),
  };
}

/** The default tracer takes its settings beside its name, the others in `tracerConfig`. */
function optionsOf(config: z.output<typeof traceConfig>): TraceOptions {
  const { tracer, tracerConfig, ...own } = config ?? {};
  const name = !isGiven(tracer) || tracer === "" ? null : tracer;
  return { tracer: name, config: name === null ? plain(own) : (tracerConfig ?? {}) };
}

function plain(config: Record<string, unknown>): Record<string, unknown> {
  const { stateOverrides: _state, blockOverrides: _block, ...rest } = config;
  return rest;
}

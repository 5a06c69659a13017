/** The tracers by their names. */
import { bytesToHex } from "@ethereumjs/util";
import { RpcError, rpcCodes } from "../../protocols/json-rpc/errors.ts";
import { callTracer } from "./call-tracer.ts";
import { prestateTracer } from "./prestate-tracer.ts";
import { structLogger } from "./struct-logger.ts";
import type { MakeTracer, Tracer } from "./tracer.ts";

/** How often each function was called, by selector and length of its arguments. */
const fourByteTracer: MakeTracer = () => {
  const counts: Record<string, number> = {};
  return {
    enter({ kind, input, to }) {
      if (kind === "CREATE" || kind === "CREATE2" || to === null || input.length < 4) return;
      const key = `${bytesToHex(input.subarray(0, 4))}-${input.length - 4}`;
      counts[key] = (counts[key] ?? 0) + 1;
    },
    end: () => counts,
  };
};

const noopTracer: MakeTracer = () => ({ end: () => ({}) });

/** Several tracers at once: its configuration has theirs by their names. */
const muxTracer: MakeTracer = (config, execution) => {
  const parts = Object.entries(config).map(([name, own]): [string, Tracer] => [
    name,
    makeTracer(name)((own ?? {}) as Record<string, unknown>, execution),
  ]);
  return {
    enter(call) {
      for (const [, part] of parts) part.enter?.(call);
    },
    leave(failed, result) {
      for (const [, part] of parts) part.leave?.(failed, result);
    },
    async step(step) {
      for (const [, part] of parts) await part.step?.(step);
    },
    async end(end) {
      const results: Record<string, unknown> = {};
      for (const [name, part] of parts) results[name] = await part.end(end);
      return results;
    },
  };
};

const byName: Readonly<Record<string, MakeTracer>> = {
  structLogger,
  callTracer,
  prestateTracer,
  "4byteTracer": fourByteTracer,
  noopTracer,
  muxTracer,
};

/** @param name null: the default. @throws RpcError for another name */
export function makeTracer(name: string | null): MakeTracer {
  const make = Object.hasOwn(byName, name ?? "structLogger")
    ? byName[name ?? "structLogger"]
    : undefined;
  if (make !== undefined) return make;
  const names = Object.keys(byName).join(", ");
  throw new RpcError(
    rpcCodes.invalidParams,
    `tracer not found: ${String(name).slice(0, 100)}; there are ${names}`,
  );
}

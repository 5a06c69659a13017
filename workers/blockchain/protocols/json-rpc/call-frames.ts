/** Trees of calls, asked for and read here. */
import { z } from "zod";
import type { CallRunner } from "../../calls/call-runner.ts";
import { rpcLimits } from "../../limits.ts";

export interface Frame {
  readonly type: string;
  readonly from: string;
  readonly to?: string | undefined;
  readonly value?: string | undefined;
  readonly gas: string;
  readonly gasUsed: string;
  readonly input: string;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly calls?: readonly Frame[] | undefined;
}

const frame: z.ZodType<Frame> = z.lazy(() =>
  z.object({
    type: z.string(),
    from: z.string(),
    to: z.string().optional(),
    value: z.string().optional(),
    gas: z.string(),
    gasUsed: z.string(),
    input: z.string(),
    output: z.string().optional(),
    error: z.string().optional(),
    calls: z.array(frame).optional(),
  }),
);
const block = z.array(z.object({ txHash: z.string(), result: frame }));
const options = { tracer: "callTracer", config: {} };

/** @throws RpcError */
export async function framesOfBlock(simulator: CallRunner, hash: Uint8Array) {
  return block.parse(JSON.parse(await simulator.run("traceBlock", hash, options)));
}

/** @throws RpcError */
export async function frameOf(simulator: CallRunner, blockHash: Uint8Array, position: number) {
  const text = await simulator.run("traceTransaction", blockHash, position, options);
  return frame.parse(JSON.parse(text));
}

export interface FlatFrame {
  readonly frame: Frame;
  /** Which call of which call it is, from the outermost on. */
  readonly path: readonly number[];
}

export function flattened(top: Frame): FlatFrame[] {
  const all: FlatFrame[] = [];
  const visit = (each: Frame, path: readonly number[]) => {
    if (all.length >= rpcLimits.framesMax) return;
    all.push({ frame: each, path });
    each.calls?.forEach((inner, index) => visit(inner, [...path, index]));
  };
  visit(top, []);
  return all;
}

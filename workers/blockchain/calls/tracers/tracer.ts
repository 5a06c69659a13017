/** What watches an execution and makes a trace of it, in the formats of go-ethereum. */
import type { TypedTransaction } from "@ethereumjs/tx";
import type { WorldState } from "../../engine/world-state.ts";
import type { EventHandlers } from "../machine-events.ts";

export interface TracedExecution {
  readonly tx: TypedTransaction;
  /** Before the transaction when a tracer begins, after it when it ends. */
  readonly state: WorldState;
  /** Who gets the fees, 20 bytes. */
  readonly feeRecipient: Uint8Array;
}

export interface ExecutionEnd {
  readonly gasUsed: bigint;
  readonly failed: boolean;
  /** As the machine words it. */
  readonly failure: string | null;
  readonly returned: Uint8Array;
  /** Of a contract that was created. */
  readonly created: Uint8Array | null;
}

export interface Tracer extends EventHandlers {
  end(end: ExecutionEnd): unknown;
}

/** @throws RpcError where the configuration is none of the tracer's */
export type MakeTracer = (
  config: Readonly<Record<string, unknown>>,
  execution: TracedExecution,
) => Tracer;

export function flag(config: Readonly<Record<string, unknown>>, name: string): boolean {
  return config[name] === true;
}

/** Checkpoints of runs over threads as plain JSON. */
import type { KeptRecord } from "../core/distributed-training/training-record.ts";
import type { Checkpoint } from "./thread-training.ts";

export interface KeptTraining {
  readonly step: number;
  readonly hash: string;
  readonly optimiserSteps: number;
  /** Base64 of f32. */
  readonly parameters: string;
  readonly averages: string;
  readonly record: KeptRecord;
}

export function keepTraining({ step, hash, state }: Checkpoint, record: KeptRecord): KeptTraining {
  return {
    step,
    hash,
    optimiserSteps: state.steps,
    parameters: toText(state.parameters),
    averages: toText(state.averages),
    record,
  };
}

export function checkpointOf({
  step,
  hash,
  optimiserSteps,
  parameters,
  averages,
}: KeptTraining): Checkpoint {
  const state = {
    parameters: fromText(parameters),
    averages: fromText(averages),
    steps: optimiserSteps,
  };
  return { step, hash, state };
}

function toText({ buffer, byteOffset, byteLength }: Float32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

function fromText(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}

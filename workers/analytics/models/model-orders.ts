/** What the registry and its threads say to each other. */
import type { ElementType } from "../../compute/onnx/element-types.ts";
import type { OnnxPort } from "../../compute/onnx/model.ts";
import type { Values } from "../../compute/tensor/memory.ts";

export interface TensorValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** What is known of a file after it was read and tried. */
export interface Inspection {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly opset: number;
  readonly nodes: number;
  readonly parameters: number;
  /** Operator by operator, the most frequent first. */
  readonly operators: readonly (readonly [name: string, count: number])[];
  /** Whether rows of several requests may be run together. */
  readonly batching: { readonly allowed: boolean; readonly reason: string };
}

export type ModelOrder =
  | { readonly kind: "inspect"; readonly bytes: Uint8Array }
  | {
      readonly kind: "run";
      /** Of the model's file; the thread asks for the file when it has not got it. */
      readonly sha256: string;
      readonly inputs: readonly TensorValue[];
      /** Files that are still served; others are closed. */
      readonly keep: readonly string[];
    };

export interface RunResult {
  readonly outputs: readonly TensorValue[];
  /** Of the graph alone. */
  readonly runMs: number;
  /** Of reading the file, where that was needed. */
  readonly loadMs: number;
}

export type ModelAnswer = Inspection | RunResult;

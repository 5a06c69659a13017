/** Rows of tensors along their first axis. */
import type { TensorValue } from "./model-orders.ts";

export function rowsOf(value: TensorValue, from: number, count: number): TensorValue {
  const width = value.values.length / Math.max(1, value.shape[0]!);
  return {
    ...value,
    shape: [count, ...value.shape.slice(1)],
    values: value.values.slice(from * width, (from + count) * width),
  };
}

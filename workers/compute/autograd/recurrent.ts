/** One step of the recurrent cells, from the sums that reach their gates. PyTorch's order of gates. */
import { sigmoid, tanh } from "../tensor/elementary.ts";
import { contiguous, empty, full, type Tensor } from "../tensor/tensor.ts";
import { defineOperator } from "./tape.ts";

/** Averages that decay for long end as subnormal numbers, which are many times slower. */
const flush = (value: number): number => (Math.abs(value) < 1e-30 ? 0 : value);

/**
 * Hochreiter and Schmidhuber 1997, with forget gates.
 * @param gates [batch, 4 hidden]: sums for input, forget, cell and output
 * @param cell [batch, hidden]
 * @returns [2, batch, hidden]: the new hidden state and the new cell
 */
export const lstmCell = defineOperator("lstmCell", (gates: Tensor, cell: Tensor) => {
  const [batch, hidden] = cell.shape as readonly [number, number];
  const output = empty([2, batch, hidden], cell.dtype);
  // Of each gate its value after the function, and tanh of the new cell, for the way back.
  const saved = new Float64Array(batch * hidden * 5);
  const [sums, before, to] = [
    contiguous(gates).values,
    contiguous(cell).values,
    output.storage.values,
  ];
  const count = batch * hidden;
  for (let at = 0; at < count; at++) {
    const base = Math.floor(at / hidden) * hidden * 4 + (at % hidden);
    const i = sigmoid(sums[base]!);
    const f = sigmoid(sums[base + hidden]!);
    const g = tanh(sums[base + 2 * hidden]!);
    const o = sigmoid(sums[base + 3 * hidden]!);
    const next = flush(f * before[at]! + i * g);
    const t = tanh(next);
    to[at] = flush(o * t);
    to[count + at] = next;
    saved.set([i, f, g, o, t], at * 5);
  }
  return {
    output,
    inputs: [gates, cell],
    backward: (gradient) => {
      const [toGates, toCell] = [empty(gates.shape, gates.dtype), empty(cell.shape, cell.dtype)];
      const [slopes, gateSlopes, cellSlopes] = [gradient.values, toGates.values, toCell.values];
      for (let at = 0; at < count; at++) {
        const base = Math.floor(at / hidden) * hidden * 4 + (at % hidden);
        const [i, f, g, o, t] = saved.subarray(at * 5, at * 5 + 5) as unknown as number[];
        const toHidden = slopes[at]!;
        const toNext = slopes[count + at]! + toHidden * o! * (1 - t! * t!);
        gateSlopes[base] = toNext * g! * i! * (1 - i!);
        gateSlopes[base + hidden] = toNext * before[at]! * f! * (1 - f!);
        gateSlopes[base + 2 * hidden] = toNext * i! * (1 - g! * g!);
        gateSlopes[base + 3 * hidden] = toHidden * t! * o! * (1 - o!);
        cellSlopes[at] = toNext * f!;
      }
      return [toGates, toCell];
    },
  };
});

/**
 * Cho et al. 2014, in the form whose reset gate acts after the product (cuDNN, PyTorch).
 * @param fromInput [batch, 3 hidden]: the input's sums for reset, update and new
 * @param fromHidden [batch, 3 hidden]: the hidden state's
 * @param state [batch, hidden]
 */
export const gruCell = defineOperator(
  "gruCell",
  (fromInput: Tensor, fromHidden: Tensor, state: Tensor) => {
    const [batch, hidden] = state.shape as readonly [number, number];
    const output = empty([batch, hidden], state.dtype);
    const saved = new Float64Array(batch * hidden * 3);
    const [x, h] = [contiguous(fromInput).values, contiguous(fromHidden).values];
    const [before, to] = [contiguous(state).values, output.storage.values];
    for (let at = 0; at < to.length; at++) {
      const base = Math.floor(at / hidden) * hidden * 3 + (at % hidden);
      const r = sigmoid(x[base]! + h[base]!);
      const z = sigmoid(x[base + hidden]! + h[base + hidden]!);
      const n = tanh(x[base + 2 * hidden]! + r * h[base + 2 * hidden]!);
      to[at] = flush((1 - z) * n + z * before[at]!);
      saved.set([r, z, n], at * 3);
    }
    return {
      output,
      inputs: [fromInput, fromHidden, state],
      backward: (g) => {
        const toInput = empty(fromInput.shape, state.dtype);
        const toHidden = empty(fromHidden.shape, state.dtype);
        const toState = full(state.shape, 0, state.dtype);
        const [slopes, xs, hs, states] = [
          g.values,
          toInput.values,
          toHidden.values,
          toState.values,
        ];
        for (let at = 0; at < slopes.length; at++) {
          const base = Math.floor(at / hidden) * hidden * 3 + (at % hidden);
          const [r, z, n] = saved.subarray(at * 3, at * 3 + 3) as unknown as number[];
          const slope = slopes[at]!;
          const toNew = slope * (1 - z!) * (1 - n! * n!);
          const toReset = toNew * h[base + 2 * hidden]! * r! * (1 - r!);
          const toUpdate = slope * (before[at]! - n!) * z! * (1 - z!);
          xs[base] = toReset;
          hs[base] = toReset;
          xs[base + hidden] = toUpdate;
          hs[base + hidden] = toUpdate;
          xs[base + 2 * hidden] = toNew;
          hs[base + 2 * hidden] = toNew * r!;
          states[at] = slope * z!;
        }
        return [toInput, toHidden, toState];
      },
    };
  },
);

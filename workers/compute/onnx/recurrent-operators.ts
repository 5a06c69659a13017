/** LSTM and GRU over whole sequences, with ONNX's own orders of gates. */
import { add, mul, sigmoid, sub, tanh } from "../autograd/elementwise.ts";
import { linear, matmul } from "../autograd/matmul.ts";
import { gruCell, lstmCell } from "../autograd/recurrent.ts";
import { concat, reshape, select, slice, stack, transpose } from "../autograd/shape.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

/** The weights of one direction, and what it starts with. */
interface Direction {
  readonly weight: Tensor;
  readonly recurrence: Tensor;
  readonly bias: Tensor | null;
  readonly peepholes: Tensor | null;
  readonly initial: readonly Tensor[];
}

type State = readonly Tensor[];
type Step = (x: Tensor, state: State) => State;

/** @param order for each gate of the engine its place among ONNX's */
function reordered(x: Tensor, order: readonly number[], hidden: number): Tensor {
  return concat(
    order.map((gate) => slice(x, { axis: 0, start: gate * hidden, length: hidden })),
    0,
  );
}

function run(
  call: Call,
  states: number,
  cellOf: (direction: Direction, hidden: number) => Step,
): Value[] {
  const x = call.tensor(0);
  if (call.number("layout", 0) !== 0) throw new RangeError("Layout 1 is not supported.");
  if (call.numbers("activations", []).length > 0 || call.number("clip", 0) !== 0) {
    throw new RangeError("Other activations and clipping are not supported.");
  }
  const [steps, batch] = x.shape as readonly [number, number];
  if (call.wholes(4)?.some((length) => length !== steps) === true) {
    throw new RangeError("Sequences of different lengths are not supported.");
  }
  const hidden = call.tensor(2).shape[2]!;
  const ways = call.tensor(1).shape[0]!;
  const kind = call.text("direction", "forward");
  if (ways !== (kind === "bidirectional" ? 2 : 1))
    throw new RangeError(`${ways} directions of "${kind}".`);
  const results = Array.from({ length: ways }, (_, way) => {
    const part = (index: number): Tensor | null => {
      const own = call.optionalTensor(index);
      return own === null ? null : select(own, 0, way);
    };
    const initial = Array.from(
      { length: states },
      (__, index) => part(5 + index) ?? zeros([batch, hidden], x.dtype),
    );
    const direction = {
      weight: part(1)!,
      recurrence: part(2)!,
      bias: part(3),
      peepholes: part(7),
      initial,
    };
    const step = cellOf(direction, hidden);
    const isReverse = kind === "reverse" || way === 1;
    const outputs = Array<Tensor>(steps);
    let state: State = initial;
    for (let count = 0; count < steps; count++) {
      const at = isReverse ? steps - 1 - count : count;
      state = step(select(x, 0, at), state);
      outputs[at] = state[0]!;
    }
    return { outputs: stack(outputs, 0), state };
  });
  const output = stack(
    results.map((each) => each.outputs),
    1,
  );
  const last = (index: number): Tensor =>
    stack(
      results.map(({ state }) => state[index]!),
      0,
    );
  return [output, ...Array.from({ length: states }, (_, index) => last(index))].flatMap((each) =>
    call.like(each),
  );
}

/** Gates come as input, output, forget, cell; the engine takes input, forget, cell, output. */
function lstm({ weight, recurrence, bias, peepholes }: Direction, hidden: number): Step {
  const order = [0, 2, 3, 1];
  const w = reordered(weight, order, hidden);
  const r = reordered(recurrence, order, hidden);
  const part = (start: number): Tensor | null =>
    bias === null
      ? null
      : reordered(slice(bias, { axis: 0, start, length: 4 * hidden }), order, hidden);
  const [wBias, rBias] = [part(0), part(4 * hidden)];
  return (x, [h, c]) => {
    const sums = add(linear(x, w, wBias), linear(h!, r, rBias));
    if (peepholes !== null) return withPeepholes(sums, c!, peepholes, hidden);
    const next = lstmCell(sums, c!);
    return [select(next, 0, 0), select(next, 0, 1)];
  };
}

/** Gers and Schmidhuber 2000: the gates see the cell, in the order input, output, forget. */
function withPeepholes(sums: Tensor, cell: Tensor, peepholes: Tensor, hidden: number): State {
  const gate = (index: number): Tensor =>
    slice(sums, { axis: 1, start: index * hidden, length: hidden });
  const eye = (index: number, seen: Tensor): Tensor =>
    mul(slice(peepholes, { axis: 0, start: index * hidden, length: hidden }), seen);
  const input = sigmoid(add(gate(0), eye(0, cell)));
  const forget = sigmoid(add(gate(1), eye(2, cell)));
  const next = add(mul(forget, cell), mul(input, tanh(gate(2))));
  const output = sigmoid(add(gate(3), eye(1, next)));
  return [mul(output, tanh(next)), next];
}

/** Gates come as update, reset, new; the engine takes reset, update, new. */
function gru(resetsAfter: boolean): (direction: Direction, hidden: number) => Step {
  return ({ weight, recurrence, bias }, hidden) => {
    const order = [1, 0, 2];
    const w = reordered(weight, order, hidden);
    const r = reordered(recurrence, order, hidden);
    const part = (start: number): Tensor | null =>
      bias === null
        ? null
        : reordered(slice(bias, { axis: 0, start, length: 3 * hidden }), order, hidden);
    const [wBias, rBias] = [part(0), part(3 * hidden)];
    return (x, [h]) => {
      const fromInput = linear(x, w, wBias);
      if (resetsAfter) return [gruCell(fromInput, linear(h!, r, rBias), h!)];
      const gate = (from: Tensor, index: number, axis: number): Tensor =>
        slice(from, { axis, start: index * hidden, length: hidden });
      const fromHidden = (index: number, state: Tensor): Tensor => {
        const own = matmul(state, transpose(gate(r, index, 0), 0, 1));
        return rBias === null ? own : add(own, reshape(gate(rBias, index, 0), [1, hidden]));
      };
      const reset = sigmoid(add(gate(fromInput, 0, 1), fromHidden(0, h!)));
      const update = sigmoid(add(gate(fromInput, 1, 1), fromHidden(1, h!)));
      const fresh = tanh(add(gate(fromInput, 2, 1), fromHidden(2, mul(reset, h!))));
      return [add(mul(sub(1, update), fresh), mul(update, h!))];
    };
  };
}

export const recurrentOperators: OperatorTable = {
  GRU: (call) => run(call, 1, gru(call.number("linear_before_reset", 0) === 1)),
  LSTM: (call) => run(call, 2, lstm),
};

/** LSTM and GRU over sequences, with layers and both directions; PyTorch's names and order of gates. */
import { add } from "../autograd/elementwise.ts";
import { linear } from "../autograd/matmul.ts";
import { gruCell, lstmCell } from "../autograd/recurrent.ts";
import { concat, select, stack, transpose } from "../autograd/shape.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import { uniform } from "./initialisers.ts";
import { type Making, Module } from "./module.ts";

export interface RecurrentOptions {
  readonly numLayers?: number;
  readonly bidirectional?: boolean;
  /** Sequences come as [batch, steps, width] rather than [steps, batch, width]. */
  readonly batchFirst?: boolean;
}

/** The parameters of one layer and direction. */
interface CellWeights {
  readonly weightInput: Tensor;
  readonly weightHidden: Tensor;
  readonly biasInput: Tensor;
  readonly biasHidden: Tensor;
}

/** What a cell carries from step to step; an LSTM has a cell state too. */
type State = readonly Tensor[];

abstract class Recurrent extends Module {
  readonly hiddenSize: number;
  readonly batchFirst: boolean;
  readonly numLayers: number;
  readonly directions: 1 | 2;
  /** Layer by layer, forwards before backwards. */
  readonly weights: readonly CellWeights[];

  constructor(
    gates: number,
    inputSize: number,
    hiddenSize: number,
    making: Making,
    options: RecurrentOptions,
  ) {
    super();
    const { numLayers = 1, bidirectional = false, batchFirst = false } = options;
    this.hiddenSize = hiddenSize;
    this.batchFirst = batchFirst;
    this.numLayers = numLayers;
    this.directions = bidirectional ? 2 : 1;
    const draw = (name: string, shape: readonly number[]): Tensor =>
      this.addParameter(
        name,
        uniform(shape, 1 / Math.sqrt(hiddenSize), making.chance, making.dtype),
      );
    this.weights = Array.from({ length: numLayers * this.directions }, (_, index) => {
      const layer = Math.floor(index / this.directions);
      const suffix = `l${layer}${index % this.directions === 1 ? "_reverse" : ""}`;
      const inputs = layer === 0 ? inputSize : hiddenSize * this.directions;
      return {
        weightInput: draw(`weight_ih_${suffix}`, [gates * hiddenSize, inputs]),
        weightHidden: draw(`weight_hh_${suffix}`, [gates * hiddenSize, hiddenSize]),
        biasInput: draw(`bias_ih_${suffix}`, [gates * hiddenSize]),
        biasHidden: draw(`bias_hh_${suffix}`, [gates * hiddenSize]),
      };
    });
  }

  protected abstract step(fromInput: Tensor, state: State, weights: CellWeights): State;

  /** @param initial for each kind of state [layers * directions, batch, hidden] */
  protected run(x: Tensor, initial: readonly Tensor[]): { output: Tensor; states: Tensor[] } {
    let sequence = this.batchFirst ? transpose(x, 0, 1) : x;
    const finals: State[] = [];
    for (let layer = 0; layer < this.numLayers; layer++) {
      const outputs: Tensor[] = [];
      for (let direction = 0; direction < this.directions; direction++) {
        const which = layer * this.directions + direction;
        const start = initial.map((each) => select(each, 0, which));
        const { output, last } = this.#pass(sequence, start, this.weights[which]!, direction === 1);
        outputs.push(output);
        finals.push(last);
      }
      sequence = outputs.length === 1 ? outputs[0]! : concat(outputs, 2);
    }
    const states = initial.map((_, kind) =>
      stack(
        finals.map((state) => state[kind]!),
        0,
      ),
    );
    return { output: this.batchFirst ? transpose(sequence, 0, 1) : sequence, states };
  }

  #pass(
    sequence: Tensor,
    start: State,
    weights: CellWeights,
    isReverse: boolean,
  ): { output: Tensor; last: State } {
    const steps = sequence.shape[0]!;
    // One large product for all steps.
    const fromInput = linear(sequence, weights.weightInput, weights.biasInput);
    const outputs = Array<Tensor>(steps);
    let state = start;
    for (let count = 0; count < steps; count++) {
      const at = isReverse ? steps - 1 - count : count;
      state = this.step(select(fromInput, 0, at), state, weights);
      outputs[at] = state[0]!;
    }
    return { output: stack(outputs, 0), last: state };
  }

  protected zeroState(x: Tensor): Tensor {
    const batch = x.shape[this.batchFirst ? 0 : 1]!;
    return zeros([this.numLayers * this.directions, batch, this.hiddenSize], x.dtype);
  }
}

export class LSTM extends Recurrent {
  constructor(
    inputSize: number,
    hiddenSize: number,
    making: Making,
    options: RecurrentOptions = {},
  ) {
    super(4, inputSize, hiddenSize, making, options);
  }

  /** @param initial the hidden states and the cells; zeros by default */
  forward(
    x: Tensor,
    initial: readonly [Tensor, Tensor] = [this.zeroState(x), this.zeroState(x)],
  ): { readonly output: Tensor; readonly hidden: Tensor; readonly cell: Tensor } {
    const { output, states } = this.run(x, initial);
    return { output, hidden: states[0]!, cell: states[1]! };
  }

  protected override step(fromInput: Tensor, [hidden, cell]: State, weights: CellWeights): State {
    const sums = add(fromInput, linear(hidden!, weights.weightHidden, weights.biasHidden));
    const next = lstmCell(sums, cell!);
    return [select(next, 0, 0), select(next, 0, 1)];
  }
}

export class GRU extends Recurrent {
  constructor(
    inputSize: number,
    hiddenSize: number,
    making: Making,
    options: RecurrentOptions = {},
  ) {
    super(3, inputSize, hiddenSize, making, options);
  }

  forward(
    x: Tensor,
    initial: Tensor = this.zeroState(x),
  ): { readonly output: Tensor; readonly hidden: Tensor } {
    const { output, states } = this.run(x, [initial]);
    return { output, hidden: states[0]! };
  }

  protected override step(fromInput: Tensor, [hidden]: State, weights: CellWeights): State {
    const fromHidden = linear(hidden!, weights.weightHidden, weights.biasHidden);
    return [gruCell(fromInput, fromHidden, hidden!)];
  }
}

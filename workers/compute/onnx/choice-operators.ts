/** Operators that compare, combine truths and choose. */
import { add } from "../autograd/elementwise.ts";
import { expand } from "../autograd/shape.ts";
import { mapPair } from "../tensor/arithmetic.ts";
import { broadcastShapes } from "../tensor/shape.ts";
import { copy, empty, type Tensor } from "../tensor/tensor.ts";
import { isFloat } from "./element-types.ts";
import type { Call, OperatorTable, Value } from "./operator.ts";

const truths = (tensor: Tensor): Value[] => [{ tensor: copy(tensor, "i32"), type: "bool" }];

const compared =
  (holds: (a: number, b: number) => boolean) =>
  (call: Call): Value[] => {
    if (call.input(0).type !== call.input(1).type) {
      throw new RangeError("The operands' types differ.");
    }
    return truths(mapPair(call.tensor(0), call.tensor(1), (a, b) => (holds(a, b) ? 1 : 0)));
  };

/** Of each value by itself. */
const told =
  (holds: (value: number) => boolean) =>
  (call: Call): Value[] => {
    const x = call.tensor(0);
    const out = empty(x.shape, "i32");
    const { values } = out;
    copy(x).values.forEach((value, at) => {
      values[at] = holds(value) ? 1 : 0;
    });
    return [{ tensor: out, type: "bool" }];
  };

/** The second where the first holds, else the third; all of one shape after broadcasting. */
function where(call: Call): Value[] {
  const [condition, x, y] = [call.tensor(0), call.tensor(1), call.tensor(2)];
  if (call.input(0).type !== "bool") throw new RangeError("The condition is not of type bool.");
  if (call.input(1).type !== call.input(2).type)
    throw new RangeError("The operands' types differ.");
  const shape = broadcastShapes(broadcastShapes(condition.shape, x.shape), y.shape);
  const [chosen, yes, no] = [condition, x, y].map((each) => copy(expand(each, shape)).values);
  const out = empty(shape, x.dtype);
  const { values } = out;
  for (let at = 0; at < values.length; at++) {
    values[at] = chosen![at] === 0 ? no![at]! : yes![at]!;
  }
  return call.like(out, 1);
}

function sumOfAll(call: Call): Value[] {
  const { type } = call.input(0);
  if (!isFloat(type)) throw new RangeError("A sum of whole numbers is not supported.");
  if (call.inputs.some((each) => each.type !== type)) {
    throw new RangeError("The operands' types differ.");
  }
  return call.like(call.inputs.map(({ tensor }) => tensor).reduce((sum, each) => add(sum, each)));
}

export const choiceOperators: OperatorTable = {
  And: compared((a, b) => a !== 0 && b !== 0),
  Equal: compared((a, b) => a === b),
  Greater: compared((a, b) => a > b),
  GreaterOrEqual: compared((a, b) => a >= b),
  IsNaN: told((value) => Number.isNaN(value)),
  Less: compared((a, b) => a < b),
  LessOrEqual: compared((a, b) => a <= b),
  Not: told((value) => value === 0),
  Or: compared((a, b) => a !== 0 || b !== 0),
  Sum: sumOfAll,
  Where: where,
};

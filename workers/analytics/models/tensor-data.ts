/** Tensors as clients send them, checked against what the graph takes, and back. */
import type { ElementType } from "../../compute/onnx/element-types.ts";
import type { OnnxPort } from "../../compute/onnx/model.ts";
import type { Values } from "../../compute/tensor/memory.ts";
import type { Datatype, TensorDescription } from "../contract-registry.ts";
import { analyticsProblem } from "../errors.ts";
import type { TensorValue } from "./model-orders.ts";
import { servingLimits } from "./models-limits.ts";

const datatypeOfElement: Readonly<Record<ElementType, Datatype>> = {
  float: "FP32",
  double: "FP64",
  uint8: "UINT8",
  int8: "INT8",
  uint16: "UINT16",
  int16: "INT16",
  int32: "INT32",
  int64: "INT64",
  bool: "BOOL",
  uint32: "UINT32",
  uint64: "UINT64",
};

/** The least and the most that a datatype holds; wider ones are exact up to 2^53. */
const ranges: Readonly<Partial<Record<Datatype, readonly [least: number, most: number]>>> = {
  BOOL: [0, 1],
  UINT8: [0, 255],
  INT8: [-128, 127],
  UINT16: [0, 65_535],
  INT16: [-32_768, 32_767],
  UINT32: [0, 4_294_967_295],
  INT32: [-2_147_483_648, 2_147_483_647],
  UINT64: [0, Number.MAX_SAFE_INTEGER],
  INT64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

export function describePort({ name, type, shape }: OnnxPort): TensorDescription {
  return {
    name,
    datatype: datatypeOfElement[type],
    shape: shape.map((size) => (typeof size === "number" ? size : -1)),
  };
}

export function datatypeOf(type: ElementType): Datatype {
  return datatypeOfElement[type];
}

export interface GivenTensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  /** Numbers and booleans, flat or nested; or the values as they are. */
  readonly data: readonly unknown[] | Values;
}

const invalid = (detail: string) => analyticsProblem("MODEL_INPUT_INVALID", detail);

/** @throws MODEL_INPUT_INVALID that names the input and the place in it */
export function checkInputs(
  ports: readonly OnnxPort[],
  given: readonly GivenTensor[],
): TensorValue[] {
  const unknown = given.find(({ name }) => !ports.some((port) => port.name === name));
  if (unknown !== undefined) {
    const names = ports.map(({ name }) => `"${name}"`).join(", ");
    throw invalid(`There is no input "${unknown.name}"; the model takes ${names}.`);
  }
  let total = 0;
  const sizes = new Map<string, number>();
  return ports.map((port) => {
    const own = given.filter(({ name }) => name === port.name);
    if (own.length !== 1) {
      throw invalid(`Input "${port.name}" is ${own.length === 0 ? "missing" : "given twice"}.`);
    }
    const [tensor] = own as [GivenTensor];
    const expected = datatypeOfElement[port.type];
    if (tensor.datatype !== expected) {
      throw invalid(`Input "${port.name}" is of ${expected}, not ${tensor.datatype}.`);
    }
    const count = checkShape(port, tensor.shape, sizes);
    total += count;
    if (total > servingLimits.requestValuesMax) {
      throw invalid(`The inputs have more than ${servingLimits.requestValuesMax} values.`);
    }
    const values = readValues(tensor, expected, count);
    return { name: port.name, type: port.type, shape: [...tensor.shape], values };
  });
}

/** @param sizes those that the file leaves open, by name: they are the same wherever they stand */
function checkShape(
  { name, shape }: OnnxPort,
  given: readonly number[],
  sizes: Map<string, number>,
): number {
  const fits =
    shape.length === given.length &&
    shape.every((size, axis) => {
      const own = given[axis]!;
      if (typeof size === "number") return size === own;
      const known = sizes.get(size) ?? own;
      sizes.set(size, known);
      return known === own;
    });
  // Files may leave the whole shape open.
  if (!fits && shape.length > 0) {
    throw invalid(
      `Input "${name}" has the shape [${shape.join(", ")}], not [${given.join(", ")}].`,
    );
  }
  const count = given.reduce((product, size) => product * size, 1);
  if (given.some((size) => !Number.isInteger(size) || size < 0) || !Number.isSafeInteger(count)) {
    throw invalid(`The shape of input "${name}" is not of whole numbers.`);
  }
  if (count === 0) throw invalid(`Input "${name}" has no values.`);
  return count;
}

function readValues(tensor: GivenTensor, datatype: Datatype, count: number): Values {
  const { name, data } = tensor;
  const values = datatype === "FP32" ? new Float32Array(count) : new Float64Array(count);
  const range = ranges[datatype];
  let at = 0;
  const take = (value: unknown): void => {
    if (at >= count)
      throw invalid(`Input "${name}" has more than the ${count} values of its shape.`);
    const number = typeof value === "boolean" ? Number(value) : value === null ? Number.NaN : value;
    if (typeof number !== "number") {
      throw invalid(`Value ${at} of input "${name}" is not a number.`);
    }
    if (range !== undefined) {
      const isWithin = Number.isInteger(number) && number >= range[0] && number <= range[1];
      if (!isWithin)
        throw invalid(`Value ${at} of input "${name}", ${number}, is not of ${datatype}.`);
    } else if (value !== null && typeof value === "boolean") {
      throw invalid(`Value ${at} of input "${name}" is not a number.`);
    }
    values[at] = number;
    at += 1;
  };
  const walk = (list: readonly unknown[], depth: number): void => {
    if (depth > tensor.shape.length + 1) throw invalid(`Input "${name}" is nested too deep.`);
    for (const each of list) {
      if (Array.isArray(each)) walk(each, depth + 1);
      else take(each);
    }
  };
  if (ArrayBuffer.isView(data)) data.forEach(take);
  else walk(data, 1);
  if (at !== count) {
    throw invalid(`Input "${name}" has ${at} values; its shape holds ${count}.`);
  }
  return values;
}

/** Values for JSON, where NaN and the infinities have no place. */
export function jsonValues(values: ArrayLike<number>): (number | null)[] {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}

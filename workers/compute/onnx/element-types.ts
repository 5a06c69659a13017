/**
 * ONNX's element types and how tensors hold them: floats as f32 and f64, whole numbers up to 32 bits as
 * i32, and wider ones as f64, exact up to 2^53.
 */
import { type DType } from "../tensor/memory.ts";
import { copy, empty, type Tensor } from "../tensor/tensor.ts";

export type ElementType =
  | "float"
  | "double"
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "int32"
  | "int64"
  | "bool"
  | "uint32"
  | "uint64";

/** Numbers of TensorProto.DataType. */
export const elementNumbers: Readonly<Record<ElementType, number>> = {
  float: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  double: 11,
  uint32: 12,
  uint64: 13,
};

const bits: Readonly<Partial<Record<ElementType, readonly [width: number, isSigned: boolean]>>> = {
  uint8: [8, false],
  int8: [8, true],
  uint16: [16, false],
  int16: [16, true],
  int32: [32, true],
  uint32: [32, false],
  int64: [64, true],
  uint64: [64, false],
};

/** @throws RangeError for types that are not numbers, or half precision */
export function elementTypeOf(number: number): ElementType {
  for (const [name, own] of Object.entries(elementNumbers)) {
    if (own === number) return name as ElementType;
  }
  throw new RangeError(`Element type ${number} is not supported.`);
}

export function dtypeOf(type: ElementType): DType {
  if (type === "float") return "f32";
  return ["double", "uint32", "int64", "uint64"].includes(type) ? "f64" : "i32";
}

export const isFloat = (type: ElementType): boolean => type === "float" || type === "double";

/** Bytes of one element in `raw_data`. */
export function widthOf(type: ElementType): number {
  if (type === "float") return 4;
  if (type === "double") return 8;
  return type === "bool" ? 1 : bits[type]![0] / 8;
}

export function readElement(view: DataView, at: number, type: ElementType): number {
  return readers[type](view, at);
}

const readers: Readonly<Record<ElementType, (view: DataView, at: number) => number>> = {
  float: (view, at) => view.getFloat32(at, true),
  double: (view, at) => view.getFloat64(at, true),
  bool: (view, at) => view.getUint8(at),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  int16: (view, at) => view.getInt16(at, true),
  uint16: (view, at) => view.getUint16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  int64: (view, at) => safe(view.getBigInt64(at, true)),
  uint64: (view, at) => safe(view.getBigUint64(at, true)),
};

function safe(value: bigint): number {
  // The ends of the range stand for "to the end" in slices.
  if (value >= 9_223_372_036_854_775_807n) return Number.MAX_SAFE_INTEGER;
  if (value <= -9_223_372_036_854_775_807n) return Number.MIN_SAFE_INTEGER;
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is beyond 2^53.`);
  return number;
}

/** A whole result brought into the range of its type, as the hardware does it. */
export function wrap(value: number, type: ElementType): number {
  const range = bits[type];
  if (range === undefined) return value;
  const [width, isSigned] = range;
  const whole = Math.trunc(value);
  const low = isSigned ? -(2 ** (width - 1)) : 0;
  if (whole >= low && whole < low + 2 ** width) return whole;
  const big = BigInt(whole);
  return safe(isSigned ? BigInt.asIntN(width, big) : BigInt.asUintN(width, big));
}

/** A product of whole numbers; beyond 2^53 by long arithmetic. */
export function wholeProduct(a: number, b: number, type: ElementType): number {
  const product = a * b;
  if (Number.isSafeInteger(product)) return wrap(product, type);
  const [width, isSigned] = bits[type]!;
  const big = BigInt(a) * BigInt(b);
  return safe(isSigned ? BigInt.asIntN(width, big) : BigInt.asUintN(width, big));
}

/** The values in another type: floats to whole numbers towards 0. */
export function cast(x: Tensor, to: ElementType): Tensor {
  if (isFloat(to)) return copy(x, dtypeOf(to));
  const out = empty(x.shape, dtypeOf(to));
  const { values } = out;
  copy(x).values.forEach((value, index) => {
    values[index] = to === "bool" ? Number(value !== 0) : wrap(value, to);
  });
  return out;
}

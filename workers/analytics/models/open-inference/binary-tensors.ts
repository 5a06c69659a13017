/**
 * The binary tensor data extension: a JSON header, then the tensors as they lie in memory, little-endian
 * and row by row. Where the header ends is said by Inference-Header-Content-Length.
 */
import type { Datatype } from "../../contract-registry.ts";
import { analyticsProblem } from "../../errors.ts";

type Reader = (view: DataView, at: number) => number;
type Writer = (view: DataView, at: number, value: number) => void;

interface Layout {
  readonly width: number;
  readonly read: Reader;
  readonly write: Writer;
}

const layouts: Readonly<Record<Datatype, Layout>> = {
  BOOL: { width: 1, read: (v, at) => v.getUint8(at), write: (v, at, x) => v.setUint8(at, x) },
  UINT8: { width: 1, read: (v, at) => v.getUint8(at), write: (v, at, x) => v.setUint8(at, x) },
  INT8: { width: 1, read: (v, at) => v.getInt8(at), write: (v, at, x) => v.setInt8(at, x) },
  UINT16: {
    width: 2,
    read: (v, at) => v.getUint16(at, true),
    write: (v, at, x) => v.setUint16(at, x, true),
  },
  INT16: {
    width: 2,
    read: (v, at) => v.getInt16(at, true),
    write: (v, at, x) => v.setInt16(at, x, true),
  },
  UINT32: {
    width: 4,
    read: (v, at) => v.getUint32(at, true),
    write: (v, at, x) => v.setUint32(at, x, true),
  },
  INT32: {
    width: 4,
    read: (v, at) => v.getInt32(at, true),
    write: (v, at, x) => v.setInt32(at, x, true),
  },
  UINT64: {
    width: 8,
    read: (v, at) => Number(v.getBigUint64(at, true)),
    write: (v, at, x) => v.setBigUint64(at, BigInt(x), true),
  },
  INT64: {
    width: 8,
    read: (v, at) => Number(v.getBigInt64(at, true)),
    write: (v, at, x) => v.setBigInt64(at, BigInt(x), true),
  },
  FP32: {
    width: 4,
    read: (v, at) => v.getFloat32(at, true),
    write: (v, at, x) => v.setFloat32(at, x, true),
  },
  FP64: {
    width: 8,
    read: (v, at) => v.getFloat64(at, true),
    write: (v, at, x) => v.setFloat64(at, x, true),
  },
};

export const isDatatype = (name: string): name is Datatype => Object.hasOwn(layouts, name);

/** @throws MODEL_INPUT_INVALID when the bytes are not whole values */
export function readBinary(name: string, datatype: Datatype, bytes: Uint8Array): Float64Array {
  const { width, read } = layouts[datatype];
  if (bytes.length % width !== 0) {
    throw analyticsProblem(
      "MODEL_INPUT_INVALID",
      `Input "${name}" has ${bytes.length} bytes, which are not whole values of ${datatype}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Float64Array.from({ length: bytes.length / width }, (_, at) => read(view, at * width));
}

export function writeBinary(datatype: Datatype, values: ArrayLike<number>): Uint8Array {
  const { width, write } = layouts[datatype];
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < values.length; at++) write(view, at * width, values[at]!);
  return bytes;
}

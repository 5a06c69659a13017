/** Pooling over windows of one, two or three axes. A table of windows is made once for each geometry. */
import type { Values } from "../tensor/memory.ts";
import { simd } from "../tensor/simd.ts";
import { contiguous, empty, full, type Tensor, tensor } from "../tensor/tensor.ts";
import { windowValuesMax } from "../tensor/limits.ts";
import { sizeOf, stridesOf } from "../tensor/shape.ts";
import { defineOperator } from "./tape.ts";

export interface PoolOptions {
  /** One entry for each axis behind batch and channels. */
  readonly kernel: readonly number[];
  /** The kernel by default. */
  readonly stride?: readonly number[];
  readonly padding?: readonly (readonly [number, number])[];
  readonly dilation?: readonly number[];
  /** A last window that does not fit whole counts, if it begins on a value or on padding before it. */
  readonly ceilMode?: boolean;
  /** Padding counts in averages, as in PyTorch. */
  readonly countIncludePad?: boolean;
}

/** For each output the places of its window's values within a plane. */
interface Windows {
  readonly outShape: readonly number[];
  readonly width: number;
  /** Outputs x width: a place, `isPad`, or `isBeyond`. */
  readonly places: Int32Array;
}

const isPad = -1;
const isBeyond = -2;
/** Tables kept; the oldest is dropped. */
const tablesMax = 64;
const tables = new Map<string, Windows>();

function remembered(key: string, make: () => Windows): Windows {
  let table = tables.get(key);
  if (table === undefined) {
    table = make();
    tables.set(key, table);
    if (tables.size > tablesMax) tables.delete(tables.keys().next().value!);
  }
  return table;
}

/** Along one axis: for each output the positions in its window. */
type AxisWindows = readonly (readonly number[])[];

function windowsOf(spatial: readonly number[], options: PoolOptions): Windows {
  const { kernel, stride = kernel, ceilMode = false } = options;
  return remembered(JSON.stringify([spatial, { ...options, countIncludePad: false }]), () =>
    combine(
      spatial,
      spatial.map((size, axis) => {
        const [before, after] = options.padding?.[axis] ?? [0, 0];
        const dilation = options.dilation?.[axis] ?? 1;
        const [window, step] = [kernel[axis]!, stride[axis]!];
        const room = size + before + after - dilation * (window - 1) - 1;
        let count = (ceilMode ? Math.ceil(room / step) : Math.floor(room / step)) + 1;
        if (ceilMode && (count - 1) * step >= size + before) count -= 1;
        if (!(count > 0 && step > 0 && dilation > 0)) {
          throw new RangeError(`A pool of ${window} does not fit into ${size}.`);
        }
        if (count * window > windowValuesMax)
          throw new RangeError("The windows of a pool are too many.");
        return Array.from({ length: count }, (_, out) =>
          Array.from({ length: window }, (__, index) => {
            const at = out * step + index * dilation - before;
            if (at >= 0 && at < size) return at;
            return at < size + after ? isPad : isBeyond;
          }),
        );
      }),
    ),
  );
}

/** PyTorch's: output i averages the positions from floor(i in / out) to ceil((i + 1) in / out). */
function adaptiveWindows(spatial: readonly number[], target: readonly number[]): Windows {
  return remembered(JSON.stringify(["adaptive", spatial, target]), () =>
    combine(
      spatial,
      spatial.map((size, axis) => {
        const outputs = target[axis]!;
        const width = Math.ceil(size / outputs) + 1;
        return Array.from({ length: outputs }, (_, out) => {
          const start = Math.floor((out * size) / outputs);
          const end = Math.ceil(((out + 1) * size) / outputs);
          return Array.from({ length: width }, (__, at) =>
            start + at < end ? start + at : isBeyond,
          );
        });
      }),
    ),
  );
}

function combine(spatial: readonly number[], axes: readonly AxisWindows[]): Windows {
  const strides = stridesOf(spatial);
  const all = axes.reduce(
    (product, windows) => product * windows.length * (windows[0]?.length ?? 0),
    1,
  );
  if (all > windowValuesMax) throw new RangeError("The windows of a pool are too many.");
  let rows: number[][] = [[0]];
  axes.forEach((windows, axis) => {
    rows = rows.flatMap((row) =>
      windows.map((window) =>
        row.flatMap((place) =>
          window.map((at) =>
            place < 0 || at < 0 ? Math.min(place, at) : place + at * strides[axis]!,
          ),
        ),
      ),
    );
  });
  const width = rows[0]?.length ?? 0;
  return {
    outShape: axes.map(({ length }) => length),
    width,
    places: Int32Array.from(rows.flat()),
  };
}

/** The largest of each window, and where in the whole input it stands; the first of equals. */
export function maxPoolWithPlaces(
  x: Tensor,
  options: PoolOptions,
): { readonly output: Tensor; readonly places: Values } {
  const spatial = x.shape.slice(2);
  const { outShape, width, places } = windowsOf(spatial, options);
  const output = empty([...x.shape.slice(0, 2), ...outShape], x.dtype);
  const source = contiguous(x);
  const [area, outArea] = [sizeOf(spatial), sizeOf(outShape)];
  const chosenTensor = empty([output.size], "i32");
  const chosen = chosenTensor.values;
  const planes = x.shape[0]! * x.shape[1]!;
  if (x.dtype === "f32") {
    const windows = tensor(places, [places.length], "i32");
    const table = [windows.address, outArea, width];
    simd.maxPool(source.address, planes, area, ...table, output.address, chosenTensor.address);
    windows.dispose();
    return { output, places: chosen };
  }
  const [from, to] = [source.values, output.storage.values];
  for (let plane = 0, at = 0; plane < planes; plane++) {
    const start = plane * area;
    for (let out = 0; out < outArea; out++, at++) {
      let best = -Infinity;
      let bestAt = -1;
      for (let index = out * width; index < (out + 1) * width; index++) {
        const place = places[index]!;
        if (place < 0) continue;
        const value = from[start + place]!;
        if (value > best || bestAt < 0 || value !== value) {
          best = value;
          bestAt = start + place;
        }
      }
      to[at] = best;
      chosen[at] = bestAt;
    }
  }
  return { output, places: chosen };
}

/** @param x [batch, channels, one to three axes] */
export const maxPool = defineOperator("maxPool", (x: Tensor, options: PoolOptions) => {
  const { output, places } = maxPoolWithPlaces(x, options);
  return {
    output,
    inputs: [x],
    backward: (g) => {
      const out = full(x.shape, 0, x.dtype);
      const [to, slopes] = [out.storage.values, g.values];
      for (let at = 0; at < places.length; at++) {
        if (places[at]! >= 0) to[places[at]!]! += slopes[at]!;
      }
      return [out];
    },
  };
});

export const avgPool = defineOperator("avgPool", (x: Tensor, options: PoolOptions) =>
  averaged(x, windowsOf(x.shape.slice(2), options), options.countIncludePad ?? true),
);

/** @param target the sizes of the output behind batch and channels */
export const adaptiveAvgPool = defineOperator(
  "adaptiveAvgPool",
  (x: Tensor, target: readonly number[]) =>
    averaged(x, adaptiveWindows(x.shape.slice(2), target), false),
);

function averaged(x: Tensor, { outShape, width, places }: Windows, countsPad: boolean) {
  const shares = new Float64Array(sizeOf(outShape));
  shares.forEach((_, out) => {
    const window = places.subarray(out * width, (out + 1) * width);
    shares[out] =
      1 / window.reduce((count, at) => count + Number(at >= 0 || (countsPad && at === isPad)), 0);
  });
  const output = empty([...x.shape.slice(0, 2), ...outShape], x.dtype);
  const [from, to] = [contiguous(x).values, output.storage.values];
  const area = sizeOf(x.shape.slice(2));
  forEachOutput(x, shares.length, (plane, out, at) => {
    let sum = 0;
    for (let index = out * width; index < (out + 1) * width; index++) {
      if (places[index]! >= 0) sum += from[plane * area + places[index]!]!;
    }
    to[at] = sum * shares[out]!;
  });
  const backward = (g: Tensor): Tensor[] => {
    const back = full(x.shape, 0, x.dtype);
    const [target, slopes] = [back.storage.values, g.values];
    forEachOutput(x, shares.length, (plane, out, at) => {
      const share = slopes[at]! * shares[out]!;
      for (let index = out * width; index < (out + 1) * width; index++) {
        if (places[index]! >= 0) target[plane * area + places[index]!]! += share;
      }
    });
    return [back];
  };
  return { output, inputs: [x], backward };
}

function forEachOutput(
  x: Tensor,
  outArea: number,
  visit: (plane: number, out: number, at: number) => void,
): void {
  const planes = x.shape[0]! * x.shape[1]!;
  for (let plane = 0, at = 0; plane < planes; plane++) {
    for (let out = 0; out < outArea; out++, at++) visit(plane, out, at);
  }
}

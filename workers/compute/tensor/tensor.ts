/** Tensors: a shape and strides over a piece of the memory. Views share the piece. */
import assert from "node:assert/strict";
import {
  allocate,
  type DType,
  enterScope,
  holdWith,
  leaveScope,
  type Storage,
  type Values,
} from "./memory.ts";
import { checkShape, type Shape, sameShape, sizeOf, stridesOf } from "./shape.ts";
import { walkRows } from "./walk.ts";

/** How a tensor came to be, for the way back; autograd/tape.ts makes and follows them. */
export interface TapeNode {
  readonly operator: string;
  readonly sequence: number;
  readonly inputs: readonly Tensor[];
  readonly backward: (gradient: Tensor) => readonly (Tensor | null)[];
}

export class Tensor {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: Shape;
  /** The first value's place in the storage. */
  readonly offset: number;
  readonly storage: Storage;
  /** Operators on it are recorded. */
  requiresGrad = false;
  /** Filled by `backward` for leaves that require it. */
  grad: Tensor | null = null;
  node: TapeNode | null = null;

  constructor(dtype: DType, storage: Storage, shape: Shape, strides: Shape, offset: number) {
    this.dtype = dtype;
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  get rank(): number {
    return this.shape.length;
  }

  get isContiguous(): boolean {
    let step = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      const size = this.shape[axis]!;
      if (size !== 1 && this.strides[axis] !== step) return false;
      step *= size;
    }
    return true;
  }

  /** The values in their order, without a copy; only of contiguous tensors. */
  get values(): Values {
    assert(this.isContiguous, "values of a strided view: make it contiguous first");
    const { values } = this.storage;
    const { size } = this;
    if (this.offset === 0 && values.length === size) return values;
    return holdWith(values.subarray(this.offset, this.offset + size), this.storage);
  }

  /** Of the first value, in the memory that kernels see. */
  get address(): number {
    return this.storage.address + this.offset * (this.dtype === "f64" ? 8 : 4);
  }

  /** The same values in another shape. */
  view(shape: Shape, strides: Shape, offset = this.offset): Tensor {
    return new Tensor(this.dtype, this.storage, shape, strides, offset);
  }

  /** The same values, without a past. */
  detach(): Tensor {
    return this.view(this.shape, this.strides);
  }

  /** The only value of a tensor of one. */
  item(): number {
    if (this.size !== 1) throw new RangeError(`item() of ${this.size} values.`);
    return this.storage.values[this.offset]!;
  }

  /** A copy of the values in their order, outside the tensors' memory. */
  toArray(): Values {
    const { values } = contiguous(this);
    if (values instanceof Float32Array) return Float32Array.from(values);
    return values instanceof Float64Array ? Float64Array.from(values) : Int32Array.from(values);
  }

  /** Takes it out of the scope that it was made in: it lives until it is released or forgotten. */
  keep(): this {
    this.storage.moveTo(null);
    return this;
  }

  /** Gives its memory back now; nothing may use it, or a view of it, again. */
  dispose(): void {
    this.storage.release();
  }
}

/** With whatever the memory held. */
export function empty(shape: Shape, dtype: DType = "f32"): Tensor {
  checkShape(shape);
  return new Tensor(dtype, allocate(dtype, sizeOf(shape)), shape, stridesOf(shape), 0);
}

export function full(shape: Shape, value: number, dtype: DType = "f32"): Tensor {
  const out = empty(shape, dtype);
  out.storage.values.fill(value);
  return out;
}

export function zeros(shape: Shape, dtype: DType = "f32"): Tensor {
  return full(shape, 0, dtype);
}

/** @throws RangeError when the number of values is not that of the shape */
export function tensor(values: ArrayLike<number>, shape: Shape, dtype: DType = "f32"): Tensor {
  if (values.length !== sizeOf(shape)) {
    throw new RangeError(`${values.length} values do not fill the shape [${shape.join(", ")}].`);
  }
  const out = empty(shape, dtype);
  out.storage.values.set(values);
  return out;
}

export function scalar(value: number, dtype: DType = "f32"): Tensor {
  return full([], value, dtype);
}

/** Itself if its values lie in order, or a copy in which they do. */
export function contiguous(x: Tensor): Tensor {
  return x.isContiguous ? x : copy(x);
}

export function copy(x: Tensor, dtype: DType = x.dtype): Tensor {
  const out = empty(x.shape, dtype);
  const to = out.storage.values;
  if (x.isContiguous) {
    to.set(x.values);
    return out;
  }
  const from = x.storage.values;
  let at = 0;
  walkRows(x.shape, [x.strides], [x.offset], ([start], length, [step]) => {
    for (let index = 0, place = start!; index < length; index++, place += step!) {
      to[at++] = from[place]!;
    }
  });
  return out;
}

/** Writes the values of one tensor over those of another, which is contiguous and of its shape. */
export function assign(target: Tensor, source: Tensor): void {
  if (!sameShape(target.shape, source.shape)) {
    throw new RangeError(
      `A tensor of shape [${source.shape.join(", ")}] does not fit into [${target.shape.join(", ")}].`,
    );
  }
  target.values.set(contiguous(source).values);
}

/** What a scope may give back: tensors in it survive the scope. */
export type Outcome = Tensor | readonly Outcome[] | number | string | boolean | null | void;

/**
 * Runs one step of work: every tensor made in it is given back at its end, but for those in its
 * result and those that were told to `keep`.
 */
export function scope<T extends Outcome>(work: () => T): T {
  enterScope();
  let kept: Storage[] = [];
  try {
    const outcome = work();
    kept = storagesOf(outcome);
    return outcome;
  } finally {
    leaveScope(kept);
  }
}

function storagesOf(outcome: Outcome): Storage[] {
  if (outcome instanceof Tensor) return [outcome.storage];
  return Array.isArray(outcome) ? (outcome as Outcome[]).flatMap(storagesOf) : [];
}

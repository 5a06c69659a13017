/**
 * The memory of all tensors of this thread: one WebAssembly memory, so that SIMD kernels reach
 * everything, cut into pieces whose sizes come in classes and which are used again. It is shared, so
 * that growing does not detach the arrays over it.
 */
import assert from "node:assert/strict";
import { memoryBytesMax, scopeDepthMax } from "./limits.ts";

export type DType = "f32" | "f64" | "i32";
export type Values = Float32Array | Float64Array | Int32Array;

const pageBytes = 65_536;
/** Vectors may touch this much behind the last value. */
const slackBytes = 16;
const smallestBytes = 64;

export const tensorMemory = new WebAssembly.Memory({
  initial: 64,
  maximum: memoryBytesMax / pageBytes,
  shared: true,
});

/** Where the next new piece begins; address 0 stays unused. */
let top = smallestBytes;
let livePieces = 0;
let liveBytes = 0;
const free = new Map<number, number[]>();

/** A piece of the memory and the array over it. */
export class Storage {
  readonly address: number;
  readonly bytes: number;
  #values: Values | null;
  /** Ends with this scope; null lives until it is released or forgotten. */
  owner: Scope | null = null;

  constructor(address: number, bytes: number, values: Values) {
    this.address = address;
    this.bytes = bytes;
    this.#values = values;
  }

  get values(): Values {
    assert(this.#values !== null, "a tensor is used after its scope ended");
    return holdWith(this.#values, this);
  }

  get isReleased(): boolean {
    return this.#values === null;
  }

  /** Gives the piece back; doing so twice does nothing. */
  release(): void {
    if (this.#values === null) return;
    this.#values = null;
    if (this.owner === null) forgotten.unregister(this);
    giveBack(this);
  }

  /** Moves the piece to another scope, or to none. */
  moveTo(owner: Scope | null): void {
    if (this.owner === owner || this.#values === null) return;
    if (this.owner === null) forgotten.unregister(this);
    this.owner = owner;
    if (owner === null)
      forgotten.register(this, { address: this.address, bytes: this.bytes }, this);
    else owner.push(this);
  }
}

type Scope = Storage[];

/** A net for storages that nobody released: their pieces come back when they are collected. */
const forgotten = new FinalizationRegistry<{ address: number; bytes: number }>(giveBack);

/** An array over a storage that no scope holds keeps it from being collected. */
const holders = new WeakMap<Values, Storage>();

export function holdWith(values: Values, storage: Storage): Values {
  if (storage.owner === null) holders.set(values, storage);
  return values;
}

const scopes: Scope[] = [];

/** @throws RangeError when all tensors together would exceed the limit */
export function allocate(dtype: DType, count: number): Storage {
  const width = dtype === "f64" ? 8 : 4;
  const bytes = classOf(count * width + slackBytes);
  const address = free.get(bytes)?.pop() ?? extend(bytes);
  const storage = new Storage(address, bytes, arrayAt(dtype, address, count));
  livePieces += 1;
  liveBytes += bytes;
  const scope = scopes.at(-1);
  if (scope === undefined) forgotten.register(storage, { address, bytes }, storage);
  else {
    storage.owner = scope;
    scope.push(storage);
  }
  return storage;
}

/** Everything allocated until the matching `leaveScope` belongs to a new scope. */
export function enterScope(): void {
  assert(scopes.length < scopeDepthMax, "scopes are nested too deep");
  scopes.push([]);
}

/** Releases what the innermost scope still owns, but for `kept`, which goes to the scope around it. */
export function leaveScope(kept: Iterable<Storage>): void {
  const scope = scopes.pop();
  assert(scope !== undefined);
  const outer = scopes.at(-1) ?? null;
  for (const storage of kept) if (storage.owner === scope) storage.moveTo(outer);
  for (const storage of scope) if (storage.owner === scope) storage.release();
}

export function memoryInUse(): { readonly pieces: number; readonly bytes: number } {
  return { pieces: livePieces, bytes: liveBytes };
}

/** Four classes between powers of two: at most a quarter of a piece is unused. */
function classOf(bytes: number): number {
  if (bytes <= smallestBytes) return smallestBytes;
  const step = Math.max(smallestBytes, 2 ** Math.floor(Math.log2(bytes - 1) - 1) / 2);
  return Math.ceil(bytes / step) * step;
}

function extend(bytes: number): number {
  const address = top;
  if (address + bytes > memoryBytesMax) {
    throw new RangeError(
      `Tensors take more than ${memoryBytesMax / 2 ** 20} MiB: use smaller batches or a smaller model.`,
    );
  }
  const missing = address + bytes - tensorMemory.buffer.byteLength;
  if (missing > 0) tensorMemory.grow(Math.ceil(missing / pageBytes));
  top += bytes;
  return address;
}

function giveBack({ address, bytes }: { readonly address: number; readonly bytes: number }): void {
  livePieces -= 1;
  liveBytes -= bytes;
  const pieces = free.get(bytes);
  if (pieces === undefined) free.set(bytes, [address]);
  else pieces.push(address);
}

function arrayAt(dtype: DType, address: number, count: number): Values {
  const { buffer } = tensorMemory;
  if (dtype === "f32") return new Float32Array(buffer, address, count);
  if (dtype === "f64") return new Float64Array(buffer, address, count);
  return new Int32Array(buffer, address, count);
}

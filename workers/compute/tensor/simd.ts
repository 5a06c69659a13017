/** The kernels of tensor/kernels/ over the tensors' memory. Addresses and lengths are in bytes. */
import { tensorKernelsBinary } from "./kernels-binary.ts";
import { tensorMemory } from "./memory.ts";

type Map1 = (x: number, out: number, bytes: number) => void;
type Map2 = (a: number, b: number, out: number, bytes: number) => void;
type Columns = (...numbers: number[]) => void;

interface SimdKernels {
  readonly add: Map2;
  readonly subtract: Map2;
  readonly times: Map2;
  readonly divide: Map2;
  readonly reluBackward: Map2;
  readonly relu: Map1;
  readonly exp: Map1;
  readonly sigmoid: Map1;
  readonly tanh: Map1;
  /** out[rows x columns] = x + row */
  addRow(x: number, row: number, out: number, rows: number, columns: number): void;
  sumRows(x: number, out: number, rows: number, columns: number): void;
  sum(x: number, count: number): number;
  addScalar(x: number, value: number, out: number, count: number): void;
  /** See kernels/columns.as for the orders of arguments. */
  readonly pad: Columns;
  readonly crop: Columns;
  readonly toColumns: Columns;
  readonly fromColumns: Columns;
  /** See kernels/pools.as. */
  readonly maxPool: (...numbers: number[]) => void;
  /** See kernels/product.as. */
  readonly multiply: (...numbers: number[]) => void;
  /** See kernels/adam.as. */
  readonly adam: (...numbers: number[]) => void;
}

const bytes = Uint8Array.from(atob(tensorKernelsBinary), (each) => each.codePointAt(0) ?? 0);

export const simd = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
  env: { memory: tensorMemory },
}).exports as unknown as SimdKernels;

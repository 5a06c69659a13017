/** The kernels of single precision tensors. */
export { adam } from "./adam";
export { crop, fromColumns, pad, toColumns } from "./columns";
export {
  add, addRow, addScalar, divide, exp, relu, reluBackward, sigmoid, subtract, sum, sumRows, tanh, times,
} from "./elementwise";
export { maxPool } from "./pools";
export { multiply } from "./product";

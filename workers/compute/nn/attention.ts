/** Scaled dot-product attention in several heads (Vaswani et al. 2017). */
import { add, mul } from "../autograd/elementwise.ts";
import { linear, matmul } from "../autograd/matmul.ts";
import { permute, reshape, slice, transpose } from "../autograd/shape.ts";
import { softmax } from "../autograd/softmax.ts";
import { type Tensor, zeros } from "../tensor/tensor.ts";
import { xavierUniform } from "./initialisers.ts";
import { Linear } from "./layers.ts";
import { type Making, Module } from "./module.ts";

/**
 * softmax(q k^T / sqrt(width)) v.
 * @param mask added to the scores: -Infinity where a key must not be seen
 */
export function scaledDotProductAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  mask: Tensor | null = null,
): Tensor {
  const scores = mul(matmul(q, transpose(k, -2, -1)), 1 / Math.sqrt(q.shape.at(-1)!));
  return matmul(softmax(mask === null ? scores : add(scores, mask), -1), v);
}

export class MultiheadAttention extends Module {
  readonly inProjWeight: Tensor;
  readonly inProjBias: Tensor;
  readonly outProj: Linear;
  readonly heads: number;

  /** @throws RangeError unless the heads divide the width */
  constructor(width: number, heads: number, making: Making) {
    super();
    if (width % heads !== 0)
      throw new RangeError(`${heads} heads do not divide a width of ${width}.`);
    const { chance, dtype = "f32" } = making;
    this.heads = heads;
    this.inProjWeight = this.addParameter(
      "in_proj_weight",
      xavierUniform([3 * width, width], chance, dtype),
    );
    this.inProjBias = this.addParameter("in_proj_bias", zeros([3 * width], dtype));
    this.outProj = this.addChild("out_proj", new Linear(width, width, making));
    this.outProj.bias?.values.fill(0);
  }

  /**
   * @param query [batch, steps, width], as key and value
   * @param mask [steps, key steps], added to the scores
   */
  forward(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null = null): Tensor {
    const [q, k, v] = [query, key, value].map((x, which) => this.#project(x, which));
    const attended = scaledDotProductAttention(q!, k!, v!, mask);
    const [batch, , steps] = attended.shape as readonly [number, number, number];
    const joined = reshape(permute(attended, [0, 2, 1, 3]), [batch, steps, -1]);
    return this.outProj.forward(joined);
  }

  /** [batch, heads, steps, width / heads] */
  #project(x: Tensor, which: number): Tensor {
    const [batch, steps, width] = x.shape as readonly [number, number, number];
    const range = { axis: 0, start: which * width, length: width };
    const projected = linear(x, slice(this.inProjWeight, range), slice(this.inProjBias, range));
    return permute(
      reshape(projected, [batch, steps, this.heads, width / this.heads]),
      [0, 2, 1, 3],
    );
  }
}

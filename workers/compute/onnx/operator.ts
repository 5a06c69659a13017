/** What an operator of a graph is given, and how it is looked up. */
import { copy, type Tensor } from "../tensor/tensor.ts";
import type { ElementType } from "./element-types.ts";
import type { Attribute, OnnxNode, OnnxTensor } from "./model.ts";

/** A tensor and the type that the graph gives it. */
export interface Value {
  readonly tensor: Tensor;
  readonly type: ElementType;
}

/** One node with its inputs; attributes are read with their defaults. */
export class Call {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly #inputs: readonly (Value | null)[];

  constructor(node: OnnxNode, opset: number, inputs: readonly (Value | null)[]) {
    this.node = node;
    this.opset = opset;
    this.#inputs = inputs;
  }

  get inputs(): readonly Value[] {
    return this.#inputs.map((_, index) => this.input(index));
  }

  /** @throws RangeError when it is left out */
  input(index: number): Value {
    const value = this.optional(index);
    if (value === null) throw new RangeError(`Input ${index} is missing.`);
    return value;
  }

  optional(index: number): Value | null {
    return this.#inputs[index] ?? null;
  }

  tensor(index: number): Tensor {
    return this.input(index).tensor;
  }

  optionalTensor(index: number): Tensor | null {
    return this.optional(index)?.tensor ?? null;
  }

  /** An input of whole numbers, or the attribute that older operator sets have in its place. */
  wholes(index: number, attribute?: string): number[] | null {
    const value = this.optionalTensor(index);
    if (value !== null) return [...copy(value).values];
    const own = attribute === undefined ? undefined : this.node.attributes.get(attribute);
    return own === undefined ? null : this.#list(attribute!, own);
  }

  number(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name) ?? otherwise;
    if (typeof value !== "number") throw new RangeError(`Attribute ${name} is not a number.`);
    return value;
  }

  numbers(name: string, otherwise: readonly number[]): readonly number[] {
    const value = this.node.attributes.get(name);
    return value === undefined ? otherwise : this.#list(name, value);
  }

  text(name: string, otherwise: string): string {
    const value = this.node.attributes.get(name) ?? otherwise;
    if (typeof value !== "string") throw new RangeError(`Attribute ${name} is not a text.`);
    return value;
  }

  constant(name: string): OnnxTensor | null {
    const value = this.node.attributes.get(name);
    return typeof value === "object" && "values" in value && "type" in value ? value : null;
  }

  /** The result with the type of the first input. */
  like(tensor: Tensor, index = 0): Value[] {
    return [{ tensor, type: this.input(index).type }];
  }

  #list(name: string, value: Attribute): number[] {
    if (!Array.isArray(value)) throw new RangeError(`Attribute ${name} is not a list.`);
    return value as number[];
  }
}

export type OperatorTable = Readonly<Record<string, (call: Call) => readonly Value[]>>;

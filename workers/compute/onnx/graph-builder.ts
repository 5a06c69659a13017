/** Collects nodes and initializers of a graph under names of their own. */
import type { Tensor } from "../tensor/tensor.ts";
import {
  type Attribute,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
  writeModel,
} from "./model.ts";

/** The first that has group normalisation with a weight for each channel. */
const opset = 21;

export class GraphBuilder {
  readonly #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #renamed = new Map<string, string>();

  /** @returns the names of its outputs */
  nodes(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: number,
    domain = "",
  ): string[] {
    const name = `${operator}_${this.#nodes.length}`;
    const names = Array.from({ length: outputs }, (_, index) => `${name}_${index}`);
    this.#nodes.push({
      name,
      operator,
      domain,
      inputs,
      outputs: names,
      attributes: new Map(Object.entries(attributes)),
    });
    return names;
  }

  node(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    return this.nodes(operator, inputs, attributes, 1)[0]!;
  }

  floats(values: Tensor): string {
    return this.constant("float", values.shape, values.toArray());
  }

  wholes(values: readonly number[]): string {
    return this.constant("int64", [values.length], values);
  }

  constant(type: "float" | "int64", shape: readonly number[], values: ArrayLike<number>): string {
    const name = `constant_${this.#initializers.length}`;
    this.#initializers.push({ name, shape, type, values });
    return name;
  }

  /** The name under which a value leaves the graph. */
  rename(name: string, to: string): string {
    this.#renamed.set(name, to);
    return to;
  }

  write(inputs: readonly OnnxPort[], outputs: readonly OnnxPort[]): Uint8Array {
    const own = (name: string): string => this.#renamed.get(name) ?? name;
    const nodes = this.#nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(own),
      outputs: node.outputs.map(own),
    }));
    const model = { opset, nodes, initializers: this.#initializers, inputs, outputs };
    return writeModel(model, "demo-control-center");
  }
}

/** Runs ONNX graphs on the engine's operators, so that gradients reach their initializers too. */
import { copy, tensor, type Tensor } from "../tensor/tensor.ts";
import { choiceOperators } from "./choice-operators.ts";
import { classicalOperators } from "./classical-operators.ts";
import { dtypeOf } from "./element-types.ts";
import { layerOperators } from "./layer-operators.ts";
import { tensorSizeMax } from "./limits.ts";
import {
  machineLearningDomain,
  messageOf,
  OnnxError,
  type OnnxModel,
  type OnnxNode,
  type OnnxPort,
  readModel,
} from "./model.ts";
import { Call, type OperatorTable, type Value } from "./operator.ts";
import { recurrentOperators } from "./recurrent-operators.ts";
import { shapeOperators } from "./shape-operators.ts";
import { simpleOperators } from "./simple-operators.ts";

const onnxOperators: OperatorTable = {
  ...simpleOperators,
  ...choiceOperators,
  ...shapeOperators,
  ...layerOperators,
  ...recurrentOperators,
};

const domains: ReadonlyMap<string, OperatorTable> = new Map([
  ["", onnxOperators],
  ["ai.onnx", onnxOperators],
  [machineLearningDomain, classicalOperators],
]);

function operatorOf({ domain, operator }: OnnxNode): OperatorTable[string] | undefined {
  const table = domains.get(domain);
  return table !== undefined && Object.hasOwn(table, operator) ? table[operator] : undefined;
}

export class OnnxGraph {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly #model: OnnxModel;
  readonly #constants: ReadonlyMap<string, Value>;

  constructor(model: OnnxModel) {
    this.#model = model;
    const names = new Set(model.initializers.map(({ name }) => name));
    this.inputs = model.inputs.filter(({ name }) => !names.has(name));
    this.outputs = model.outputs;
    checkGraph(model, names);
    this.#constants = new Map(
      model.initializers.map(({ name, shape, type, values }) => [
        name,
        { tensor: tensor(values, shape, dtypeOf(type)).keep(), type },
      ]),
    );
  }

  /** By name; they may be told to require gradients. */
  get initializers(): ReadonlyMap<string, Tensor> {
    return new Map([...this.#constants].map(([name, each]) => [name, each.tensor]));
  }

  /**
   * Within a scope of the caller's.
   * @throws OnnxError that names the node which fails
   */
  forward(inputs: ReadonlyMap<string, Tensor>): Map<string, Value> {
    const values = new Map<string, Value>(this.#constants);
    for (const port of this.inputs) {
      const given = inputs.get(port.name);
      if (given === undefined) throw new OnnxError(`Input "${port.name}" is missing.`);
      values.set(port.name, { tensor: checkInput(port, given), type: port.type });
    }
    this.#model.nodes.forEach((node, index) => {
      const given = node.inputs.map((name) => (name === "" ? null : (values.get(name) ?? null)));
      const results = apply(node, index, this.#model.opset, given);
      node.outputs.forEach((name, at) => {
        const result = results[at];
        if (name === "") return;
        if (result === undefined) throw new OnnxError(`${title(node, index)} has no output ${at}.`);
        values.set(name, result);
      });
    });
    return new Map(this.outputs.map(({ name }) => [name, values.get(name)!]));
  }

  dispose(): void {
    for (const { tensor: each } of this.#constants.values()) each.dispose();
  }
}

/** @throws OnnxError when the file is not a model, uses what is not supported, or is beyond the limits */
export function loadOnnx(bytes: Uint8Array): OnnxGraph {
  const model = readModel(bytes);
  try {
    return new OnnxGraph(model);
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    throw new OnnxError(`The model cannot be loaded: ${messageOf(error)}`, error);
  }
}

function title({ operator, name }: OnnxNode, index: number): string {
  return `Node ${index} (${operator}${name === "" ? "" : ` "${name}"`})`;
}

/** Every operator is known, and every name is given before it is used, once. */
function checkGraph(
  { nodes, inputs, outputs }: OnnxModel,
  initializers: ReadonlySet<string>,
): void {
  const known = new Set([...initializers, ...inputs.map(({ name }) => name)]);
  nodes.forEach((node, index) => {
    const { operator, domain } = node;
    if (operatorOf(node) === undefined) {
      throw new OnnxError(
        `${title(node, index)}: the operator ${domain === "" ? "" : `${domain}.`}${operator} is not supported.`,
      );
    }
    for (const name of node.inputs) {
      if (name !== "" && !known.has(name))
        throw new OnnxError(
          `${title(node, index)} reads "${name}", which nothing gives before it.`,
        );
    }
    for (const name of node.outputs) {
      if (name !== "" && known.has(name))
        throw new OnnxError(`${title(node, index)} gives "${name}" again.`);
      known.add(name);
    }
  });
  for (const { name } of outputs) {
    if (!known.has(name)) throw new OnnxError(`Nothing gives the output "${name}".`);
  }
}

function checkInput({ name, shape, type }: OnnxPort, given: Tensor): Tensor {
  const fits =
    shape.length === given.rank &&
    shape.every((size, axis) => typeof size === "string" || size === given.shape[axis]);
  // Test data has scalars and symbolic ranks without a shape.
  if (!fits && shape.length > 0) {
    throw new OnnxError(
      `Input "${name}" is [${shape.join(", ")}], not [${given.shape.join(", ")}].`,
    );
  }
  return given.dtype === dtypeOf(type) ? given : copy(given, dtypeOf(type));
}

function apply(
  node: OnnxNode,
  index: number,
  opset: number,
  inputs: readonly (Value | null)[],
): readonly Value[] {
  try {
    const results = operatorOf(node)!(new Call(node, opset, inputs));
    for (const { tensor: each } of results) {
      if (each.size > tensorSizeMax) throw new RangeError(`The result has ${each.size} values.`);
    }
    return results;
  } catch (error) {
    throw new OnnxError(`${title(node, index)}: ${messageOf(error)}`, error);
  }
}

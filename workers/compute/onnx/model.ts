/** ModelProto of onnx.proto, read with limits and written. */
import {
  type ElementType,
  elementNumbers,
  elementTypeOf,
  readElement,
  widthOf,
} from "./element-types.ts";
import { attributesMax, fileBytesMax, namesMax, nodesMax, tensorSizeMax } from "./limits.ts";
import {
  bytesOf,
  floatsOf,
  integersOf,
  messagesOf,
  MessageWriter,
  readMessage,
  safeNumber,
  textsOf,
  type WireMessage,
} from "./protobuf.ts";

/** The domain of trees and other classical models, and the version of it that is written. */
export const machineLearningDomain = "ai.onnx.ml";
const machineLearningOpset = 3;

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly values: ArrayLike<number>;
}

/** Lists of numbers are whole ones, and Float32Arrays floats, when they are written. */
export type Attribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | Float32Array
  | OnnxTensor;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
  /** A name stands for a size that is known when the graph runs. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  /** Of the default domain. */
  readonly opset: number;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

/** What is wrong with a file, and at which node. */
export class OnnxError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "OnnxError";
  }
}

/** @throws OnnxError when the file is not a model, or beyond the limits */
export function readModel(bytes: Uint8Array): OnnxModel {
  if (bytes.length > fileBytesMax) {
    throw new OnnxError(`The file has ${bytes.length} bytes; ${fileBytesMax} are let in.`);
  }
  try {
    const model = readMessage(bytes);
    const [graph] = messagesOf(model, 7, 1);
    if (graph === undefined) throw new RangeError("It has no graph.");
    const opsets = messagesOf(model, 8, 1).map((each) => ({
      domain: textsOf(each, 1)[0] ?? "",
      version: safeNumber(integersOf(each, 2)[0] ?? 0n),
    }));
    const opset = opsets.find(({ domain }) => domain === "" || domain === "ai.onnx")?.version;
    if (opset === undefined) throw new RangeError("It names no operator set.");
    return { opset, ...readGraph(graph) };
  } catch (error) {
    if (error instanceof OnnxError) throw error;
    throw new OnnxError(`This is not an ONNX model: ${messageOf(error)}`, error);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readGraph(graph: WireMessage): Omit<OnnxModel, "opset"> {
  const count = (field: number): number => graph.get(field)?.length ?? 0;
  if (count(1) > nodesMax) throw new RangeError(`${count(1)} nodes; ${nodesMax} are let in.`);
  if (count(5) + count(11) + count(12) > namesMax) throw new RangeError("Too many names.");
  if (count(15) > 0) throw new RangeError("Sparse initializers are not supported.");
  return {
    nodes: bytesOf(graph, 1).map(readNode),
    initializers: messagesOf(graph, 5, 2).map(readTensor),
    inputs: messagesOf(graph, 11, 2).map(readPort),
    outputs: messagesOf(graph, 12, 2).map(readPort),
  };
}

function readNode(bytes: Uint8Array, index: number): OnnxNode {
  const node = readMessage(bytes, 2);
  const operator = textsOf(node, 4)[0] ?? "";
  const name = textsOf(node, 3)[0] ?? "";
  const title = `node ${index} (${operator}${name === "" ? "" : ` "${name}"`})`;
  try {
    const attributes = messagesOf(node, 5, 3);
    if (attributes.length > attributesMax) throw new RangeError("Too many attributes.");
    return {
      name,
      operator,
      domain: textsOf(node, 7)[0] ?? "",
      inputs: textsOf(node, 1),
      outputs: textsOf(node, 2),
      attributes: new Map(attributes.map(readAttribute)),
    };
  } catch (error) {
    throw new OnnxError(`In ${title}: ${messageOf(error)}`, error);
  }
}

function readAttribute(attribute: WireMessage): [string, Attribute] {
  const name = textsOf(attribute, 1)[0] ?? "";
  const type = safeNumber(integersOf(attribute, 20)[0] ?? 0n);
  switch (type) {
    case 1:
      return [name, floatsOf(attribute, 2, 4)[0] ?? 0];
    case 2:
      return [name, safeNumber(integersOf(attribute, 3)[0] ?? 0n)];
    case 3:
      return [name, textsOf(attribute, 4)[0] ?? ""];
    case 4: {
      const [tensor] = messagesOf(attribute, 5, 4);
      if (tensor === undefined) throw new RangeError(`Attribute ${name} has no tensor.`);
      return [name, readTensor(tensor)];
    }
    case 6:
      return [name, floatsOf(attribute, 7, 4)];
    case 7:
      return [name, integersOf(attribute, 8).map(safeNumber)];
    case 8:
      return [name, textsOf(attribute, 9).join(",")];
    default:
      throw new RangeError(`Attribute ${name} is of type ${type}, which is not supported.`);
  }
}

function readTensor(tensor: WireMessage): OnnxTensor {
  const name = textsOf(tensor, 8)[0] ?? "";
  const shape = integersOf(tensor, 1).map(safeNumber);
  const type = elementTypeOf(safeNumber(integersOf(tensor, 2)[0] ?? 0n));
  if (shape.some((size) => size < 0)) throw new RangeError(`Tensor ${name} has a negative size.`);
  const size = shape.reduce((product, each) => product * each, 1);
  if (size > tensorSizeMax) throw new RangeError(`Tensor ${name} has ${size} values.`);
  if (integersOf(tensor, 14)[0] === 1n)
    throw new RangeError(`Tensor ${name} lies in another file.`);
  const values = readValues(tensor, type);
  if (values.length !== size) {
    throw new RangeError(`Tensor ${name} of [${shape.join(", ")}] has ${values.length} values.`);
  }
  return { name, shape, type, values };
}

function readValues(tensor: WireMessage, type: ElementType): number[] {
  const [raw] = bytesOf(tensor, 9);
  if (raw !== undefined) {
    const width = widthOf(type);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
    return Array.from({ length: Math.floor(raw.length / width) }, (_, index) =>
      readElement(view, index * width, type),
    );
  }
  if (type === "float") return floatsOf(tensor, 4, 4);
  if (type === "double") return floatsOf(tensor, 10, 8);
  const field = { int64: 7, uint32: 11, uint64: 11 }[type as "int64"] ?? 5;
  return integersOf(tensor, field).map(safeNumber);
}

function readPort(port: WireMessage): OnnxPort {
  const name = textsOf(port, 1)[0] ?? "";
  const [type] = messagesOf(port, 2, 3);
  const [tensor] = type === undefined ? [] : messagesOf(type, 1, 4);
  if (tensor === undefined) throw new RangeError(`"${name}" is not a tensor.`);
  const [shape] = messagesOf(tensor, 2, 5);
  return {
    name,
    type: elementTypeOf(safeNumber(integersOf(tensor, 1)[0] ?? 0n)),
    shape: (shape === undefined ? [] : messagesOf(shape, 1, 6)).map((each) => {
      const [size] = integersOf(each, 1);
      return size === undefined ? (textsOf(each, 2)[0] ?? "?") : safeNumber(size);
    }),
  };
}

/** A TensorProto of its own, as in test data. */
export function readTensorFile(bytes: Uint8Array): OnnxTensor {
  return readTensor(readMessage(bytes));
}

export function writeModel(model: OnnxModel, producer: string): Uint8Array {
  const graph = new MessageWriter();
  for (const node of model.nodes) graph.message(1, writeNode(node));
  graph.text(2, "graph");
  for (const tensor of model.initializers) graph.message(5, writeTensor(tensor));
  for (const port of model.inputs) graph.message(11, writePort(port));
  for (const port of model.outputs) graph.message(12, writePort(port));
  const file = new MessageWriter()
    .integer(1, 10)
    .text(2, producer)
    .message(7, graph)
    .message(8, new MessageWriter().text(1, "").integer(2, model.opset));
  if (model.nodes.some(({ domain }) => domain === machineLearningDomain)) {
    const opset = new MessageWriter().text(1, machineLearningDomain);
    file.message(8, opset.integer(2, machineLearningOpset));
  }
  return file.finish();
}

function writeNode({
  name,
  operator,
  domain,
  inputs,
  outputs,
  attributes,
}: OnnxNode): MessageWriter {
  const node = new MessageWriter();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, name).text(4, operator);
  if (domain !== "") node.text(7, domain);
  for (const [key, value] of attributes) node.message(5, writeAttribute(key, value));
  return node;
}

/** Numbers with a fraction, and those that an operator declares so, are floats. */
const floatAttributes = new Set(["alpha", "beta", "epsilon", "gamma", "momentum"]);

function writeAttribute(name: string, value: Attribute): MessageWriter {
  const attribute = new MessageWriter().text(1, name);
  if (typeof value === "string") return attribute.text(4, value).integer(20, 3);
  if (typeof value !== "number") {
    if ("values" in value && "type" in value)
      return attribute.message(5, writeTensor(value)).integer(20, 4);
    if (value instanceof Float32Array) return attribute.packedFloats(7, value).integer(20, 6);
    if (value.every((each) => typeof each === "string")) {
      return attribute.texts(9, value).integer(20, 8);
    }
    return attribute.packedIntegers(8, value).integer(20, 7);
  }
  return floatAttributes.has(name)
    ? attribute.float(2, value).integer(20, 1)
    : attribute.integer(3, value).integer(20, 2);
}

function writeTensor({ name, shape, type, values }: OnnxTensor): MessageWriter {
  const bytes = new Uint8Array(values.length * widthOf(type));
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (type === "float") view.setFloat32(index * 4, value, true);
    else if (type === "double") view.setFloat64(index * 8, value, true);
    else if (type === "int64") view.setBigInt64(index * 8, BigInt(value), true);
    else throw new OnnxError(`Tensors of ${type} are not written.`);
  }
  return new MessageWriter()
    .integers(1, shape)
    .integer(2, elementNumbers[type])
    .text(8, name)
    .bytes(9, bytes);
}

function writePort({ name, type, shape }: OnnxPort): MessageWriter {
  const dims = new MessageWriter();
  for (const size of shape) {
    const dim = new MessageWriter();
    dims.message(1, typeof size === "number" ? dim.integer(1, size) : dim.text(2, size));
  }
  const tensor = new MessageWriter().integer(1, elementNumbers[type]).message(2, dims);
  return new MessageWriter().text(1, name).message(2, new MessageWriter().message(1, tensor));
}

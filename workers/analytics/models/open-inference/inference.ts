/** Requests and responses of the Open Inference Protocol v2 over REST. */
import { z } from "zod";
import { analyticsProblem } from "../../errors.ts";
import type { Inference } from "../model-server.ts";
import { servingLimits } from "../models-limits.ts";
import { datatypeOf, type GivenTensor, jsonValues } from "../tensor-data.ts";
import { isDatatype, readBinary, writeBinary } from "./binary-tensors.ts";

const parametersSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
);

/** Keys that are not known are let be, as the protocol wants room for extensions. */
const requestSchema = z.object({
  id: z.string().max(1_024).optional(),
  parameters: parametersSchema.optional(),
  inputs: z
    .array(
      z.object({
        name: z.string(),
        shape: z.array(z.number()).max(8),
        datatype: z.string(),
        parameters: parametersSchema.optional(),
        data: z.array(z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(servingLimits.inputsMax),
  outputs: z
    .array(z.object({ name: z.string(), parameters: parametersSchema.optional() }))
    .max(servingLimits.inputsMax)
    .optional(),
});
type InferenceRequest = z.infer<typeof requestSchema>;

const invalid = (detail: string) => analyticsProblem("MODEL_INPUT_INVALID", detail);

export interface ReadRequest {
  readonly id: string | undefined;
  readonly tensors: readonly GivenTensor[];
  readonly wishes: Pick<InferenceRequest, "outputs" | "parameters">;
}

/**
 * @param binary what follows the JSON header; empty where the body is JSON alone
 * @throws MODEL_INPUT_INVALID
 */
export function readRequest(body: unknown, binary: Uint8Array): ReadRequest {
  const { data: request, error } = requestSchema.safeParse(body);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw invalid(`${issue!.path.join(".") || "The request"}: ${issue!.message}.`);
  }
  let at = 0;
  const tensors = request.inputs.map(({ name, shape, datatype, parameters, data }): GivenTensor => {
    const size = parameters?.["binary_data_size"];
    if (size === undefined) {
      if (data === undefined) throw invalid(`Input "${name}" has no data.`);
      return { name, shape, datatype, data };
    }
    if (data !== undefined) throw invalid(`Input "${name}" has its data twice.`);
    if (
      typeof size !== "number" ||
      !Number.isInteger(size) ||
      size < 0 ||
      at + size > binary.length
    )
      throw invalid(`The bytes of input "${name}" are not in the body.`);
    if (!isDatatype(datatype)) throw invalid(`The datatype ${datatype} of "${name}" is not known.`);
    const values = readBinary(name, datatype, binary.subarray(at, at + size));
    at += size;
    return { name, shape, datatype, data: values };
  });
  if (at !== binary.length) throw invalid(`${binary.length - at} bytes belong to no input.`);
  return { id: request.id, tensors, wishes: request };
}

export interface WrittenResponse {
  readonly json: string;
  /** After the JSON; empty where no output was wanted so. */
  readonly binary: Uint8Array;
}

/** @throws MODEL_INPUT_INVALID for an output that the model has not */
export function writeResponse(
  { row, outputs }: Pick<Inference, "row" | "outputs">,
  { id, wishes }: Pick<ReadRequest, "id" | "wishes">,
): WrittenResponse {
  const names = wishes.outputs?.map(({ name }) => name) ?? outputs.map(({ name }) => name);
  const allBinary = wishes.parameters?.["binary_data_output"] === true;
  const parts: Uint8Array[] = [];
  const written = names.map((name) => {
    const output = outputs.find((each) => each.name === name);
    if (output === undefined) throw invalid(`The model has no output "${name}".`);
    const wish = wishes.outputs?.find((each) => each.name === name)?.parameters?.["binary_data"];
    const datatype = datatypeOf(output.type);
    const head = { name, shape: output.shape, datatype };
    if (!(typeof wish === "boolean" ? wish : allBinary)) {
      return { ...head, data: jsonValues(output.values) };
    }
    const bytes = writeBinary(datatype, output.values);
    parts.push(bytes);
    return { ...head, parameters: { binary_data_size: bytes.length } };
  });
  const json = JSON.stringify({
    model_name: row.model,
    model_version: String(row.version),
    ...(id === undefined ? {} : { id }),
    outputs: written,
  });
  return { json, binary: new Uint8Array(Buffer.concat(parts)) };
}

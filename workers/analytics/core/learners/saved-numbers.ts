/** Arrays of numbers as text, exact to the bit, and saved models read with care. */
import { z } from "zod";
import { LearnerError } from "./checks.ts";

/** Little-endian, as every machine that we run on has it. */
export function packNumbers(values: Float64Array | Float32Array | Int32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

function bytesOf(text: string, width: number): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = Buffer.from(text, "base64");
  if (byteLength % width !== 0) throw new LearnerError("An array of a saved model is cut short.");
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

export const savedDoubles = z.string().transform((text) => new Float64Array(bytesOf(text, 8)));
export const savedFloats = z.string().transform((text) => new Float32Array(bytesOf(text, 4)));
export const savedWholes = z.string().transform((text) => new Int32Array(bytesOf(text, 4)));

/** @throws LearnerError when a saved model is not what was saved */
export function readSaved<Schema extends z.ZodType>(
  schema: Schema,
  saved: unknown,
): z.output<Schema> {
  const result = schema.safeParse(saved);
  if (result.success) return result.data;
  throw new LearnerError(`The saved model is damaged: ${z.prettifyError(result.error)}`);
}

/** @throws LearnerError unless it holds */
export function requireSaved(holds: boolean, what: string): asserts holds {
  if (!holds) throw new LearnerError(`The saved model is damaged: ${what}.`);
}

/** Tensors as text: a JSON list, flat or nested, or numbers between spaces and commas. */
import type { TensorDescription } from "../../../workers/analytics/contract.ts";

export interface ReadTensor {
  readonly name: string;
  readonly datatype: TensorDescription["datatype"];
  readonly shape: number[];
  readonly data: (number | boolean | null)[];
}

type Read = { readonly tensor: ReadTensor } | { readonly problem: string };

/** @param input its open sizes, -1, are told from how many values there are */
export function readTensor(input: TensorDescription, text: string): Read {
  const data = valuesOf(text);
  if (data === null) return { problem: "Numbers are needed, such as [5.1, 3.5, 1.4, 0.2]." };
  const open = input.shape.filter((size) => size === -1).length;
  const fixed = input.shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  // With several open sizes the first takes what is there, and the others are 1.
  const rows = data.length / Math.max(1, fixed);
  if (data.length === 0 || (open === 0 ? data.length !== fixed : !Number.isInteger(rows))) {
    const needed = open === 0 ? `${fixed}` : `a multiple of ${fixed}`;
    return { problem: `${data.length} values are given; ${needed} are needed.` };
  }
  let isFirst = true;
  const shape = input.shape.map((size) => {
    if (size !== -1) return size;
    const own = isFirst ? rows : 1;
    isFirst = false;
    return own;
  });
  return { tensor: { name: input.name, datatype: input.datatype, shape, data } };
}

function valuesOf(text: string): (number | boolean | null)[] | null {
  const trimmed = text.trim();
  const list = trimmed.startsWith("[")
    ? parsed(trimmed)
    : trimmed
        .split(/[\s,;]+/)
        .filter((word) => word !== "")
        .map(Number);
  if (list === null) return null;
  const flat: unknown[] = list.flat(8);
  const isValue = (value: unknown): value is number | boolean | null =>
    value === null || typeof value === "boolean" || Number.isFinite(value);
  return flat.every(isValue) ? flat : null;
}

function parsed(text: string): unknown[] | null {
  try {
    return JSON.parse(text) as unknown[];
  } catch {
    return null;
  }
}

/** Something to begin with: one row of zeros, or nothing where that would be too long to read. */
export function sampleText({ shape }: TensorDescription): string {
  const count = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return count <= 64 ? `[${Array.from({ length: count }, () => 0).join(", ")}]` : "";
}

/** Whether it takes one grey picture of 28 x 28, as digits are drawn. */
export function isDigit({ shape, datatype }: TensorDescription): boolean {
  const count = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
  return datatype === "FP32" && count === 784;
}

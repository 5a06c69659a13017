/** Matrices as they are written: rows apart by ; or new lines, elements by commas, i the imaginary unit. */
import { CircuitError } from "../core/primitive.ts";
import { ExpressionError, valueOf } from "./expression.ts";

export interface WrittenMatrix {
  readonly size: number;
  /** Row-major, real and imaginary part in turn. */
  readonly elements: readonly number[];
}

/** @throws CircuitError that says which element cannot be read */
export function parseMatrix(text: string): WrittenMatrix {
  const rows = text
    .replaceAll(/[[\]]/g, " ")
    .split(/[;\n]/)
    .map((row) => row.trim().replace(/,$/, ""))
    .filter((row) => row !== "")
    .map((row) => row.split(",").map((element) => element.trim()));
  const size = rows.length;
  const odd = rows.findIndex((row) => row.length !== size);
  if (odd >= 0) {
    throw new CircuitError(
      `row ${odd + 1} has ${rows[odd]!.length} elements and there are ${size} rows: write as many of both`,
    );
  }
  return { size, elements: rows.flatMap((row) => row.flatMap((element) => [...complex(element)])) };
}

/** Any expression that is linear in i: its value at 0, and how much it grows by 1. */
function complex(element: string): readonly [number, number] {
  const text = element.replaceAll(/(\d|\))\s*i\b/g, "$1*i");
  try {
    const [zero, one, two] = [0, 1, 2].map((i) => valueOf(text, new Map([["i", i]])));
    if (Math.abs(two! - 2 * one! + zero!) > 1e-9) {
      throw new CircuitError(`"${element}": i stands only in sums and products with numbers`);
    }
    return [zero!, one! - zero!];
  } catch (error) {
    if (error instanceof ExpressionError) throw new CircuitError(`"${element}": ${error.message}`);
    throw error;
  }
}

/** A parameter taken through its range: the Bloch vectors of all wires at each of its values. */
import { CircuitError } from "../core/primitive.ts";
import type { CircuitDocument } from "./document.ts";
import type { Engine } from "./engine.ts";
import { Evaluator } from "./evaluator.ts";
import { repeatedWorkMax, sweepPointsMax } from "./limits.ts";
import { pictureOf } from "./picture.ts";

export interface Sweep {
  readonly parameter: string;
  readonly values: Float64Array;
  readonly wires: number;
  /** For each value x, y and z of each wire in turn. */
  readonly bloch: Float64Array;
}

/** @throws CircuitError when there is no such parameter or it would take too long */
export function* sweepOf(
  engine: Engine,
  document: CircuitDocument,
  name: string,
  playhead: number | null,
): Generator<void, Sweep> {
  const parameter = document.parameters.find((each) => each.name === name);
  if (parameter === undefined) throw new CircuitError(`there is no parameter ${name}`);
  const { wires } = document;
  const work = 2 ** wires * Math.max(1, document.columns.length);
  const points = Math.min(sweepPointsMax, Math.floor((4 * repeatedWorkMax) / work));
  if (points < 9) {
    throw new CircuitError(
      `a sweep of ${wires} wires and ${document.columns.length} columns takes too long: use fewer wires`,
    );
  }
  const values = new Float64Array(points);
  const bloch = new Float64Array(points * 3 * wires);
  const evaluator = new Evaluator(engine);
  try {
    for (let at = 0; at < points; at++) {
      const { min, max } = parameter;
      const value = min + ((max - min) * at) / (points - 1);
      values[at] = value;
      const parameters = document.parameters.map((each) =>
        each.name === name ? { ...each, value } : each,
      );
      const picture = yield* pictureOf(evaluator, engine, { ...document, parameters }, playhead);
      bloch.set(picture.bloch, at * 3 * wires);
    }
  } finally {
    evaluator.close();
  }
  return { parameter: name, values, wires, bloch };
}

/** From an edit in the middle of a circuit to all displays of the playground: the thread's part of it. */
import { changed } from "../workers/quantum/playground/commands.ts";
import type { CircuitDocument } from "../workers/quantum/playground/document.ts";
import { openEngine } from "../workers/quantum/playground/engine.ts";
import { Evaluator } from "../workers/quantum/playground/evaluator.ts";
import { documentOfCircuit } from "../workers/quantum/playground/from-circuit.ts";
import { pictureOf } from "../workers/quantum/playground/picture.ts";
import { circuitOf } from "../workers/quantum/core/circuit.ts";
import { ladderCircuit } from "./quantum-circuits.ts";
import { type BenchRow, median, spread } from "./result.ts";

const sizes = [
  { qubits: 16, edits: 40, msMax: 16 },
  { qubits: 20, edits: 20, msMax: null },
  { qubits: 24, edits: 5, msMax: null },
] as const;

export function benchPlayground(): { readonly rows: BenchRow[]; readonly failures: string[] } {
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const { qubits, edits, msMax } of sizes) {
    const times = editTimes(qubits, edits);
    const measure = `playground, edit to displays, ${qubits} qubits, ms`;
    rows.push({
      measure,
      value: spread(times, 1),
      ...(msMax !== null && { target: `<= ${msMax}` }),
    });
    if (msMax !== null && median(times) > msMax) {
      failures.push(`${measure}: ${median(times).toFixed(1)}, not ${msMax}`);
    }
  }
  return { rows, failures };
}

/** The first edits warm up the engine, and are not counted. */
function editTimes(qubits: number, edits: number): readonly number[] {
  const { engine } = openEngine();
  const evaluator = new Evaluator(engine);
  let document: CircuitDocument = documentOfCircuit(circuitOf(qubits, ladderCircuit(qubits)), "");
  drawn(evaluator, engine, document);
  const column = Math.floor(document.columns.length / 2);
  const times: number[] = [];
  for (let edit = -3; edit < edits; edit++) {
    const name = edit % 2 === 0 ? "h" : "t";
    const wire = (edit + qubits) % qubits;
    const item = {
      kind: "gate",
      name,
      qubits: [wire],
      controls: [],
      angles: [],
      power: 1,
    } as const;
    const began = performance.now();
    document = changed(document, { kind: "place", column, item }).document;
    drawn(evaluator, engine, document);
    if (edit >= 0) times.push(performance.now() - began);
  }
  evaluator.close();
  return times;
}

function drawn(
  evaluator: Evaluator,
  engine: ReturnType<typeof openEngine>["engine"],
  document: CircuitDocument,
): void {
  const drawing = pictureOf(evaluator, engine, document, null);
  while (drawing.next().done !== true);
}

/** Whether the reader has done what a step asks for. */
import type { CircuitDocument } from "./document.ts";
import type { Goal } from "./lesson.ts";
import type { Picture } from "./picture.ts";

/** Less than the eye sees. */
const tolerance = 0.01;

export function isReached(goal: Goal, document: CircuitDocument, picture: Picture): boolean {
  const { states, likely, length, step, isAtEnd = false, gates } = goal;
  const probabilityOf = (basis: number) =>
    picture.listed.find((each) => each.basis === basis)?.probability ?? 0;
  if (states !== undefined) {
    if (picture.bars.length !== 2 ** document.wires) return false;
    const wanted = new Map(states.map(({ basis, probability }) => [basis, probability]));
    const isSame = picture.bars.every(
      (value, basis) => Math.abs(value - (wanted.get(basis) ?? 0)) < tolerance,
    );
    if (!isSame) return false;
  }
  if (likely !== undefined && probabilityOf(likely.basis) < likely.probability) return false;
  if (length !== undefined) {
    const vector = picture.bloch.slice(3 * length.wire, 3 * length.wire + 3);
    if (Math.abs(Math.hypot(...vector) - length.value) > tolerance) return false;
  }
  if (isAtEnd && picture.step < picture.way.length) return false;
  if (step !== undefined && picture.step < step) return false;
  return gates === undefined || gates.every((name) => hasGate(document, name));
}

function hasGate({ columns }: CircuitDocument, name: string): boolean {
  return columns.some(
    (column) =>
      column.kind === "items" &&
      column.items.some(
        (item) => item.kind === name || (item.kind === "gate" && item.name === name),
      ),
  );
}

/** Operations meet others that they add up with or cancel, past those that they commute with. */
import type { Operation } from "../circuit.ts";
import { combined, vanished } from "./combine.ts";
import { commute, type Item, itemOf, type Surroundings } from "./item.ts";
import { phaseOperation, type Replacement } from "./turn.ts";

/** Operations on its qubits that one may pass on its way back. */
const passedMax = 200;

/** Shorter or the same; a phase of everything comes last. */
export function merged(
  operations: readonly Operation[],
  surroundings: Surroundings,
): readonly Operation[] {
  const merging = new Merging(surroundings);
  for (const operation of operations) merging.add(operation);
  return merging.operations();
}

class Merging {
  readonly #surroundings: Surroundings;
  readonly #items: (Item | null)[] = [];
  /** Of each qubit the places of the items on it, ascending. */
  readonly #on = new Map<number, number[]>();
  #phase = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  add(operation: Operation): void {
    if (operation.kind === "global-phase" && (operation.controls ?? []).length === 0) {
      this.#phase += operation.angle;
      return;
    }
    const item = itemOf(operation, this.#surroundings);
    const nothing = vanished(item);
    if (nothing !== null) {
      this.#place(nothing);
      return;
    }
    const meeting = this.#meetingOf(item);
    if (meeting === null) this.#append(item);
    else this.#place(meeting.replacement, meeting.place);
  }

  operations(): readonly Operation[] {
    const phase = phaseOperation(this.#phase);
    const kept = this.#items.flatMap((item) => (item === null ? [] : [item.operation]));
    return phase === null ? kept : [...kept, phase];
  }

  #append(item: Item): void {
    const place = this.#items.push(item) - 1;
    for (const qubit of item.axes.keys()) {
      const places = this.#on.get(qubit);
      if (places === undefined) this.#on.set(qubit, [place]);
      else places.push(place);
    }
  }

  /** In the place of another item, or behind all. */
  #place({ operation, phase }: Replacement, place?: number): void {
    this.#phase += phase;
    const item = operation === null ? null : itemOf(operation, this.#surroundings);
    if (place !== undefined) this.#items[place] = item;
    else if (item !== null) this.#append(item);
  }

  /** The latest item that combines with this one, behind which it commutes with all. */
  #meetingOf(item: Item): { readonly replacement: Replacement; readonly place: number } | null {
    if (item.turn === null && item.primitive === null && item.operation.kind !== "gate")
      return null;
    const lists = [...item.axes.keys()].map((qubit) => this.#on.get(qubit) ?? []);
    const ends = lists.map((places) => places.length - 1);
    for (let passed = 0; passed < passedMax; passed++) {
      let place = -1;
      for (const [at, list] of lists.entries()) place = Math.max(place, list[ends[at]!] ?? -1);
      if (place < 0) return null;
      for (const [at, list] of lists.entries()) if (list[ends[at]!] === place) ends[at]! -= 1;
      const other = this.#items[place];
      if (other === null || other === undefined) continue;
      const replacement = combined(other, item);
      if (replacement !== null) return { replacement, place };
      if (!commute(other, item)) return null;
    }
    return null;
  }
}

/** A model without loops and shifts, and back into a text. */
import { modelItemsMax } from "./limits.ts";
import {
  combined,
  type DetectorErrorModel,
  type Mechanism,
  type ModelBlock,
  type ModelInstruction,
  type ModelText,
  observableBits,
  observablesOf,
  type Symptoms,
} from "./model.ts";

/**
 * Mechanisms keep their order and are not merged.
 * @throws RangeError when it unfolds into more than `modelItemsMax` items
 */
export function unfoldDem(text: ModelText): DetectorErrorModel {
  const unfolding = new Unfolding();
  unfolding.follow(text.body);
  return unfolding.model();
}

class Unfolding {
  readonly #mechanisms: Mechanism[] = [];
  readonly #coordinates: (readonly number[])[] = [];
  #detectors = 0;
  #observables = 0;
  #shift = 0;
  #shifted: readonly number[] = [];
  #items = 0;

  model(): DetectorErrorModel {
    return {
      detectors: this.#detectors,
      observables: this.#observables,
      coordinates: Array.from({ length: this.#detectors }, (_, at) => this.#coordinates[at] ?? []),
      mechanisms: this.#mechanisms,
    };
  }

  follow(body: readonly (ModelInstruction | ModelBlock)[]): void {
    for (const item of body) {
      if (item.kind !== "repeat") {
        this.#step(item);
        continue;
      }
      for (let turn = 0; turn < item.count; turn++) {
        this.#count();
        this.follow(item.body);
      }
    }
  }

  #count(): void {
    if (++this.#items > modelItemsMax) {
      throw new RangeError(`the model unfolds into more than ${modelItemsMax} items`);
    }
  }

  #step(instruction: ModelInstruction): void {
    this.#count();
    switch (instruction.kind) {
      case "shift":
        this.#shift += instruction.detectors;
        this.#shifted = shiftedBy(instruction.coordinates, this.#shifted);
        return;
      case "detector":
        for (const detector of instruction.detectors) {
          const at = this.#seen(detector);
          this.#coordinates[at] = instruction.coordinates.map(
            (value, axis) => value + (this.#shifted[axis] ?? 0),
          );
        }
        return;
      case "observable":
        for (const observable of instruction.observables) this.#see(observable);
        return;
      default: {
        for (const { observables } of instruction.parts) observables.forEach((at) => this.#see(at));
        const parts = instruction.parts.map(({ detectors, observables }): Symptoms =>
          // A detector that stands twice is not flipped.
          detectors
            .map((detector): Symptoms => ({ detectors: [this.#seen(detector)], observables: 0 }))
            .reduce(combined, { detectors: [], observables: observableBits(observables) }),
        );
        const symptoms = parts.reduce(combined, { detectors: [], observables: 0 });
        this.#mechanisms.push({ probability: instruction.probability, symptoms, parts });
      }
    }
  }

  #seen(detector: number): number {
    const at = detector + this.#shift;
    if (at >= modelItemsMax) throw new RangeError(`there are more than ${modelItemsMax} detectors`);
    this.#detectors = Math.max(this.#detectors, at + 1);
    return at;
  }

  #see(observable: number): void {
    this.#observables = Math.max(this.#observables, observable + 1);
  }
}

/** Coordinates moved by SHIFT_COORDS or shift_detectors; the longer of both sets the length. */
export function shiftedBy(by: readonly number[], from: readonly number[]): readonly number[] {
  return Array.from(
    { length: Math.max(by.length, from.length) },
    (_, axis) => (by[axis] ?? 0) + (from[axis] ?? 0),
  );
}

/** The model as a text: its mechanisms, then where its detectors lie. */
export function foldDem(model: DetectorErrorModel): ModelText {
  const errors = model.mechanisms.map(({ probability, parts }): ModelInstruction => ({
    kind: "error",
    tag: null,
    probability,
    parts: parts.map(({ detectors, observables }) => ({
      detectors,
      observables: observablesOf(observables),
    })),
  }));
  const detectors = model.coordinates.map((coordinates, at): ModelInstruction => ({
    kind: "detector",
    tag: null,
    coordinates,
    detectors: [at],
  }));
  const last = model.observables - 1;
  const observable: ModelInstruction = { kind: "observable", tag: null, observables: [last] };
  return { body: [...errors, ...detectors, ...(last < 0 ? [] : [observable])] };
}

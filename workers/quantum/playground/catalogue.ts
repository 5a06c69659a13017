/** What the screen offers to choose from: gates, examples, lessons, and the bounds of each field. */
import { gallery } from "../core/algorithms/gallery.ts";
import { standardGates } from "../core/gates/standard-gates.ts";
import { lessons } from "./lessons.ts";
import type { Lesson } from "./lesson.ts";
import * as limits from "./limits.ts";

export interface GateView {
  readonly name: string;
  readonly title: string;
  readonly parameters: readonly string[];
  readonly controls: number;
  readonly targets: number;
}

export interface ExampleView {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly source: string;
  readonly parameters: (typeof gallery)[number]["parameters"];
}

export interface Catalogue {
  readonly gates: readonly GateView[];
  readonly examples: readonly ExampleView[];
  readonly lessons: readonly Lesson[];
  readonly wiresMax: number;
  readonly shotsMax: number;
  readonly displayWiresMax: Readonly<Record<"chance" | "sample" | "amplitude" | "density", number>>;
}

export function catalogueOf(): Catalogue {
  return {
    gates: [...standardGates.values()].map(({ name, title, parameters, controls, targets }) => {
      return { name, title, parameters, controls, targets };
    }),
    examples: gallery.map(({ id, title, summary, source, parameters }) => {
      return { id, title, summary, source, parameters };
    }),
    lessons,
    wiresMax: limits.wiresMax,
    shotsMax: limits.shotsMax,
    displayWiresMax: {
      chance: limits.chanceWiresMax,
      sample: limits.chanceWiresMax,
      amplitude: limits.amplitudeWiresMax,
      density: limits.densityDisplayWiresMax,
    },
  };
}

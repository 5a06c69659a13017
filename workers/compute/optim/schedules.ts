/** Learning rates over time. Each `step()` is one epoch, or one batch where that is said. */
import type { Optimiser } from "./optimiser.ts";

abstract class Schedule {
  readonly #optimiser: Optimiser;
  readonly #bases: readonly number[];
  #count = 0;

  constructor(optimiser: Optimiser) {
    this.#optimiser = optimiser;
    this.#bases = optimiser.paramGroups.map(({ settings }) => settings.lr);
  }

  /** The rate after `count` steps of a group that began with `base`. */
  protected abstract rate(base: number, count: number): number;

  step(): void {
    this.#count += 1;
    this.apply();
  }

  /** Constructors that change the first rate call it. */
  protected apply(): void {
    this.#optimiser.paramGroups.forEach(({ settings }, index) => {
      settings.lr = this.rate(this.#bases[index]!, this.#count);
    });
  }
}

/** Times gamma after every `stepSize` steps. */
export class StepLR extends Schedule {
  readonly #stepSize: number;
  readonly #gamma: number;

  constructor(
    optimiser: Optimiser,
    { stepSize, gamma = 0.1 }: { readonly stepSize: number; readonly gamma?: number },
  ) {
    super(optimiser);
    this.#stepSize = stepSize;
    this.#gamma = gamma;
  }

  protected override rate(base: number, count: number): number {
    return base * this.#gamma ** Math.floor(count / this.#stepSize);
  }
}

/** Loshchilov and Hutter 2017, without restarts. */
export class CosineAnnealingLR extends Schedule {
  readonly #steps: number;
  readonly #least: number;

  constructor(
    optimiser: Optimiser,
    { tMax, etaMin = 0 }: { readonly tMax: number; readonly etaMin?: number },
  ) {
    super(optimiser);
    this.#steps = tMax;
    this.#least = etaMin;
  }

  protected override rate(base: number, count: number): number {
    return (
      this.#least + ((base - this.#least) * (1 + Math.cos((Math.PI * count) / this.#steps))) / 2
    );
  }
}

/** A warm-up: from `startFactor` of the rate to all of it, in equal steps. */
export class LinearLR extends Schedule {
  readonly #from: number;
  readonly #to: number;
  readonly #steps: number;

  constructor(
    optimiser: Optimiser,
    {
      startFactor = 1 / 3,
      endFactor = 1,
      totalIters = 5,
    }: {
      readonly startFactor?: number;
      readonly endFactor?: number;
      readonly totalIters?: number;
    } = {},
  ) {
    super(optimiser);
    this.#from = startFactor;
    this.#to = endFactor;
    this.#steps = totalIters;
    this.apply();
  }

  protected override rate(base: number, count: number): number {
    return base * (this.#from + (this.#to - this.#from) * Math.min(1, count / this.#steps));
  }
}

export interface OneCycleOptions {
  readonly maxLr: number;
  readonly totalSteps: number;
  /** The share of steps in which the rate rises. */
  readonly pctStart?: number;
  readonly divFactor?: number;
  readonly finalDivFactor?: number;
}

/** Smith and Topin 2018, with cosines; one step a batch. */
export class OneCycleLR extends Schedule {
  readonly #options: Required<OneCycleOptions>;

  constructor(optimiser: Optimiser, options: OneCycleOptions) {
    super(optimiser);
    this.#options = { pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4, ...options };
    this.apply();
  }

  protected override rate(_: number, count: number): number {
    const { maxLr, totalSteps, pctStart, divFactor, finalDivFactor } = this.#options;
    if (count >= totalSteps) throw new RangeError(`Step ${count} of a cycle of ${totalSteps}.`);
    const first = maxLr / divFactor;
    const peak = pctStart * totalSteps - 1;
    return count <= peak
      ? anneal(first, maxLr, count / peak)
      : anneal(maxLr, first / finalDivFactor, (count - peak) / (totalSteps - 1 - peak));
  }
}

function anneal(from: number, to: number, share: number): number {
  return to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
}

export interface PlateauOptions {
  readonly mode?: "min" | "max";
  readonly factor?: number;
  /** Epochs without an improvement that are let pass. */
  readonly patience?: number;
  /** A smaller relative change is none. */
  readonly threshold?: number;
  readonly cooldown?: number;
  readonly minLr?: number;
}

/** Times `factor` when a measure stops improving. */
export class ReduceLROnPlateau {
  readonly #optimiser: Optimiser;
  readonly #options: Required<PlateauOptions>;
  #best: number;
  #badEpochs = 0;
  #cooling = 0;

  constructor(optimiser: Optimiser, options: PlateauOptions = {}) {
    this.#optimiser = optimiser;
    this.#options = {
      mode: "min",
      factor: 0.1,
      patience: 10,
      threshold: 1e-4,
      cooldown: 0,
      minLr: 0,
      ...options,
    };
    this.#best = this.#options.mode === "min" ? Infinity : -Infinity;
  }

  step(measure: number): void {
    const { factor, patience, cooldown, minLr } = this.#options;
    if (this.#isBetter(measure)) {
      this.#best = measure;
      this.#badEpochs = 0;
    } else this.#badEpochs += 1;
    if (this.#cooling > 0) {
      this.#cooling -= 1;
      this.#badEpochs = 0;
    }
    if (this.#badEpochs <= patience) return;
    for (const { settings } of this.#optimiser.paramGroups)
      settings.lr = Math.max(settings.lr * factor, minLr);
    this.#cooling = cooldown;
    this.#badEpochs = 0;
  }

  #isBetter(measure: number): boolean {
    const { mode, threshold } = this.#options;
    return mode === "min"
      ? measure < this.#best * (1 - threshold)
      : measure > this.#best * (1 + threshold);
  }
}

/** What all optimisers share: groups of parameters with their own settings, and the state of each. */
import { type Tensor, zeros } from "../tensor/tensor.ts";

export interface ParameterGroup<Settings extends { lr: number }> {
  readonly params: readonly Tensor[];
  /** Schedules change the learning rate. */
  readonly settings: Settings;
}

/** Averages that an optimiser keeps of one parameter, by PyTorch's names. */
export type ParameterState = Record<string, Tensor>;

export interface OptimiserState {
  readonly steps: number;
  readonly lrs: readonly number[];
  /** For each parameter in order, by name. */
  readonly parameters: readonly Readonly<Record<string, readonly number[]>>[];
}

export abstract class Optimiser<Settings extends { lr: number } = { lr: number }> {
  readonly paramGroups: readonly ParameterGroup<Settings>[];
  protected steps = 0;
  readonly #states = new Map<Tensor, ParameterState>();

  /** @param parameters all with the same settings, or groups with some of their own */
  constructor(
    parameters:
      | readonly Tensor[]
      | readonly { params: readonly Tensor[]; settings: Partial<Settings> }[],
    settings: Settings,
  ) {
    this.paramGroups =
      parameters.length > 0 && "params" in parameters[0]!
        ? (parameters as readonly { params: readonly Tensor[]; settings: Partial<Settings> }[]).map(
            (group) => ({
              params: group.params,
              settings: { ...settings, ...group.settings },
            }),
          )
        : [{ params: parameters as readonly Tensor[], settings: { ...settings } }];
    const { lr } = settings;
    if (!(lr >= 0 && Number.isFinite(lr))) throw new RangeError(`A learning rate of ${lr}.`);
  }

  get parameters(): Tensor[] {
    return this.paramGroups.flatMap(({ params }) => params);
  }

  /** Moves every parameter that has a gradient. */
  step(): void {
    this.steps += 1;
    for (const { params, settings } of this.paramGroups) {
      for (const parameter of params) {
        const { grad } = parameter;
        if (grad !== null) this.update(parameter, grad, settings);
      }
    }
  }

  zeroGrad(): void {
    for (const parameter of this.parameters) {
      parameter.grad?.dispose();
      parameter.grad = null;
    }
  }

  protected abstract update(parameter: Tensor, gradient: Tensor, settings: Settings): void;

  /** The named average of a parameter, which begins at 0. */
  protected average(parameter: Tensor, name: string): Tensor {
    let state = this.#states.get(parameter);
    if (state === undefined) {
      state = {};
      this.#states.set(parameter, state);
    }
    state[name] ??= zeros(parameter.shape, parameter.dtype).keep();
    return state[name];
  }

  /** Everything that a later run needs to go on exactly. */
  stateDict(): OptimiserState {
    return {
      steps: this.steps,
      lrs: this.paramGroups.map(({ settings }) => settings.lr),
      parameters: this.parameters.map((parameter) =>
        Object.fromEntries(
          Object.entries(this.#states.get(parameter) ?? {}).map(([name, value]) => [
            name,
            [...value.values],
          ]),
        ),
      ),
    };
  }

  /** @throws RangeError when it is of other parameters */
  loadStateDict({ steps, lrs, parameters }: OptimiserState): void {
    const own = this.parameters;
    if (parameters.length !== own.length || lrs.length !== this.paramGroups.length) {
      throw new RangeError(
        `The saved optimiser has ${parameters.length} parameters, not ${own.length}.`,
      );
    }
    this.steps = steps;
    this.paramGroups.forEach(({ settings }, index) => (settings.lr = lrs[index]!));
    own.forEach((parameter, index) => {
      for (const [name, saved] of Object.entries(parameters[index]!)) {
        if (saved.length !== parameter.size)
          throw new RangeError(`${name} has ${saved.length} values.`);
        this.average(parameter, name).values.set(saved);
      }
    });
  }

  /** Gives back the memory of all averages. */
  dispose(): void {
    for (const state of this.#states.values())
      for (const value of Object.values(state)) value.dispose();
    this.#states.clear();
  }
}

/** Averages that decay below 1e-30 become 0: on subnormal numbers processors are many times slower. */
export function flush(value: number): number {
  return Math.abs(value) < 1e-30 ? 0 : value;
}

/** Modules hold parameters, buffers and other modules by name, as in PyTorch. */
import { add } from "../autograd/elementwise.ts";
import { assign, type Tensor, tensor } from "../tensor/tensor.ts";
import type { DType, Values } from "../tensor/memory.ts";
import type { Chance } from "../chance.ts";

/** What every layer with parameters is made with. */
export interface Making {
  /** Draws the initial values. */
  readonly chance: Chance;
  /** f32 by default; f64 is for checks. */
  readonly dtype?: DType;
}

/** A named value outside the tensors' memory. */
export interface SavedTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  readonly values: Values;
}

export type StateDict = Readonly<Record<string, SavedTensor>>;

export class Module {
  /** Dropout and batch normalisation behave differently in training. */
  training = true;
  readonly #parameters = new Map<string, Tensor>();
  readonly #buffers = new Map<string, Tensor>();
  readonly #children = new Map<string, Module>();

  /** A leaf that optimisers change. */
  protected addParameter(name: string, value: Tensor): Tensor {
    value.requiresGrad = true;
    this.#parameters.set(name, value.keep());
    return value;
  }

  /** Saved with the parameters, and not changed by optimisers. */
  protected addBuffer(name: string, value: Tensor): Tensor {
    this.#buffers.set(name, value.keep());
    return value;
  }

  protected addChild<T extends Module>(name: string, child: T): T {
    this.#children.set(name, child);
    return child;
  }

  get children(): ReadonlyMap<string, Module> {
    return this.#children;
  }

  /** With the path of modules before the name, e.g. "0.weight". */
  namedParameters(prefix = ""): [string, Tensor][] {
    return [
      ...[...this.#parameters].map(([name, value]): [string, Tensor] => [prefix + name, value]),
      ...[...this.#children].flatMap(([name, child]) => child.namedParameters(`${prefix}${name}.`)),
    ];
  }

  parameters(): Tensor[] {
    return this.namedParameters().map(([, value]) => value);
  }

  get parameterCount(): number {
    return this.parameters().reduce((sum, { size }) => sum + size, 0);
  }

  train(isTraining = true): this {
    this.training = isTraining;
    for (const child of this.#children.values()) child.train(isTraining);
    return this;
  }

  eval(): this {
    return this.train(false);
  }

  zeroGrad(): void {
    for (const each of this.parameters()) {
      each.grad?.dispose();
      each.grad = null;
    }
  }

  /** Copies of all parameters and buffers. */
  stateDict(): StateDict {
    return Object.fromEntries(
      this.#namedState("").map(([name, value]) => [
        name,
        { shape: value.shape, dtype: value.dtype, values: value.toArray() },
      ]),
    );
  }

  /** @throws RangeError when a name is missing or unknown, a shape differs, or a value is not finite */
  loadStateDict(state: StateDict): void {
    const own = new Map(this.#namedState(""));
    for (const name of Object.keys(state)) {
      if (!own.has(name)) throw new RangeError(`The model has no ${name}.`);
    }
    for (const [name, target] of own) {
      const saved = Object.hasOwn(state, name) ? state[name] : undefined;
      if (saved === undefined) throw new RangeError(`${name} is missing from the saved model.`);
      if (!saved.values.every(Number.isFinite)) {
        throw new RangeError(`${name} has a value that is not a finite number.`);
      }
      const source = tensor(saved.values, saved.shape, target.dtype);
      try {
        assign(target, source);
      } catch (error) {
        throw new RangeError(`${name}: ${error instanceof Error ? error.message : String(error)}`, {
          cause: error,
        });
      } finally {
        source.dispose();
      }
    }
  }

  /** Gives back the memory of all parameters and buffers. */
  dispose(): void {
    this.zeroGrad();
    for (const [, value] of this.#namedState("")) value.dispose();
  }

  #namedState(prefix: string): [string, Tensor][] {
    return [
      ...[...this.#parameters, ...this.#buffers].map(([name, value]): [string, Tensor] => [
        prefix + name,
        value,
      ]),
      ...[...this.#children].flatMap(([name, child]) => child.#namedState(`${prefix}${name}.`)),
    ];
  }
}

/** A module from one tensor to one tensor, which can stand in a sequence. */
export abstract class Layer extends Module {
  abstract forward(x: Tensor): Tensor;
}

/** One after the other; the names of the children are their places. */
export class Sequential extends Layer {
  readonly layers: readonly Layer[];

  constructor(...layers: readonly Layer[]) {
    super();
    this.layers = layers;
    layers.forEach((layer, index) => this.addChild(String(index), layer));
  }

  override forward(x: Tensor): Tensor {
    return this.layers.reduce((value, layer) => layer.forward(value), x);
  }
}

/** x + inner(x), after a projection of x where the shapes differ (He et al. 2016). */
export class Residual extends Layer {
  readonly inner: Layer;
  readonly shortcut: Layer | null;

  constructor(inner: Layer, shortcut: Layer | null = null) {
    super();
    this.inner = this.addChild("inner", inner);
    this.shortcut = shortcut === null ? null : this.addChild("shortcut", shortcut);
  }

  override forward(x: Tensor): Tensor {
    return add(this.inner.forward(x), this.shortcut?.forward(x) ?? x);
  }
}

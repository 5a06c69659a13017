/** One network in its thread: trained in slices, so that what is ordered meanwhile is heard. */
import { deserialize, serialize } from "node:v8";
import { Linear } from "../../compute/nn/layers.ts";
import { exportOnnx } from "../../compute/onnx/export.ts";
import type { Specification } from "../contract-training-network.ts";
import type { TrainingControl, TrainingFrame, TrainingPlan } from "../contract-training.ts";
import { DataProblem } from "./data-problem.ts";
import type { DataSet } from "./data-sets.ts";
import { layerFramesOf, parameterHash, short, surfaceOf } from "./observe.ts";
import { type PublishedNetwork, publishNetwork } from "./published-network.ts";
import { Trainer, TrainingFailure, type TrainerState } from "./trainer.ts";
import { observeLimits, runLimits } from "./training-limits.ts";

export type SessionEvent =
  | { readonly kind: "frame"; readonly frame: TrainingFrame }
  | { readonly kind: "checkpoint"; readonly bytes: Uint8Array }
  | { readonly kind: "ended"; readonly state: "done" | "failed"; readonly message: string };

export interface SessionHost {
  monotonicMs(): number;
  /** Lets everything else that waits on this thread run first. */
  breathe(): Promise<unknown>;
  sleep(ms: number): Promise<unknown>;
  tell(event: SessionEvent): void;
}

type Edit = Extract<TrainingControl, { action: "edit" }>;

export class TrainingSession {
  readonly #trainer: Trainer;
  readonly #host: SessionHost;
  #isRunning = false;
  #loop: Promise<void> = Promise.resolve();
  #pace: number | null = null;
  /** Since the last frame. */
  #seen = { lossSum: 0, samples: 0, sinceMs: 0 };
  #samplesPerSecond = 0;

  constructor(
    specification: Specification,
    data: DataSet,
    plan: TrainingPlan,
    checkpoint: Uint8Array | null,
    host: SessionHost,
  ) {
    this.#trainer = new Trainer(specification, data, plan);
    this.#host = host;
    if (checkpoint !== null) this.#trainer.load(deserialize(checkpoint) as TrainerState);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Trains until it is paused, done or failed; does nothing while it does so already. */
  run(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#loop = this.#train();
  }

  /** Resolves when it has come to rest and its state has been told. */
  async pause(): Promise<void> {
    this.#isRunning = false;
    await this.#loop;
  }

  /** Resolves when it has ended or was paused. */
  async untilRest(): Promise<void> {
    await this.#loop;
  }

  /** One batch. */
  step(): void {
    if (this.#isRunning) return;
    this.#seen.sinceMs = this.#host.monotonicMs();
    if (this.#trainer.isDone) return;
    const end = this.#learn();
    this.#tellAll();
    if (end !== null) this.#host.tell(end);
  }

  setRate(rate: number): void {
    this.#trainer.rate = rate;
    if (!this.#isRunning) this.#tellAll();
  }

  setPace(stepsPerSecond: number | null): void {
    this.#pace = stepsPerSecond;
  }

  /** @throws DataProblem when there is no such weight */
  edit({ layer, output, input, value }: Edit): void {
    const module = this.#trainer.network.layers[layer];
    if (!(module instanceof Linear))
      throw new DataProblem(`Layer ${layer + 1} has no weights that can be edited by hand.`);
    const [outputs, inputs] = module.weight.shape as readonly [number, number];
    if (output >= outputs || (input !== null && input >= inputs)) {
      throw new DataProblem(
        `Layer ${layer + 1} has weights of [${outputs}, ${inputs}], and none at [${output}, ${input ?? "bias"}].`,
      );
    }
    if (input === null) module.bias!.values[output] = value;
    else module.weight.values[output * inputs + input] = value;
    if (!this.#isRunning) this.#tellAll();
  }

  /** Tells the present state, trained or not. */
  show(): void {
    this.#tellFrame();
  }

  predict(rows: readonly (readonly number[])[]): number[][] {
    return this.#trainer.predict(rows.map((row) => this.#trainer.data.prepare(row)));
  }

  /** @throws OnnxError when a layer has no counterpart */
  toOnnx(): Uint8Array {
    const { network, data } = this.#trainer;
    return exportOnnx(network, { inputShape: [1, ...data.sampleShape] });
  }

  /** @throws OnnxError when a layer has no counterpart */
  publish(): PublishedNetwork {
    const { network, data, specification } = this.#trainer;
    return publishNetwork(network, data, specification.loss);
  }

  async #train(): Promise<void> {
    const began = this.#host.monotonicMs();
    const firstStep = this.#trainer.step;
    this.#seen = { lossSum: 0, samples: 0, sinceMs: began };
    let [framedMs, savedMs] = [began, began];
    let paced = { atMs: began, step: firstStep, pace: this.#pace };
    let end: SessionEvent | null = null;
    while (this.#isRunning && end === null) {
      const sliceMs = this.#host.monotonicMs();
      if (paced.pace !== this.#pace)
        paced = { atMs: sliceMs, step: this.#trainer.step, pace: this.#pace };
      const isAhead = () =>
        paced.pace !== null &&
        this.#trainer.step - paced.step >=
          ((this.#host.monotonicMs() - paced.atMs) * paced.pace) / 1_000;
      while (end === null && !isAhead()) {
        end = this.#trainer.isDone ? this.#done("All epochs are done.") : this.#learn();
        if (this.#host.monotonicMs() - sliceMs > runLimits.sliceMs) break;
      }
      const now = this.#host.monotonicMs();
      if (now - framedMs >= runLimits.frameIntervalMs && end === null) {
        this.#tellFrame();
        framedMs = this.#host.monotonicMs();
      }
      if (now - savedMs >= runLimits.checkpointIntervalMs && end === null) {
        this.#tellCheckpoint();
        savedMs = now;
      }
      await (isAhead() ? this.#host.sleep(5) : this.#host.breathe());
    }
    this.#isRunning = false;
    this.#tellAll();
    if (end !== null) this.#host.tell(end);
  }

  /** One batch, and at the end of an epoch the question whether to go on. */
  #learn(): SessionEvent | null {
    const trainer = this.#trainer;
    try {
      const { loss, samples } = trainer.learn();
      this.#seen.lossSum += loss * samples;
      this.#seen.samples += samples;
    } catch (error) {
      if (!(error instanceof TrainingFailure)) throw error;
      return { kind: "ended", state: "failed", message: error.message };
    }
    if (trainer.isEpochEnd && trainer.specification.earlyStopping !== null) {
      const { validation } = trainer.data;
      const { loss } = trainer.measure(validation, observeLimits.validationSamplesMax);
      if (trainer.shouldStop(loss)) {
        return this.#done(
          `Validation has not improved for ${trainer.specification.earlyStopping.patience} epochs; the best network was put back.`,
        );
      }
    }
    return trainer.isDone ? this.#done("All epochs are done.") : null;
  }

  #done(message: string): SessionEvent {
    return { kind: "ended", state: "done", message };
  }

  #tellAll(): void {
    this.#tellFrame();
    this.#tellCheckpoint();
  }

  #tellCheckpoint(): void {
    this.#host.tell({ kind: "checkpoint", bytes: serialize(this.#trainer.save()) });
  }

  #tellFrame(): void {
    const trainer = this.#trainer;
    const { training, validation } = trainer.data;
    const { lossSum, samples, sinceMs } = this.#seen;
    const now = this.#host.monotonicMs();
    if (samples > 0 && now > sinceMs) this.#samplesPerSecond = (samples * 1_000) / (now - sinceMs);
    const seen = trainer.measure(training, observeLimits.trainingSamplesMax);
    const heldBack = trainer.measure(validation, observeLimits.validationSamplesMax);
    this.#host.tell({
      kind: "frame",
      frame: {
        step: trainer.step,
        epoch: trainer.epoch,
        loss: finite(samples > 0 ? lossSum / samples : seen.loss),
        validationLoss: finite(heldBack.loss),
        accuracy: seen.accuracy,
        validationAccuracy: heldBack.accuracy,
        learningRate: trainer.learningRate,
        samplesPerSecond: Math.round(this.#samplesPerSecond),
        parameterHash: parameterHash(trainer.network),
        layers: layerFramesOf(trainer),
        surface: surfaceOf(trainer),
        confusion: heldBack.confusion,
      },
    });
    this.#seen = { lossSum: 0, samples: 0, sinceMs: this.#host.monotonicMs() };
  }
}

const finite = (value: number): number | null => (Number.isFinite(value) ? short(value) : null);

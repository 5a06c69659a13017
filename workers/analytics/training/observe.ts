/** What is shown of a network in training: histograms, pictures of neurons, the decision surface. */
import { createHash } from "node:crypto";
import { noGrad } from "../../compute/autograd/tape.ts";
import { Linear } from "../../compute/nn/layers.ts";
import type { Layer } from "../../compute/nn/module.ts";
import { scope, type Tensor } from "../../compute/tensor/tensor.ts";
import type { Values } from "../../compute/tensor/memory.ts";
import { histogramBins, type TrainingFrame } from "../contract-training.ts";
import { planeExtent } from "./data-sets.ts";
import { isElementwise } from "./network.ts";
import { normOf, type Trainer } from "./trainer.ts";
import { observeLimits } from "./training-limits.ts";

type LayerFrame = TrainingFrame["layers"][number];
type Histogram = NonNullable<LayerFrame["weights"]>;

/** A histogram over the finite values; null: there are none. */
export function histogramOf(pieces: readonly Values[]): Histogram | null {
  let [min, max] = [Infinity, -Infinity];
  for (const values of pieces) {
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (!Number.isFinite(min) || !Number.isFinite(max)) return null;
  const counts = Array<number>(histogramBins).fill(0);
  const perUnit = max > min ? histogramBins / (max - min) : 0;
  for (const values of pieces) {
    for (const value of values) {
      const bin = Math.min(histogramBins - 1, Math.floor((value - min) * perUnit));
      if (bin >= 0) counts[bin]! += 1;
    }
  }
  return { min: short(min), max: short(max), counts };
}

/** The parameters as they are, so that equal networks are known as such. */
export function parameterHash(network: Layer): string {
  const hash = createHash("sha256");
  for (const tensor of network.parameters()) {
    const values = tensor.toArray();
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/** Each layer as it is now; its gradients are those of the newest batch. */
export function layerFramesOf(trainer: Trainer): LayerFrame[] {
  const { network, data } = trainer;
  network.eval();
  const activations = activationsOf(trainer);
  const pictures = data.plane === null ? [] : picturesOf(trainer);
  return network.layers.map((layer, index) => {
    const parameters = layer.parameters();
    const gradients = parameters.flatMap(({ grad }) => (grad === null ? [] : [grad]));
    const drawn = layer instanceof Linear && isSmall(layer) ? layer : null;
    return {
      gradientNorm: gradients.length === 0 ? null : short(normOf(gradients)),
      weights:
        parameters.length === 0 ? null : histogramOf(parameters.map((each) => each.toArray())),
      gradients:
        gradients.length === 0 ? null : histogramOf(gradients.map((each) => each.toArray())),
      activations: activations[index] ?? null,
      matrix: drawn === null ? null : rowsOf(drawn.weight),
      bias: drawn === null || drawn.bias === null ? null : Array.from(drawn.bias.values, short),
      neurons: pictures[index]?.neurons ?? [],
      scale: pictures[index]?.scale ?? [],
    };
  });
}

function activationsOf(trainer: Trainer): (Histogram | null)[] {
  const { training } = trainer.data;
  const count = Math.min(training.count, observeLimits.activationSamplesMax);
  const places = Uint32Array.from({ length: count }, (_, index) => index);
  const found: (Histogram | null)[] = [];
  scope(() => {
    noGrad(() => {
      for (const output of trainer.outputsOf(trainer.inputsOf(training, places)))
        found.push(histogramOf([output.toArray()]));
    });
  });
  return found;
}

interface Pictures {
  readonly neurons: string[];
  readonly scale: number[];
}

/** For each layer that has weights: what its neurons give over the plane, after their activation. */
function picturesOf(trainer: Trainer): (Pictures | null)[] {
  const { neuronSide, neuronsMax } = observeLimits;
  const { layers } = trainer.specification;
  const pictures: (Pictures | null)[] = layers.map(() => null);
  let left = neuronsMax;
  scope(() => {
    noGrad(() => {
      const outputs = trainer.outputsOf(gridOf(trainer, neuronSide, 0, neuronSide ** 2));
      layers.forEach((layer, index) => {
        if (layer.type !== "Linear") return;
        const end = endOf(layers, index);
        const output = outputs[end]!;
        const units = output.shape[1]!;
        if (units > observeLimits.neuronsPerLayerMax || units > left) return;
        left -= units;
        pictures[index] = neuronPictures(output, units);
      });
    });
  });
  return pictures;
}

/** The last of the layers after it that change each value by itself. */
function endOf(layers: Trainer["specification"]["layers"], index: number): number {
  let end = index;
  while (end + 1 < layers.length && isElementwise(layers[end + 1]!)) end += 1;
  return end;
}

function neuronPictures(output: Tensor, units: number): Pictures {
  const values = output.toArray();
  const cells = values.length / units;
  const scale: number[] = [];
  const neurons = Array.from({ length: units }, (_, unit) => {
    let largest = 0;
    for (let cell = 0; cell < cells; cell++)
      largest = Math.max(largest, Math.abs(values[cell * units + unit]!));
    scale.push(short(largest));
    const perUnit = largest > 0 ? 127 / largest : 0;
    return base64(
      Int8Array.from({ length: cells }, (__, cell) =>
        Math.round(values[cell * units + unit]! * perUnit),
      ),
    );
  });
  return { neurons, scale };
}

/** What the network answers over the plane; null: its data are not in the plane. */
export function surfaceOf(trainer: Trainer): TrainingFrame["surface"] {
  const { plane, task, classes } = trainer.data;
  if (plane === null) return null;
  const { surfaceSide: side, neuronSide, batchOfGrid } = observeLimits;
  const cells = side ** 2;
  const values = new Uint8Array(cells);
  const confidence = classes.length > 2 ? new Uint8Array(cells) : null;
  trainer.network.eval();
  for (let start = 0; start < cells; start += batchOfGrid) {
    const length = Math.min(batchOfGrid, cells - start);
    scope(() => {
      noGrad(() => {
        const output = trainer.network.forward(gridOf(trainer, side, start, length));
        const chances = trainer.chancesOf(output).toArray();
        const width = chances.length / length;
        for (let cell = 0; cell < length; cell++) {
          const row = chances.subarray(cell * width, (cell + 1) * width);
          if (task === "regression") values[start + cell] = byteOf((row[0]! + 1) / 2);
          else if (confidence === null) values[start + cell] = byteOf(row.at(-1)!);
          else {
            const answer = row.indexOf(Math.max(...row));
            values[start + cell] = answer;
            confidence[start + cell] = byteOf(row[answer]!);
          }
        }
      });
    });
  }
  return {
    side,
    neuronSide,
    extent: planeExtent,
    values: base64(values),
    confidence: confidence === null ? null : base64(confidence),
  };
}

/** Points in the middle of the cells, row by row from above. */
function gridOf(trainer: Trainer, side: number, start: number, length: number): Tensor {
  const rows = Array.from({ length }, (_, index) => {
    const cell = start + index;
    const at = (place: number) => ((place + 0.5) / side) * 2 * planeExtent - planeExtent;
    return trainer.data.prepare([at(cell % side), -at(Math.floor(cell / side))]);
  });
  const width = rows[0]!.length;
  const inputs = new Float32Array(length * width);
  rows.forEach((row, index) => inputs.set(row, index * width));
  const places = Uint32Array.from(rows, (_, index) => index);
  return trainer.inputsOf({ count: length, inputs, targets: new Float32Array(0) }, places);
}

function isSmall({ weight }: Linear): boolean {
  const [outputs, inputs] = weight.shape as readonly [number, number];
  return Math.max(outputs, inputs) <= observeLimits.neuronsPerLayerMax;
}

function rowsOf(weight: Tensor): number[][] {
  const [outputs, inputs] = weight.shape as readonly [number, number];
  const values = Array.from(weight.values, short);
  return Array.from({ length: outputs }, (_, row) =>
    values.slice(row * inputs, (row + 1) * inputs),
  );
}

/** Five digits are more than a picture shows. */
export const short = (value: number): number => Number(value.toPrecision(5));
const byteOf = (share: number): number => Math.round(255 * Math.max(0, Math.min(1, share)));
const base64 = ({ buffer, byteOffset, byteLength }: Uint8Array | Int8Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString("base64");

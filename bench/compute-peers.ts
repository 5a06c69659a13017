/** What trains networks in JavaScript without native code, from npm, in a folder of its own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { platform, tmpdir } from "node:os";
import { join } from "node:path";

const folder = join(tmpdir(), "demo-compute-peers");
const packages = [
  "@tensorflow/tfjs@4.22.0",
  "@tensorflow/tfjs-backend-wasm@4.22.0",
  "brain.js@1.6.1",
  "convnetjs@0.3.0",
];

/** @throws Error when npm cannot install them */
export function installPeers(): void {
  if (existsSync(join(folder, "node_modules", "convnetjs"))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{"private":true}`);
  const options = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages];
  const { status, stderr } = spawnSync("npm", options, {
    cwd: folder,
    encoding: "utf8",
    shell: platform() === "win32",
  });
  if (status !== 0) throw new Error(`the peers cannot be installed: ${stderr}`);
}

export interface Digits {
  /** 784 grey values in [0, 1] each. */
  readonly images: readonly Float32Array[];
  readonly labels: readonly number[];
}

const batchSize = 64;
const load = (name: string): unknown => createRequire(join(folder, "package.json"))(name);

interface TfTensor {
  dataSync(): Float32Array;
  dispose(): void;
}
interface TfModel {
  add(layer: object): void;
  compile(options: object): void;
  fit(x: TfTensor, y: TfTensor, options: object): Promise<object>;
}
interface TensorFlow {
  setBackend(name: string): Promise<boolean>;
  tensor2d(values: Float32Array, shape: readonly number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor): TfTensor;
  sequential(): TfModel;
  readonly layers: { dense(options: object): object };
  readonly train: { adam(rate: number): object };
}

export interface Peer {
  readonly name: string;
  /** Runs once. */
  readonly run: () => Promise<void> | void;
}

async function tensorFlow(): Promise<TensorFlow> {
  const tf = load("@tensorflow/tfjs") as TensorFlow;
  const wasm = load("@tensorflow/tfjs-backend-wasm") as {
    setWasmPaths(path: string): void;
    setThreadsCount(count: number): void;
  };
  wasm.setThreadsCount(1);
  wasm.setWasmPaths(join(folder, "node_modules/@tensorflow/tfjs-backend-wasm/dist/"));
  await tf.setBackend("wasm");
  return tf;
}

/** The product of two matrices of this size. */
export async function productPeer(size: number): Promise<Peer> {
  const tf = await tensorFlow();
  const [a, b] = [0.5, 0.25].map((value) =>
    tf.tensor2d(new Float32Array(size * size).fill(value), [size, size]),
  ) as [TfTensor, TfTensor];
  return {
    name: "TensorFlow.js 4.22.0, wasm",
    run: () => {
      const out = tf.matMul(a, b);
      out.dataSync();
      out.dispose();
    },
  };
}

/** One epoch of 784-128-10. */
export async function perceptronPeers({ images, labels }: Digits): Promise<readonly Peer[]> {
  const tf = await tensorFlow();
  const model = tf.sequential();
  model.add(tf.layers.dense({ units: 128, activation: "relu", inputShape: [784] }));
  model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
  model.compile({ optimizer: tf.train.adam(0.001), loss: "categoricalCrossentropy" });
  const [all, truth] = [
    new Float32Array(images.length * 784),
    new Float32Array(images.length * 10),
  ];
  images.forEach((image, index) => all.set(image, index * 784));
  labels.forEach((label, index) => (truth[index * 10 + label] = 1));
  const [x, y] = [tf.tensor2d(all, [images.length, 784]), tf.tensor2d(truth, [images.length, 10])];
  return [
    {
      name: "TensorFlow.js 4.22.0, wasm",
      run: async () => {
        await model.fit(x, y, { epochs: 1, batchSize, shuffle: true, verbose: 0 });
      },
    },
    convNet(
      "ConvNetJS 0.3.0",
      [
        { type: "input", out_sx: 1, out_sy: 1, out_depth: 784 },
        { type: "fc", num_neurons: 128, activation: "relu" },
        { type: "softmax", num_classes: 10 },
      ],
      { images, labels },
    ),
    brain({ images, labels }),
  ];
}

/** One epoch of conv 8 - pool - conv 16 - pool - dense 10. TensorFlow.js cannot without native code. */
export function convolutionPeer(digits: Digits): Peer {
  return convNet(
    "ConvNetJS 0.3.0",
    [
      { type: "input", out_sx: 28, out_sy: 28, out_depth: 1 },
      { type: "conv", sx: 5, filters: 8, stride: 1, pad: 2, activation: "relu" },
      { type: "pool", sx: 2, stride: 2 },
      { type: "conv", sx: 5, filters: 16, stride: 1, pad: 2, activation: "relu" },
      { type: "pool", sx: 2, stride: 2 },
      { type: "softmax", num_classes: 10 },
    ],
    digits,
  );
}

interface ConvNet {
  readonly Net: new () => { makeLayers(layers: readonly object[]): void };
  readonly Trainer: new (net: object, options: object) => { train(x: object, y: number): void };
  readonly Vol: new (
    width: number,
    height: number,
    depth: number,
    value: number,
  ) => { w: Float64Array };
}

function convNet(
  name: string,
  layers: readonly Record<string, unknown>[],
  { images, labels }: Digits,
): Peer {
  const { Net, Trainer, Vol } = load("convnetjs") as ConvNet;
  const net = new Net();
  net.makeLayers(layers);
  const trainer = new Trainer(net, { method: "adadelta", batch_size: batchSize, l2_decay: 0 });
  const [input] = layers;
  return {
    name,
    run: () => {
      images.forEach((image, index) => {
        const side = Number(input!["out_sx"]);
        const x = new Vol(side, side, Number(input!["out_depth"]), 0);
        x.w.set(image);
        trainer.train(x, labels[index]!);
      });
    },
  };
}

function brain({ images, labels }: Digits): Peer {
  const { NeuralNetwork } = load("brain.js") as {
    NeuralNetwork: new (options: object) => {
      train(data: readonly object[], options: object): void;
    };
  };
  const net = new NeuralNetwork({ hiddenLayers: [128], activation: "relu", learningRate: 0.01 });
  const data = images.map((image, index) => ({
    input: [...image],
    output: Array.from({ length: 10 }, (_, label) => Number(label === labels[index])),
  }));
  return {
    name: "brain.js 1.6.1",
    run: () => net.train(data, { iterations: 1, errorThresh: 1e-9 }),
  };
}

/** Every bound of the training lab; those of its API are in its contract. */
export const networkLimits = {
  parametersMax: 600_000,
  /** Multiplications and additions of one sample forwards. */
  flopsMax: 60_000_000,
  /** Outputs of all layers for one batch, with their gradients. */
  memoryBytesMax: 512 * 2 ** 20,
} as const;

export const tableLimits = {
  rowsMax: 20_000,
  rowsMin: 10,
  columnsMax: 64,
  classesMax: 20,
  /** Whole numbers with at most so many different values are classes. */
  numericClassesMax: 10,
} as const;

export const observeLimits = {
  /** Samples that accuracy on the training data is measured with. */
  trainingSamplesMax: 500,
  validationSamplesMax: 1_000,
  /** Samples whose activations are counted. */
  activationSamplesMax: 128,
  surfaceSide: 48,
  neuronSide: 20,
  /** Wider layers have no pictures of their neurons, and their weights are not drawn. */
  neuronsPerLayerMax: 24,
  neuronsMax: 160,
  /** A network that computes more for one point has no surface. */
  batchOfGrid: 600,
} as const;

export const runLimits = {
  /** Networks that are trained at the same time; each has a thread of its own. */
  runningMax: 2,
  /** Threads of networks that are trained or asked. */
  threadsMax: 4,
  /** A thread that nobody asks any more is ended. */
  idleMs: 90_000,
  frameIntervalMs: 250,
  checkpointIntervalMs: 5_000,
  /** Computing between two looks at what has been ordered. */
  sliceMs: 20,
  /** Points of a curve; a longer one keeps every second. */
  curvePointsMax: 400,
  /** A deleted experiment can be restored for so long. */
  restorableMs: 600_000,
  openMsMax: 30_000,
  askMsMax: 15_000,
  /** Losses this many times the first are an explosion. */
  explosion: 1e6,
} as const;

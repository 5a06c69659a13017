/** Every bound of the model registry and of serving. */

export const registryLimits = {
  modelsMax: 64,
  versionsPerModelMax: 100,
  aliasesPerModelMax: 16,
  tagsMax: 16,
  labelsMax: 1_024,
  /** Of one file. */
  fileBytesMax: 64 * 1024 * 1024,
  /** Of all files together, with those that can still be restored. */
  filesBytesMax: 1024 * 1024 * 1024,
  /** How long a deletion can be undone. */
  undoMs: 600_000,
  deletionsMax: 100,
  purgeIntervalMs: 30_000,
} as const;

export const uploadLimits = {
  /** Uploads in parts that are under way together. */
  uploadsMax: 4,
  /** An upload that nobody continues is forgotten. */
  idleMs: 120_000,
} as const;

export const servingLimits = {
  threadsMax: 2,
  /** Batches that wait for a thread, over all versions. */
  batchesWaitingMax: 64,
  /** Requests of one version that wait to be put into a batch. */
  requestsWaitingMax: 256,
  /** Rows that are run together. */
  batchRowsMax: 64,
  /** How long the first request of a batch waits for others. */
  batchDelayMs: 2,
  /** Batches of one version that are worked on together. */
  batchesInWorkMax: 2,
  /** One run of a graph; a thread that takes longer is ended. */
  runMsMax: 20_000,
  /** From the arrival of a request to its answer. */
  requestMsMax: 30_000,
  /** Checking a file, with the runs that try it. */
  inspectionMsMax: 30_000,
  inspectionsWaitingMax: 4,
  idleMs: 120_000,
  /** Bytes of model files that a thread holds open. */
  openBytesMax: 256 * 1024 * 1024,
  openGraphsMax: 16,
  /** Values of all inputs of one request. */
  requestValuesMax: 4_000_000,
  /** Values of all outputs of one request; an answer of text takes some twenty bytes for each. */
  answerValuesMax: 1_000_000,
  inputsMax: 64,
  /** Versions whose counts and windows are held; those not asked for longest begin anew. */
  servedMax: 128,
  /** Sizes that the file leaves open, in the run that tries it. */
  openSizeTried: 2,
  batchTried: 3,
} as const;

export const batchPredictionLimits = {
  rowsMax: 100_000,
  /** Rows that are sent to the model together. */
  rowsAtOnce: 256,
} as const;

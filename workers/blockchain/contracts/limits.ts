/** Every bound of the Solidity workshop. */

export const compilerLimits = {
  filesMax: 200,
  fileBytesMax: 1_000_000,
  sourceBytesMax: 4_000_000,
  pathLengthMax: 256,
  optimizerRunsMax: 4_294_967_295,
  /** WebAssembly memory never shrinks, so the compiler's thread is replaced after so many compiles. */
  compilesPerThreadMax: 25,
  queueLengthMax: 16,
  durationMsMax: 60_000,
  /** The warm compiler holds some 230 MB; an idle one is let go after this. */
  idleMs: 120_000,
  diagnosticsMax: 500,
} as const;

export const traceLimits = {
  /** Steps that are recorded; the run goes on beyond them, and the trace says that it is cut. */
  stepsMax: 1_000_000,
  framesMax: 20_000,
  /** Values that stack deltas hold together. */
  stackValuesMax: 8_000_000,
  memoryBytesMax: 64 * 1024 * 1024,
  /** Longer keys of mappings are not remembered. */
  preimageBytesMax: 4_096,
  preimagesMax: 50_000,
  storageAccessesMax: 200_000,
  /** A stack is stored whole at least this often, so that none is pieced together from afar. */
  stepsBetweenWholeStacks: 1_024,
  stackDepthMax: 1_024,
} as const;

export const decodingLimits = {
  /** Elements of one array, string or mapping that are decoded out of storage. */
  elementsMax: 256,
  bytesMax: 8_192,
  depthMax: 12,
  /** Values of one view together, so that lists of lists end, too. */
  valuesMax: 20_000,
  /** Storage words that one view may read. */
  slotsMax: 4_096,
  consoleLinesMax: 1_000,
} as const;

export const testLimits = {
  testsMax: 500,
} as const;

export const storeLimits = {
  workspacesMax: 200,
  nameLengthMax: 80,
  /** Older versions of a workspace are dropped. */
  versionsPerWorkspaceMax: 50,
  /** Those that no deployment names are dropped when they have not been used for longest. */
  compilationsMax: 200,
  deploymentsMax: 10_000,
} as const;

export const workshopLimits = {
  queueLengthMax: 32,
  durationMsMax: 60_000,
  /** Debug sessions are kept in the thread, and end with it. */
  idleMs: 900_000,
  /** A session more ends the one that was not used for longest. */
  sessionsMax: 6,
  /** Steps that the sessions hold together; the newest session is kept in any case. */
  sessionStepsMax: 2_000_000,
  compilationsInMemoryMax: 12,
  /** Compilations among which running code is looked for, the newest first. */
  compilationsSearchedMax: 12,
  /** Transactions of a block that are run again before the one that is traced. */
  callGasMax: 30_000_000n,
  breakpointsMax: 100,
  memoryShownBytesMax: 65_536,
  rowsMax: 2_000,
  /** Shown before and after the one at hand. */
  instructionsAroundMax: 12,
  argumentBytesMax: 1_000_000,
} as const;

/** Bounds of the streaming detectors: what each keeps, in readings unless said otherwise. */
export const anomalyDetectionLimits = {
  gaussianWindow: 6_400,
  gaussianStep: 100,
  /** Readings that a sliding reference holds. */
  window: 300,
  /** Fewer readings than these are no basis for a score. */
  warmUp: 60,
  /** Longest run since a change that the Bayesian detector tells apart from longer ones. */
  runLengthMax: 250,
  /** Readings that the spectral residual is taken of; a power of two. */
  spectralWindow: 64,
  forestTrees: 40,
  /** Points that each tree of the forest holds. */
  treePoints: 128,
  /** Readings that make one point of the forest, the neighbours and the autoencoder. */
  shingle: 8,
  neighbourPoints: 256,
  neighbours: 15,
  hiddenUnits: 3,
  /** Scores that the likelihood takes its distribution from, and the newest that it judges. */
  likelihoodWindow: 1_000,
  likelihoodShort: 10,
  /** Readings that the combined detector compares with: a week of five-minute means. */
  noveltyWindow: 2_016,
  noveltyWarmUp: 100,
  /** Readings that one smoothed value of the combined detector covers: an hour of them. */
  noveltySmoothing: 12,
  /** Readings that one smoothed value of its seasonal part covers. */
  seasonalSmoothing: 24,
  /** Readings in a season at most. */
  seasonMax: 2_016,
  /** After an alarm, this many readings only raise another one by standing out more. */
  restReadings: 144,
  alarmsMax: 200,
  featuresMax: 32,
} as const;

/** Bounds of the detector that watches live series, in readings unless said otherwise. */
export const liveDetectionLimits = {
  /** Fewer than these are "not enough data yet"; a mean needs as many that do not overlap. */
  warmUp: 60,
  /** False alarms per reading that stationary normal noise is allowed. */
  falsePositiveRate: 1e-4,
  /** A reading as far out as so many others is the habit of its series. */
  ignoredReadings: 2,
  /** An anomaly that lasts this long is a new level; the baseline starts over. */
  levelShiftReadings: 30,
  /** Ordinary readings that end an anomaly. */
  calmReadings: 5,
  /** What a season is looked for in; it may be a third of it long. */
  historyReadings: 300,
  /** How often a season is looked for. */
  seasonCheckInterval: 60,
  /** Times between readings that the typical one is the median of. */
  intervalsKept: 31,
} as const;

/** How labels change thresholds. */
export const feedbackLimits = {
  labelsMax: 2_000,
  /** The share of what was called false that the raised threshold silences. */
  quantile: 0.9,
  /** Above the score of that, so that its like stays silent. */
  headroom: 1.05,
  /** The most a threshold is raised. */
  factorMax: 4,
} as const;

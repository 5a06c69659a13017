/** Every bound of the analytics thread; those of its API are in contract.ts. */
import type { JobLimits } from "../service/job-threads.ts";

export const seriesLimits = {
  seriesMax: 96,
  /** One reading a second for 15 minutes. */
  finePoints: 900,
  fineIntervalMs: 1_000,
  /** States arrive on every change too; readings closer than this tell nothing new. */
  fineIntervalMinMs: 800,
  /** Means of ten seconds for 6 hours. */
  coarsePoints: 2_160,
  coarseIntervalMs: 10_000,
  /** Readings further apart than this have a gap between them. */
  gapMs: 5_000,
  /** A rate is taken over some seconds, because thread and supervisor report out of step. */
  rateSpanMs: 2_500,
} as const;

export const anomalyLimits = {
  /** Those of one series that follow within this, and point the same way, are one. */
  mergeMs: 60_000,
  anomaliesMax: 500,
  /** How many a live stream repeats on each change. */
  streamedMax: 50,
} as const;

export const forecastLimits = {
  /** Fewer own readings than these are no basis for a forecast. */
  ownReadingsMin: 30,
  /** The first while after the start says nothing about the load later. */
  startUpMs: 20_000,
  /** Origins of the rolling evaluation. */
  backtestOriginsMax: 8,
  /** The evaluation looks at so many of the newest values. */
  backtestValuesMax: 400,
  /** How long computing may hold the thread before others get their turn. */
  sliceMs: 6,
  /** Forecasts that may wait for their turn. */
  queueMax: 32,
  /** Values that the platform's own load is forecast for, when nobody says. */
  ownHorizon: 30,
  /** Values that a given series is forecast for, when nobody says. */
  givenHorizon: 10,
  level: 0.95,
  /** Computed models and insights are as old as this at most while someone asks. */
  modelsMaxAgeMs: 15_000,
} as const;

/** Forecasts on request, each in a thread of its own. */
export const forecastThreadLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 16,
  /** Less than what a request may take in all. */
  durationMsMax: 20_000,
  idleMs: 30_000,
};

/** Comparisons of methods as jobs. */
export const comparisonThreadLimits: JobLimits = {
  threadsMax: 1,
  queueLengthMax: 4,
  durationMsMax: 600_000,
  idleMs: 30_000,
};

export const alertLimits = {
  historyMax: 200,
} as const;

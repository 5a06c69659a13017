/** Bounds of the streaming detectors: what each keeps, in readings unless said otherwise. */
export const anomalyDetectionLimits = {
  gaussianWindow: 6_400,
  gaussianStep: 100,
} as const;

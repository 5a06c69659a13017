/** Bounds of a forecast; those of its API are in contract-forecasts.ts. */
export const forecastingLimits = {
  /** The longest season that is looked for. */
  seasonMax: 366,
  /** The evaluation on the past looks at so many of the newest values. */
  evaluationValuesMax: 400,
  /** And so many steps ahead. */
  evaluationHorizonMax: 24,
  /** From fewer values nothing is forecast in the evaluation. */
  pastMin: 8,
} as const;

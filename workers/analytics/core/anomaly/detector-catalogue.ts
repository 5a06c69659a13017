/** What every detector is, in words, for those who choose one. */
import type { DetectorId } from "../../contract.ts";
import type { streamingDetectors } from "./detectors.ts";
import { anomalyDetectionLimits as limits } from "./limits.ts";
import { extrapolated } from "./spectral-residual.ts";

interface Entry {
  readonly name: keyof typeof streamingDetectors;
  readonly title: string;
  readonly description: string;
  readonly source: string;
  readonly finds: readonly string[];
  readonly memoryReadings: number;
  /** Readings before the first that it can judge. */
  readonly warmUp: number;
  /** What a high score means; completes "because". */
  readonly why: string;
  readonly hasSeason?: boolean;
  readonly drawsLots?: boolean;
}

export const detectorCatalogue: Readonly<Record<DetectorId, Entry>> = {
  combined: {
    name: "combined",
    title: "Combined (default)",
    description:
      "Three views, each judged by how far it goes beyond everything it has shown: the reading, its mean over 12 readings, and a mean less the one a season ago. Repetitions are merged into the first alarm.",
    source: "Design chosen on the Numenta Anomaly Benchmark; novelty with conformal p-values",
    finds: ["spike", "level shift", "change of variance", "change of period"],
    memoryReadings: 3 * limits.noveltyWindow + limits.seasonMax,
    warmUp: limits.noveltyWarmUp,
    why: "it goes beyond everything seen before",
    hasSeason: true,
  },
  "robust-z": {
    name: "robust z",
    title: "Robust z-score",
    description: "Distance from the median in scaled median absolute deviations.",
    source: "Iglewicz and Hoaglin 1993",
    finds: ["spike", "change of variance"],
    memoryReadings: limits.window,
    warmUp: limits.warmUp,
    why: "it is far from the median of the readings before it",
  },
  ewma: {
    name: "EWMA",
    title: "EWMA chart",
    description: "An exponentially weighted mean leaves its control limits.",
    source: "Roberts 1959",
    finds: ["spike", "level shift"],
    memoryReadings: 4,
    warmUp: limits.warmUp,
    why: "the weighted mean of the newest readings left its control limits",
  },
  cusum: {
    name: "CUSUM",
    title: "CUSUM",
    description: "Two-sided cumulative sums of standardised readings.",
    source: "Page 1954",
    finds: ["level shift"],
    memoryReadings: 5,
    warmUp: limits.warmUp,
    why: "small deviations to one side have added up",
  },
  "bayesian-change-point": {
    name: "Bayesian change point",
    title: "Bayesian change point",
    description: "Probability that the level has just changed, over all run lengths.",
    source: "Adams and MacKay 2007",
    finds: ["level shift"],
    memoryReadings: 4 * limits.runLengthMax,
    warmUp: limits.warmUp,
    why: "a change of level is likelier than the run going on",
  },
  "seasonal-hybrid-esd": {
    name: "seasonal hybrid ESD",
    title: "Seasonal hybrid ESD",
    description: "The season and the median are taken out; the rest meets a generalised ESD test.",
    source: "Hochenbaum, Vallis and Kejariwal 2017",
    finds: ["spike", "change of period"],
    memoryReadings: limits.window + 3 * limits.seasonMax,
    warmUp: limits.warmUp,
    why: "it is far from what the season and the median lead to expect",
    hasSeason: true,
  },
  "spectral-residual": {
    name: "spectral residual",
    title: "Spectral residual",
    description: "Saliency of the newest reading in the spectrum of a short window.",
    source: "Ren et al. 2019",
    finds: ["spike"],
    memoryReadings: limits.spectralWindow,
    warmUp: limits.spectralWindow - extrapolated - 1,
    why: "it is salient in the spectrum of the readings around it",
  },
  "random-cut-forest": {
    name: "random cut forest",
    title: "Random cut forest",
    description: "How much a run of eight readings displaces in trees of random cuts.",
    source: "Guha, Mishra, Roy and Schrijvers 2016",
    finds: ["spike", "change of variance"],
    memoryReadings: limits.forestTrees * limits.treePoints * limits.shingle,
    warmUp: 2 * limits.warmUp,
    why: "the run of the newest 8 readings stands apart from earlier runs",
    drawsLots: true,
  },
  "knn-conformal": {
    name: "kNN conformal",
    title: "kNN conformal",
    description: "Distance of a run of eight readings to its nearest earlier runs.",
    source: "Burnaev and Ishimtsev 2016",
    finds: ["spike", "level shift", "change of variance"],
    memoryReadings: limits.neighbourPoints * limits.shingle,
    warmUp: 2 * limits.warmUp,
    why: "no earlier run of 8 readings is near the newest",
  },
  "forecast-interval": {
    name: "forecast interval",
    title: "Forecast interval",
    description: "The reading lies outside of the interval of a one-step forecast.",
    source: "Hyndman and Athanasopoulos 2021, chapter 8",
    finds: ["spike"],
    memoryReadings: 5,
    warmUp: limits.warmUp,
    why: "it is outside of the interval forecast for it",
  },
  autoencoder: {
    name: "autoencoder",
    title: "Autoencoder",
    description: "A small network that is trained as it goes fails to reproduce the newest run.",
    source: "Sakurada and Yairi 2014",
    finds: ["spike"],
    memoryReadings: limits.window + 2 * limits.hiddenUnits * limits.shingle,
    warmUp: 2 * limits.warmUp,
    why: "a network trained on earlier runs of 8 readings cannot reproduce the newest",
    drawsLots: true,
  },
  "windowed-gaussian": {
    name: "windowed Gaussian",
    title: "Windowed Gaussian",
    description: "Tail of the normal distribution of a long window: the benchmark's own baseline.",
    source: "Numenta Anomaly Benchmark 1.1",
    finds: ["spike"],
    memoryReadings: limits.gaussianWindow + limits.gaussianStep,
    warmUp: 1,
    why: "it is in the tail of the normal distribution of the readings before it",
  },
};

const threshold = {
  name: "threshold",
  description: "Scores from here on raise an alarm",
  default: "0.5",
};
const likelihood = {
  name: "likelihood",
  description: "Hold scores against the detector's own past (Lavin and Ahmad 2015)",
  default: "false",
};
const season = { name: "season", description: "Readings in a season", default: "none" };
const seed = { name: "seed", description: "The same seed gives the same scores", default: "1" };

/** Every detector as the API lists it. */
export function detectorList() {
  return Object.entries(detectorCatalogue).map(([id, entry]) => {
    const { title, description, source, finds, memoryReadings, warmUp, hasSeason, drawsLots } =
      entry;
    return {
      id: id as DetectorId,
      title,
      description,
      source,
      finds: [...finds],
      memoryReadings,
      warmUp,
      parameters: [
        threshold,
        likelihood,
        ...(hasSeason === true ? [season] : []),
        ...(drawsLots === true ? [seed] : []),
      ],
    };
  });
}

/** Every streaming detector by name, for tables and choices. */
import { Random } from "../../../cluster/random.ts";
import { Autoencoder } from "./autoencoder.ts";
import { BayesianChangePoint } from "./bayesian-change-point.ts";
import { CombinedDetector } from "./combined-detector.ts";
import { Cusum } from "./cusum.ts";
import { Ewma } from "./ewma.ts";
import { ForecastInterval } from "./forecast-interval.ts";
import { KnnConformal } from "./knn-conformal.ts";
import { RandomCutForest } from "./random-cut-forest.ts";
import { RobustZ } from "./robust-z.ts";
import { SeasonalHybridEsd } from "./seasonal-hybrid-esd.ts";
import { SpectralResidual } from "./spectral-residual.ts";
import type { StreamingDetector } from "./streaming-detector.ts";
import { WindowedGaussian } from "./windowed-gaussian.ts";

interface DetectorChoice {
  /** Readings in a season, when there is one and it is known. */
  readonly season: number | null;
  /** Time between readings, for detectors that keep time. */
  readonly intervalMs: number;
  /** Of the detectors that draw lots; the same seed gives the same scores. */
  readonly seed: number;
}

export const streamingDetectors = {
  combined: ({ season, intervalMs }) =>
    new CombinedDetector({ seasonMs: season === null ? null : season * intervalMs }),
  "robust z": () => new RobustZ(),
  EWMA: () => new Ewma(),
  CUSUM: () => new Cusum(),
  "Bayesian change point": () => new BayesianChangePoint(),
  "seasonal hybrid ESD": ({ season }) => new SeasonalHybridEsd(season),
  "spectral residual": () => new SpectralResidual(),
  "random cut forest": ({ seed }) => new RandomCutForest(new Random(seed)),
  "kNN conformal": () => new KnnConformal(),
  "forecast interval": () => new ForecastInterval(),
  autoencoder: ({ seed }) => new Autoencoder(new Random(seed)),
  "windowed Gaussian": () => new WindowedGaussian(),
} as const satisfies Record<string, (choice: DetectorChoice) => StreamingDetector>;

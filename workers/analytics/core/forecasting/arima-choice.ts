/**
 * ARIMA whose orders are chosen by the stepwise search of Hyndman and Khandakar, "Automatic Time
 * Series Forecasting" (2008), section 3.2: differences by tests, the rest by AICc. Every candidate is
 * fitted by exact maximum likelihood.
 */
import {
  arimaForecaster,
  arimaName,
  type ArimaOrder,
  fitArima,
  type FittedArima,
  isClear,
  steadyArima,
} from "./arima-fit.ts";
import { type Forecaster, type Series, SeriesProblem } from "./series.ts";
import { type Differences, differencesFor } from "./unit-roots.ts";

const modelsMax = 94;
const orderMax = 5;
const seasonalOrderMax = 2;
/** Longer seasons are taken out by a decomposition first. */
export const arimaSeasonMax = 24;

/** @throws SeriesProblem when nothing can be fitted */
export function* chooseArima({ values, season }: Series): Generator<undefined, Forecaster> {
  const m = season <= arimaSeasonMax ? season : 1;
  const differences = differencesFor(values, m);
  const steady = steadyArima(values, m, differences);
  if (steady !== null) {
    const reason = "What the differences leave is constant.";
    return arimaForecaster(values, steady, [...differences.why, reason]);
  }
  const search = new Search(values, m, differences);
  yield* search.run();
  const best = search.best;
  if (best === null) {
    throw new SeriesProblem(`${values.length} values are too few for an ARIMA model.`);
  }
  const choice = `${arimaName(best.order, m)} has the least AICc of the ${search.tried} models on the way: ${best.aicc.toFixed(2)}.`;
  return arimaForecaster(values, best, [...differences.why, choice]);
}

type Free = Omit<ArimaOrder, "d" | "D">;

/** Neighbours in the order in which they are tried: seasonal orders, then plain ones. */
const moves: readonly (readonly [keyof Free, number][])[] = [
  [["P", -1]],
  [["Q", -1]],
  [["P", 1]],
  [["Q", 1]],
  [
    ["P", -1],
    ["Q", -1],
  ],
  [
    ["P", -1],
    ["Q", 1],
  ],
  [
    ["P", 1],
    ["Q", -1],
  ],
  [
    ["P", 1],
    ["Q", 1],
  ],
  [["p", -1]],
  [["q", -1]],
  [["p", 1]],
  [["q", 1]],
  [
    ["p", -1],
    ["q", -1],
  ],
  [
    ["p", -1],
    ["q", 1],
  ],
  [
    ["p", 1],
    ["q", -1],
  ],
  [
    ["p", 1],
    ["q", 1],
  ],
];

class Search {
  readonly #values: Float64Array;
  readonly #season: number;
  readonly #differences: Differences;
  readonly #max: Record<"p" | "q" | "P" | "Q", number>;
  readonly #mayHaveConstant: boolean;
  readonly #seen = new Set<string>();
  best: FittedArima | null = null;

  constructor(values: Float64Array, season: number, differences: Differences) {
    this.#values = values;
    this.#season = season;
    this.#differences = differences;
    const third = Math.floor(values.length / 3);
    const seasonal = season > 1 ? Math.min(seasonalOrderMax, Math.floor(third / season)) : 0;
    const plain = Math.min(orderMax, third, seasonal > 0 ? season - 1 : orderMax);
    this.#max = { p: plain, q: plain, P: seasonal, Q: seasonal };
    this.#mayHaveConstant = differences.d + differences.D <= 1;
  }

  get tried(): number {
    return this.#seen.size;
  }

  *run(): Generator<undefined, void> {
    const constant = this.#mayHaveConstant;
    const { p, q, P, Q } = this.#max;
    const isShort = this.#values.length < 10;
    const atMost = (limit: number, wish: number) => Math.min(limit, wish);
    const one = (limit: number) => atMost(limit, 1);
    const firstPlain = isShort ? 1 : 2;
    const firstSeasonal = isShort ? 0 : 1;
    const starts: Free[] = [
      {
        p: atMost(p, firstPlain),
        q: atMost(q, firstPlain),
        P: atMost(P, firstSeasonal),
        Q: atMost(Q, firstSeasonal),
        constant,
      },
      { p: 0, q: 0, P: 0, Q: 0, constant },
      { p: one(p), q: 0, P: one(P), Q: 0, constant },
      { p: 0, q: one(q), P: 0, Q: one(Q), constant },
      { p: 0, q: 0, P: 0, Q: 0, constant: false },
    ];
    for (const start of starts) yield* this.#try(start);
    for (let isBetter = this.best !== null; isBetter;) isBetter = yield* this.#step();
  }

  /** Goes to the first neighbour that is better; false when none is. */
  *#step(): Generator<undefined, boolean> {
    const from = this.best!.order;
    for (const move of moves) {
      const to = { ...from };
      for (const [name, by] of move) if (name !== "constant") to[name] += by;
      if (yield* this.#try(to)) return true;
    }
    if (!this.#mayHaveConstant) return false;
    return yield* this.#try({ ...from, constant: !from.constant });
  }

  *#try(free: Free): Generator<undefined, boolean> {
    const { p, q, P, Q } = free;
    const order = this.#whole(free);
    const key = arimaName(order, this.#season);
    const isWithin =
      Math.min(p, q, P, Q) >= 0 &&
      p <= this.#max.p &&
      q <= this.#max.q &&
      P <= this.#max.P &&
      Q <= this.#max.Q;
    if (!isWithin || this.#seen.has(key) || this.#seen.size >= modelsMax) return false;
    this.#seen.add(key);
    const fit: FittedArima | null = yield* fitArima(this.#values, order, this.#season);
    if (fit === null || !Number.isFinite(fit.aicc) || !isClear(fit)) return false;
    if (this.best !== null && fit.aicc >= this.best.aicc) return false;
    this.best = fit;
    return true;
  }

  #whole({ p, q, P, Q, constant }: Free): ArimaOrder {
    const { d, D } = this.#differences;
    return { p, d, q, P, D, Q, constant };
  }
}

/** Labels of anomalies, and what they do to thresholds. */
import type { Anomaly, Feedback, Opinions } from "../contract.ts";
import { detectorList } from "../core/anomaly/detector-catalogue.ts";
import { adjustmentOf, feedbackRule, precisionOf } from "../core/anomaly/feedback.ts";
import type { FoundAnomaly } from "../core/anomaly-log.ts";
import type { Observer } from "../core/observer.ts";
import { analyticsProblem } from "../errors.ts";
import type { FeedbackStore } from "../feedback-store.ts";
import type { AnalyticsHost } from "./host.ts";

interface FeedbackParts {
  readonly host: AnalyticsHost;
  readonly observer: Observer;
  readonly store: FeedbackStore;
  readonly kept: Feedback["kept"];
  /** What the detectors think of an anomaly; kept with its label. */
  readonly opinionsOf: (anomaly: FoundAnomaly) => Promise<Opinions>;
  readonly changed: () => void;
}

export class FeedbackDesk {
  readonly #parts: FeedbackParts;

  constructor(parts: FeedbackParts) {
    this.#parts = parts;
    for (const series of new Set(parts.store.labels.map((label) => label.series))) {
      this.#apply(series);
    }
  }

  /** An anomaly with what was said of it. */
  labelled(found: FoundAnomaly): Anomaly {
    const label = this.#parts.store.find(found.series, found.since);
    if (label === null) return { ...found, label };
    const { verdict, note, at } = label;
    return { ...found, label: { verdict, note, at } };
  }

  /** @throws ANOMALY_UNKNOWN */
  get(id: number): FoundAnomaly {
    const found = this.#parts.observer.anomalies.find(id);
    if (found === null) throw analyticsProblem("ANOMALY_UNKNOWN", `There is no anomaly ${id}.`);
    return found;
  }

  async label(input: { id: number; verdict: "true alarm" | "false alarm"; note: string }) {
    const { store, host, opinionsOf, changed } = this.#parts;
    const before = this.get(input.id);
    // A label is worth keeping without what the detectors would have said.
    const { opinions } = await opinionsOf(before).catch(() => ({ opinions: [] }));
    const found = this.get(input.id);
    const { series, since, title, score, threshold, sensitivity } = found;
    const strength = Math.max(1, (Math.abs(score) / threshold) * sensitivity);
    const { verdict, note } = input;
    store.put({ series, since, title, strength, verdict, note, at: host.now(), opinions });
    this.#apply(series);
    changed();
    return this.labelled(found);
  }

  unlabel(id: number): Anomaly {
    const found = this.get(id);
    this.#parts.store.remove(found.series, found.since);
    this.#apply(found.series);
    this.#parts.changed();
    return this.labelled(found);
  }

  /** A series without labels has nothing to set back. */
  reset(series: string): Feedback {
    const { store, host } = this.#parts;
    if (store.labels.some((label) => label.series === series)) {
      store.reset(series, host.now());
      this.#apply(series);
    }
    return this.report();
  }

  report(): Feedback {
    const { store, kept } = this.#parts;
    const labels = store.labels;
    const series = [...new Set(labels.map((label) => label.series))];
    return {
      rule: feedbackRule,
      kept,
      labels: labels
        .map((label) => {
          const { opinions: _opinions, ...said } = label;
          return { ...said, counts: store.counts(label) };
        })
        .toReversed(),
      adjustments: series.map((id) => {
        const own = labels.filter((label) => label.series === id && store.counts(label));
        const falseAlarms = own.filter(({ verdict }) => verdict === "false alarm").length;
        const trueAlarms = own.length - falseAlarms;
        return { series: id, factor: adjustmentOf(own), trueAlarms, falseAlarms };
      }),
      detectors: precisionOf(labels, detectorList()),
    };
  }

  #apply(series: string): void {
    const { store, observer } = this.#parts;
    const own = store.labels.filter((label) => label.series === series && store.counts(label));
    observer.adjust(series, adjustmentOf(own));
  }
}

/** The API of anomalies: detectors, sessions, labels. */
import { implement } from "@orpc/server";
import { anomaliesContract } from "../contract-anomalies.ts";
import { sessionLimits } from "../anomaly-limits.ts";
import { detectorList } from "../core/anomaly/detector-catalogue.ts";
import type { Observer } from "../core/observer.ts";
import type { FeedbackStore } from "../feedback-store.ts";
import { DetectorSessions } from "./detector-sessions.ts";
import { FeedbackDesk } from "./feedback.ts";
import type { AnalyticsHost } from "./host.ts";
import { OpinionDesk } from "./opinions.ts";
import { Scoring } from "./score.ts";

interface AnomalyParts {
  readonly host: AnalyticsHost;
  readonly observer: Observer;
  readonly store: FeedbackStore;
  readonly isKept: boolean;
  /** Watchers of anomalies are to be told. */
  readonly changed: () => void;
}

export function createAnomalies({ host, observer, store, isKept, changed }: AnomalyParts) {
  const scoring = new Scoring();
  const desk = new OpinionDesk(observer, scoring);
  const feedback = new FeedbackDesk({
    host,
    observer,
    store,
    kept: isKept ? "on disk" : "until the thread ends",
    opinionsOf: (anomaly) => desk.of(anomaly),
    changed,
  });
  const sessions = new DetectorSessions({
    host,
    observer,
    anomaliesChanged: changed,
    forget: (series) => feedback.reset(series),
  });
  const os = implement(anomaliesContract);
  const router = {
    detectors: os.detectors.handler(() => ({ detectors: detectorList() })),
    score: os.score.handler(({ input, signal }) => scoring.answer(input, signal)),
    sessions: {
      create: os.sessions.create.handler(({ input }) => sessions.create(input)),
      list: os.sessions.list.handler(() => ({
        sessions: sessions.list(),
        sessionsMax: sessionLimits.sessionsMax,
      })),
      get: os.sessions.get.handler(({ input }) => sessions.get(input.id)),
      feed: os.sessions.feed.handler(({ input, signal }) =>
        sessions.feed(input.id, input.readings, signal),
      ),
      watch: os.sessions.watch.handler(({ input, signal }) => sessions.watch(input.id, signal)),
      remove: os.sessions.remove.handler(({ input }) => sessions.remove(input.id)),
    },
    get: os.get.handler(({ input }) => feedback.labelled(feedback.get(input.id))),
    opinions: os.opinions.handler(({ input, signal }) => desk.of(feedback.get(input.id), signal)),
    label: os.label.handler(({ input }) => feedback.label(input)),
    unlabel: os.unlabel.handler(({ input }) => feedback.unlabel(input.id)),
    feedback: os.feedback.handler(() => feedback.report()),
    reset: os.reset.handler(({ input }) => feedback.reset(input.series)),
  };
  return {
    router,
    sweep: () => sessions.sweep(),
    /** The anomalies with their labels, as a list of the observer's. */
    list: (limit: number, series?: string) => {
      const { anomalies, ...counts } = observer.anomalies.list(limit, series);
      return { anomalies: anomalies.map((each) => feedback.labelled(each)), ...counts };
    },
    close: () => scoring.close(),
  };
}

/** Telemetry that somebody sends, judged as it comes by a detector of choice and the live one. */
import { sessionLimits as limits } from "../anomaly-limits.ts";
import type { Reason, Session, SessionInput, SessionVerdict } from "../contract.ts";
import { AlarmLog } from "../core/anomaly/alarm-log.ts";
import { detectorCatalogue } from "../core/anomaly/detector-catalogue.ts";
import { FeatureDetectors } from "../core/anomaly/feature-detectors.ts";
import { liveDetectionLimits } from "../core/anomaly/limits.ts";
import type { Observer } from "../core/observer.ts";
import { analyticsProblem } from "../errors.ts";
import type { AnalyticsHost } from "./host.ts";
import { SlicedWork } from "./in-slices.ts";
import { Changing } from "./watch.ts";

/** The state of a session that is no more. */
const ended = "ended";

interface FedReading {
  readonly at?: number | undefined;
  readonly values: Readonly<Record<string, number | null>>;
}

interface Open {
  readonly id: string;
  readonly input: SessionInput;
  readonly series: readonly string[];
  readonly detectors: FeatureDetectors;
  readonly alarms: AlarmLog<Reason>;
  readonly warmUp: number;
  readonly createdAt: number;
  readonly changing: Changing;
  newest: SessionVerdict[];
  readings: number;
  fedAt: number;
  /** Time of the newest reading that was accepted. */
  lastMs: number | null;
  ended: boolean;
}

interface SessionParts {
  readonly host: AnalyticsHost;
  readonly observer: Observer;
  readonly anomaliesChanged: () => void;
  /** A new session has nothing to do with an earlier one of the same name. */
  readonly forget: (series: string) => void;
}

export class DetectorSessions {
  readonly #parts: SessionParts;
  readonly #work: SlicedWork;
  readonly #open = new Map<string, Open>();
  #next = 1;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#work = new SlicedWork(parts.host);
  }

  /** @throws SESSIONS_FULL */
  create(input: SessionInput): Session {
    this.sweep();
    const { host, observer, forget } = this.#parts;
    if (this.#open.size >= limits.sessionsMax) {
      throw analyticsProblem("SESSIONS_FULL", `${this.#open.size} sessions are open already.`);
    }
    const { detector, title, unit, intervalMs, likelihood, seed, threshold } = input;
    const features = [...new Set(input.features)];
    const id = `session-${this.#next++}`;
    const season = input.season ?? null;
    const warmUp = Math.max(season ?? 0, liveDetectionLimits.warmUp);
    const series = features.map((feature) => `${id}.${feature}`);
    for (const [i, each] of series.entries()) {
      forget(each);
      const name = features.length === 1 ? title : `${features[i]} of ${title}`;
      observer.admit({ id: each, title: name, unit, subject: id, deviationMin: 0 }, warmUp);
    }
    const settings = { detector, season, intervalMs, likelihood, seed };
    const session: Open = {
      id,
      input: { ...input, features },
      series,
      detectors: new FeatureDetectors(features, settings),
      alarms: new AlarmLog(limits.mergeReadings * intervalMs, threshold),
      warmUp: Math.max(warmUp, detectorCatalogue[detector].warmUp),
      createdAt: host.now(),
      changing: new Changing(),
      newest: [],
      readings: 0,
      fedAt: host.now(),
      lastMs: null,
      ended: false,
    };
    this.#open.set(id, session);
    return inWords(session);
  }

  list(): Session[] {
    this.sweep();
    return [...this.#open.values()].map(inWords);
  }

  get(id: string): Session {
    return inWords(this.#require(id));
  }

  /** Judged one after the other, a few milliseconds at a time. */
  async feed(id: string, readings: readonly FedReading[], signal: AbortSignal | undefined) {
    const session = this.#require(id);
    const { features } = session.input;
    for (const [i, { values }] of readings.entries()) {
      const unknown = Object.keys(values).find((name) => !features.includes(name));
      if (unknown === undefined) continue;
      throw unfit(
        `readings.${i}.values.${unknown}`,
        `${id} has the features ${features.join(", ")}.`,
      );
    }
    const timed = this.#timed(session, readings);
    session.lastMs = timed.at(-1)!.at;
    session.fedAt = this.#parts.host.now();
    const { result } = await this.#work.run(() => this.#judge(session, timed), signal);
    session.changing.changed();
    return { session: inWords(session), verdicts: result };
  }

  /** The session now and after every reading, until it ends. */
  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<Session> {
    const session = this.#require(id);
    for await (const state of session.changing.watch(() => inWords(session), signal)) {
      yield state;
      if (state.state === ended) return;
    }
  }

  remove(id: string): { sessions: number } {
    this.#end(this.#require(id));
    return { sessions: this.#open.size };
  }

  /** Ends sessions that nobody feeds. */
  sweep(): void {
    const oldest = this.#parts.host.now() - limits.idleMs;
    for (const session of this.#open.values()) if (session.fedAt < oldest) this.#end(session);
  }

  #end(session: Open): void {
    this.#open.delete(session.id);
    session.ended = true;
    for (const series of session.series) this.#parts.observer.dismiss(series);
    session.changing.changed();
    this.#parts.anomaliesChanged();
  }

  #require(id: string): Open {
    this.sweep();
    const session = this.#open.get(id);
    if (session !== undefined) return session;
    throw analyticsProblem("SESSION_UNKNOWN", `There is no session ${id}.`);
  }

  #timed({ lastMs, input }: Open, readings: readonly FedReading[]) {
    const now = this.#parts.host.now();
    let last = lastMs;
    return readings.map(({ at, values }, i) => {
      const arrived = now - (readings.length - 1 - i) * input.intervalMs;
      const time = at ?? Math.max(arrived, (last ?? -Infinity) + input.intervalMs);
      if (last !== null && time < last) {
        throw unfit(`readings.${i}.at`, "Times never run backwards.");
      }
      if (time > now + limits.futureMaxMs) {
        throw unfit(`readings.${i}.at`, "A reading from more than an hour ahead is refused.");
      }
      last = time;
      return { at: time, values };
    });
  }

  *#judge(session: Open, readings: readonly { at: number; values: FedReading["values"] }[]) {
    const { observer, anomaliesChanged } = this.#parts;
    const { detectors, alarms, series, input } = session;
    const verdicts: SessionVerdict[] = [];
    let changed = false;
    for (const { at, values } of readings) {
      const unusual: string[] = [];
      for (const [i, feature] of input.features.entries()) {
        const fed = observer.feed(series[i]!, at, values[feature] ?? null);
        if (fed?.verdict.unusual === true) unusual.push(feature);
        changed ||= fed?.changed === true;
      }
      const found = detectors.update(at, values);
      const alarm = found !== null && found.score >= input.threshold;
      if (found !== null) alarms.add(at, found.score, found.reason);
      const score = found === null ? null : found.score;
      verdicts.push({ at, score, alarm, unusual, reason: alarm ? found.reason.text : null });
      session.readings += 1;
      yield;
    }
    session.newest = [...session.newest, ...verdicts].slice(-limits.newestMax);
    if (changed) anomaliesChanged();
    return verdicts;
  }
}

function inWords(session: Open): Session {
  const { id, input, series, createdAt, readings, warmUp, newest, alarms, fedAt } = session;
  const { title, detector, features, unit } = input;
  const state = readings < warmUp ? `warming up, ${readings} of ${warmUp}` : "watching";
  return {
    id,
    title,
    detector,
    features,
    series: [...series],
    unit,
    createdAt,
    expiresAt: fedAt + limits.idleMs,
    readings,
    state: session.ended ? ended : state,
    newest,
    alarms: [...alarms.alarms],
  };
}

function unfit(path: string, message: string) {
  return analyticsProblem("READINGS_UNFIT", message, { issues: [{ path, message }] });
}

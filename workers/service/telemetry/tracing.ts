/** OpenTelemetry tracing of one thread: W3C propagation, bounded sampling, spans to the outbox. */
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type HrTime,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  ParentBasedSampler,
  SamplingDecision,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
  type SpanProcessor,
} from "@opentelemetry/sdk-trace";
import type { SubsystemId } from "../contract.ts";
import { telemetryLimits } from "../limits.ts";
import type { RecordAttributes, SpanRecord } from "../records.ts";

/** Registers the global tracer; call once, before the first span. */
export function startTracing(
  subsystem: SubsystemId,
  sink: (span: SpanRecord) => void,
  nowMs: () => number,
): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const perSecond = (rate: number, burst: number) => new RateLimitingSampler(rate, burst, nowMs);
  trace.setGlobalTracerProvider(
    new TracerProvider({
      sampler: new ParentBasedSampler({
        root: perSecond(telemetryLimits.rootSpansPerSecond, telemetryLimits.rootSpansBurst),
        remoteParentSampled: perSecond(
          telemetryLimits.childSpansPerSecond,
          telemetryLimits.childSpansPerSecond,
        ),
      }),
      spanLimits: { attributeValueLengthLimit: telemetryLimits.attributeLengthMax },
      spanProcessors: [new OutboxProcessor(subsystem, sink)],
    }),
  );
}

/** A token bucket: under load a bounded share of requests is traced, all are counted. */
export class RateLimitingSampler implements Sampler {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #nowMs: () => number;
  #tokens: number;
  #refilledAt: number;

  constructor(perSecond: number, burst: number, nowMs: () => number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#nowMs = nowMs;
    this.#tokens = burst;
    this.#refilledAt = nowMs();
  }

  shouldSample(): { decision: SamplingDecision } {
    const now = this.#nowMs();
    const refill = ((now - this.#refilledAt) / 1_000) * this.#perSecond;
    this.#tokens = Math.min(this.#burst, this.#tokens + refill);
    this.#refilledAt = now;
    if (this.#tokens < 1) return { decision: SamplingDecision.NOT_RECORD };
    this.#tokens -= 1;
    return { decision: SamplingDecision.RECORD_AND_SAMPLED };
  }

  toString(): string {
    return `RateLimitingSampler{${this.#perSecond}/s}`;
  }
}

class OutboxProcessor implements SpanProcessor {
  readonly #subsystem: SubsystemId;
  readonly #sink: (span: SpanRecord) => void;

  constructor(subsystem: SubsystemId, sink: (span: SpanRecord) => void) {
    this.#subsystem = subsystem;
    this.#sink = sink;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    this.#sink(toRecord(span, this.#subsystem));
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}

const kinds = {
  [SpanKind.INTERNAL]: "internal",
  [SpanKind.SERVER]: "server",
  [SpanKind.CLIENT]: "client",
  [SpanKind.PRODUCER]: "producer",
  [SpanKind.CONSUMER]: "consumer",
} as const;

const statuses = {
  [SpanStatusCode.UNSET]: "unset",
  [SpanStatusCode.OK]: "ok",
  [SpanStatusCode.ERROR]: "error",
} as const;

function toRecord(span: ReadableSpan, subsystem: SubsystemId): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? null,
    subsystem,
    name: span.name,
    kind: kinds[span.kind],
    startTimeMs: toMs(span.startTime),
    durationMs: toMs(span.duration),
    status: statuses[span.status.code],
    statusMessage: span.status.message?.slice(0, telemetryLimits.attributeLengthMax) ?? null,
    attributes: flatten(span.attributes),
  };
}

/** Arrays become text: the store and its readers know scalars alone. */
export function flatten(attributes: Attributes): RecordAttributes {
  const flat: RecordAttributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    const scalar = ["string", "number", "boolean"].includes(typeof value);
    if (scalar) flat[key] = value as string | number | boolean;
    else if (value !== undefined && value !== null) flat[key] = JSON.stringify(value);
  }
  return flat;
}

function toMs([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1e6;
}

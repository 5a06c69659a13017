/** Spans with start and end to the microsecond; the SDK's own start times are whole milliseconds. */
import { context, trace } from "@opentelemetry/api";
import type { Attributes, Context, Span, SpanKind, Tracer } from "@opentelemetry/api";

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly attributes?: Attributes;
}

/** Runs `work` in the span's context and ends the span when it has settled. */
export async function startSpan<T>(
  tracer: Tracer,
  { name, kind, parent, attributes = {} }: SpanStart,
  work: (span: Span) => T | Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { kind, attributes, startTime: epochMs() }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } finally {
    span.end(epochMs());
  }
}

/** Milliseconds since the Unix epoch, with a fraction. */
function epochMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Structured logs of one thread, tied to the active trace. */
import { trace } from "@opentelemetry/api";
import type { SubsystemId } from "../contract.ts";
import { telemetryLimits } from "../limits.ts";
import type { LogLevel, LogRecord, RecordAttributes } from "../records.ts";

export class Logger {
  readonly #subsystem: SubsystemId;
  readonly #sink: (record: LogRecord) => void;
  readonly #now: () => number;

  constructor(subsystem: SubsystemId, sink: (record: LogRecord) => void, now: () => number) {
    this.#subsystem = subsystem;
    this.#sink = sink;
    this.#now = now;
  }

  debug(message: string, attributes?: RecordAttributes): void {
    this.#log("debug", message, attributes);
  }
  info(message: string, attributes?: RecordAttributes): void {
    this.#log("info", message, attributes);
  }
  warn(message: string, attributes?: RecordAttributes): void {
    this.#log("warn", message, attributes);
  }
  error(message: string, attributes?: RecordAttributes): void {
    this.#log("error", message, attributes);
  }

  #log(level: LogLevel, message: string, attributes: RecordAttributes = {}): void {
    this.#sink({
      at: this.#now(),
      level,
      subsystem: this.#subsystem,
      message: printable(message),
      traceId: trace.getActiveSpan()?.spanContext().traceId ?? null,
      attributes,
    });
  }
}

/** One line, no control or escape sequences: a log must not be able to forge another line. */
function printable(message: string): string {
  return message.replaceAll(/\p{Cc}+/gu, " ").slice(0, telemetryLimits.messageLengthMax);
}

/** Metrics of one thread through the OpenTelemetry API, served as Prometheus text. */
import { metrics, type Meter } from "@opentelemetry/api";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import type { SubsystemId } from "../contract.ts";

/** Upper bounds of request durations in seconds, from the HTTP semantic conventions, and finer. */
const durationBoundsSeconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

export class ThreadMetrics {
  readonly meter: Meter;
  readonly #reader = new PrometheusExporter({ preventServerStart: true });
  readonly #serializer = new PrometheusSerializer();
  readonly #duration;
  readonly #refused;
  #total = 0;
  #errors = 0;
  #inFlight = 0;
  #onRequest: () => void = () => undefined;

  constructor(subsystem: SubsystemId, version: string) {
    const provider = new MeterProvider({
      readers: [this.#reader],
      resource: resourceFromAttributes({ "service.name": subsystem, "service.version": version }),
    });
    metrics.setGlobalMeterProvider(provider);
    this.meter = provider.getMeter("service");
    this.#duration = this.meter.createHistogram("http.server.request.duration.seconds", {
      unit: "s",
      description: "Duration of HTTP server requests",
      advice: { explicitBucketBoundaries: durationBoundsSeconds },
    });
    this.#refused = this.meter.createCounter("http.server.refused", {
      description: "Requests that the guard refused, by problem code",
    });
    this.meter
      .createObservableGauge("http.server.active_requests", {
        description: "Requests that are being answered",
      })
      .addCallback((result) => result.observe(this.#inFlight));
    this.#observeProcess();
  }

  /** Calls at the beginning and at the end of each request. */
  onRequest(listener: () => void): void {
    this.#onRequest = listener;
  }

  requestStarted(): void {
    this.#inFlight += 1;
    this.#onRequest();
  }

  /** Answered, or given up by the client. */
  requestClosed(): void {
    this.#inFlight -= 1;
    this.#onRequest();
  }

  requestAnswered(method: string, routePath: string, status: number, durationMs: number): void {
    this.#total += 1;
    if (status >= 500) this.#errors += 1;
    this.#duration.record(durationMs / 1_000, {
      "http.request.method": method,
      "http.route": routePath,
      "http.response.status_code": status,
    });
  }

  requestRefused(code: string): void {
    this.#total += 1;
    this.#refused.add(1, { "error.type": code });
  }

  get requestsInFlight(): number {
    return this.#inFlight;
  }

  counts() {
    return {
      requestsTotal: this.#total,
      requestErrorsTotal: this.#errors,
      requestsInFlight: this.#inFlight,
    };
  }

  /** Prometheus text exposition format 0.0.4. */
  async prometheusText(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }

  #observeProcess(): void {
    this.meter
      .createObservableGauge("nodejs.heap.used.bytes", {
        unit: "By",
        description: "JavaScript heap of the thread that is in use",
      })
      .addCallback((result) => result.observe(process.memoryUsage().heapUsed));
    this.meter
      .createObservableCounter("nodejs.thread.cpu.seconds", {
        unit: "s",
        description: "Processor time of the thread since it started",
      })
      .addCallback((result) => {
        const { user, system } = process.threadCpuUsage();
        result.observe((user + system) / 1e6);
      });
  }
}

/** The golden signals of the mesh's edges as metrics of this thread, read when somebody asks for them. */
import { metrics, type ObservableResult } from "@opentelemetry/api";
import type { EdgeView } from "../core/mesh/edge-metrics.ts";

/** @returns ends it */
export function observeMesh(edges: () => readonly EdgeView[]): () => void {
  const meter = metrics.getMeter("mesh");
  const observables = [
    counter("mesh.requests", "Requests of one workload to another", ({ requests }, observe) =>
      observe(requests),
    ),
    counter("mesh.request.errors", "Requests that failed, by class", ({ errors }, observe) => {
      for (const [type, count] of Object.entries(errors)) observe(count, { "error.type": type });
    }),
    counter("mesh.request.sent.bytes", "Bytes to the destination", ({ sentBytes }, observe) =>
      observe(sentBytes),
    ),
    counter("mesh.request.received.bytes", "Bytes from it", ({ receivedBytes }, observe) =>
      observe(receivedBytes),
    ),
    counter("mesh.denials", "What the destination's policies refused", ({ denials }, observe) =>
      observe(denials),
    ),
    counter("mesh.handshakes", "New connections", (edge, observe) => {
      observe(edge.handshakes - edge.resumptions, { how: "full" });
      observe(edge.resumptions, { how: "resumed" });
      observe(edge.handshakeFailures, { how: "failed" });
    }),
  ];
  const latency = meter.createObservableGauge("mesh.request.duration.seconds", {
    unit: "s",
    description: "Quantiles since the edge was first seen",
  });
  const readLatency = (result: ObservableResult): void => {
    for (const edge of edges()) {
      const quantiles = { "0.5": edge.p50Ms, "0.9": edge.p90Ms, "0.99": edge.p99Ms };
      for (const [quantile, ms] of Object.entries(quantiles)) {
        if (ms !== null) result.observe(ms / 1_000, { ...endsOf(edge), quantile });
      }
    }
  };
  latency.addCallback(readLatency);
  return () => {
    latency.removeCallback(readLatency);
    for (const end of observables) end();
  };

  function counter(
    name: string,
    description: string,
    read: (
      edge: EdgeView,
      observe: (value: number, more?: Readonly<Record<string, string>>) => void,
    ) => void,
  ): () => void {
    const observable = meter.createObservableCounter(name, { description });
    const callback = (result: ObservableResult): void => {
      for (const edge of edges()) {
        read(edge, (value, more) => result.observe(value, { ...endsOf(edge), ...more }));
      }
    };
    observable.addCallback(callback);
    return () => observable.removeCallback(callback);
  }
}

function endsOf({ source, destination }: EdgeView) {
  return { "source.workload": source, "destination.workload": destination };
}

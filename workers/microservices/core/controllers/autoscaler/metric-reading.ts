/** One metric of an autoscaler, read from the pods of its target (podautoscaler/horizontal.go). */
import type { MetricSpec, MetricStatus, MetricTarget } from "kubernetes-types/autoscaling/v2";
import { milliOf } from "../../scheduling/quantity.ts";
import type { Pod } from "../pod-facts.ts";
import { isStarting, type PodMetrics, type PodReading, recommend } from "./replica-count.ts";

export interface MetricAnswer {
  readonly replicas: number;
  readonly status: MetricStatus;
  /** What was compared: "cpu resource utilization (percentage of request)". */
  readonly name: string;
}

/** Why a metric says nothing; `reason` is that of the condition. */
export interface MetricFailure {
  readonly reason: string;
  readonly message: string;
}

export const isFailure = (answer: MetricAnswer | MetricFailure): answer is MetricFailure =>
  "message" in answer;

export function readMetric(
  metric: MetricSpec,
  pods: readonly Pod[],
  metrics: PodMetrics,
  current: number,
  now: number,
): MetricAnswer | MetricFailure {
  const { type, resource, containerResource, pods: podMetric } = metric;
  const source = type === "Resource" ? resource : containerResource;
  if (type === "Pods" && podMetric !== undefined) {
    const { name } = podMetric.metric;
    const readings = pods.map((pod) => ({
      pod,
      amount: metrics.value(pod, name),
      full: milliOf(podMetric.target.averageValue ?? "0"),
      isUnready: pod.status?.phase === "Pending",
    }));
    const answer = recommend(readings, 1, current);
    if (answer === null) return noReading("FailedGetPodsMetric", `pods metric ${name}`);
    const averageValue = `${answer.averageAmount}m`;
    const status = { type, pods: { metric: podMetric.metric, current: { averageValue } } };
    return { replicas: answer.replicas, status, name: `pods metric ${name}` };
  }
  if (source === undefined || (type !== "Resource" && type !== "ContainerResource")) {
    const message = `the HPA was unable to compute the replica count: metric source type "${type}" is not supported here`;
    return { reason: "InvalidMetricSourceType", message };
  }
  const container = type === "ContainerResource" ? containerResource?.container : undefined;
  return readResource(type, source, container, pods, metrics, current, now);
}

function readResource(
  type: string,
  { name, target }: { name: string; target: MetricTarget },
  container: string | undefined,
  pods: readonly Pod[],
  metrics: PodMetrics,
  current: number,
  now: number,
): MetricAnswer | MetricFailure {
  const reason =
    type === "Resource" ? "FailedGetResourceMetric" : "FailedGetContainerResourceMetric";
  const wanted = target.averageUtilization;
  const readings: PodReading[] = [];
  for (const pod of pods) {
    const sample = metrics.usage(pod, name);
    let full = milliOf(target.averageValue ?? "0");
    if (wanted !== undefined) {
      const request = requestOf(pod, name, container);
      if (typeof request === "string") {
        return {
          reason,
          message: failed(
            name,
            `missing request for ${name} in container ${request} of Pod ${pod.metadata.name}`,
          ),
        };
      }
      full = request;
    }
    const parts =
      container === undefined ? sample?.containers.values() : [sample?.containers.get(container)];
    let amount = sample === undefined ? undefined : 0;
    for (const part of parts ?? [])
      amount = part === undefined || amount === undefined ? undefined : amount + part;
    const isPending = pod.status?.phase === "Pending";
    const isUnready = name === "cpu" ? isStarting(pod, sample, now) : isPending;
    readings.push({ pod, amount, full, isUnready });
  }
  const answer = recommend(readings, wanted === undefined ? 1 : wanted / 100, current);
  if (answer === null) return noReading(reason, name);
  const value = {
    averageValue: `${answer.averageAmount}m`,
    ...(wanted !== undefined && { averageUtilization: Math.trunc(answer.ratio * 100 + 1e-9) }),
  };
  const status: MetricStatus =
    container === undefined
      ? { type, resource: { name, current: value } }
      : { type, containerResource: { name, container, current: value } };
  const kind = container === undefined ? "resource" : "container resource";
  const how = wanted === undefined ? "" : " utilization (percentage of request)";
  return { replicas: answer.replicas, status, name: `${name} ${kind}${how}` };
}

/** Thousandths; the name of a container that has none. */
function requestOf(
  { spec }: Pod,
  resource: string,
  container: string | undefined,
): number | string {
  let sum = 0;
  for (const { name, resources } of spec?.containers ?? []) {
    if (container !== undefined && container !== name) continue;
    const request = resources?.requests?.[resource];
    if (request === undefined) return name;
    sum += milliOf(request);
  }
  return sum;
}

const failed = (name: string, why: string): string =>
  `the HPA was unable to compute the replica count: failed to get ${name} utilization: ${why}`;

const noReading = (reason: string, name: string): MetricFailure => ({
  reason,
  message: failed(name, "did not receive metrics for targeted pods (pods might be unready)"),
});

/**
 * HorizontalPodAutoscalers of autoscaling/v1 and v2 (pkg/apis/autoscaling/v1/conversion.go): v1 knows
 * the CPU's utilization alone and keeps the rest in annotations.
 */
import type { HorizontalPodAutoscaler as AutoscalerV1 } from "kubernetes-types/autoscaling/v1";
import type { HorizontalPodAutoscaler, MetricSpec } from "kubernetes-types/autoscaling/v2";
import type { JsonObject } from "../../../core/machinery/json.ts";
import type { KubeObject } from "../../../core/store/objects.ts";

const annotations = {
  metrics: "autoscaling.alpha.kubernetes.io/metrics",
  currentMetrics: "autoscaling.alpha.kubernetes.io/current-metrics",
  conditions: "autoscaling.alpha.kubernetes.io/conditions",
  behavior: "autoscaling.alpha.kubernetes.io/behavior",
} as const;

const isCpu = ({ type, resource }: MetricSpec): boolean =>
  type === "Resource" &&
  resource?.name === "cpu" &&
  resource.target.averageUtilization !== undefined;

export function autoscalerToV1(object: KubeObject): KubeObject {
  const { spec, status, metadata } = object as KubeObject & HorizontalPodAutoscaler;
  const {
    metrics = [],
    behavior,
    ...kept
  } = spec ?? { scaleTargetRef: {} as never, maxReplicas: 1 };
  const cpu = metrics.find(isCpu);
  const others = metrics.filter((metric) => metric !== cpu);
  const currentCpu = status?.currentMetrics?.find(({ resource }) => resource?.name === "cpu");
  const utilization = currentCpu?.resource?.current.averageUtilization;
  const added: Record<string, string> = {
    ...(others.length > 0 && { [annotations.metrics]: JSON.stringify(others) }),
    ...(behavior && { [annotations.behavior]: JSON.stringify(behavior) }),
    ...(status?.conditions && { [annotations.conditions]: JSON.stringify(status.conditions) }),
    ...(status?.currentMetrics?.length && {
      [annotations.currentMetrics]: JSON.stringify(status.currentMetrics),
    }),
  };
  const all = { ...metadata.annotations, ...added };
  const target = cpu?.resource?.target.averageUtilization;
  const { conditions: _conditions, currentMetrics: _metrics, ...statusKept } = status ?? {};
  return {
    ...object,
    apiVersion: "autoscaling/v1",
    metadata: { ...metadata, ...(Object.keys(all).length > 0 && { annotations: all }) },
    spec: { ...kept, ...(target !== undefined && { targetCPUUtilizationPercentage: target }) },
    ...(status && {
      status: {
        ...statusKept,
        ...(utilization !== undefined && { currentCPUUtilizationPercentage: utilization }),
      },
    }),
  };
}

export function autoscalerToV2(object: JsonObject): JsonObject {
  const { spec, status, metadata, ...rest } = object as unknown as AutoscalerV1;
  const kept = { ...metadata?.annotations };
  const taken = (name: string): unknown => {
    const text = kept[name];
    delete kept[name];
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // An annotation that somebody else wrote is not ours to understand.
      return undefined;
    }
  };
  const { targetCPUUtilizationPercentage: target, ...specKept } = spec ?? ({} as never);
  const others = taken(annotations.metrics);
  const behavior = taken(annotations.behavior);
  const conditions = taken(annotations.conditions);
  const currentMetrics = taken(annotations.currentMetrics);
  const metrics: unknown[] = Array.isArray(others) ? others : [];
  if (target !== undefined && target !== null) {
    const wanted = { type: "Utilization", averageUtilization: target };
    metrics.unshift({ type: "Resource", resource: { name: "cpu", target: wanted } });
  }
  const { currentCPUUtilizationPercentage: _current, ...statusKept } = status ?? ({} as never);
  return {
    ...rest,
    apiVersion: "autoscaling/v2",
    metadata: {
      ...metadata,
      ...(Object.keys(kept).length > 0 ? { annotations: kept } : { annotations: undefined }),
    },
    spec: {
      ...specKept,
      ...(metrics.length > 0 && { metrics }),
      ...(behavior !== undefined && { behavior }),
    },
    ...(status && {
      status: {
        ...statusKept,
        ...(conditions !== undefined && { conditions }),
        ...(currentMetrics !== undefined && { currentMetrics }),
      },
    }),
  } as unknown as JsonObject;
}

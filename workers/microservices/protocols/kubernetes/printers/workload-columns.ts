/** Tables of what makes pods: apps, batch, autoscaling and policy (printers.go). */
import type { MetricSpec, MetricStatus, MetricTarget } from "kubernetes-types/autoscaling/v2";
import type { ObjectOf } from "../../../core/store/objects.ts";
import {
  age,
  ageColumn,
  column,
  containerCells,
  formatLabels,
  formatSelector,
  nameColumn,
  type Printer,
  whole,
  wide,
} from "./columns.ts";
import { ageOf, humanDuration } from "./human-duration.ts";

const templateColumns = [column("Containers", wide), column("Images", wide)];
const selectorColumn = column("Selector", wide);

const replicaSet: Printer = {
  columns: [
    nameColumn,
    column("Desired", whole),
    column("Current", whole),
    column("Ready", whole),
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"replicasets.apps">;
    return [
      metadata.name,
      spec?.replicas ?? 0,
      status?.replicas ?? 0,
      status?.readyReplicas ?? 0,
      age(object, nowMs),
      ...containerCells(spec?.template?.spec?.containers),
      formatSelector(spec?.selector),
    ];
  },
};

const deployment: Printer = {
  columns: [
    nameColumn,
    column("Ready", { description: "Number of the pod with ready state" }),
    column("Up-to-date", whole),
    column("Available", whole),
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"deployments.apps">;
    return [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
      age(object, nowMs),
      ...containerCells(spec?.template.spec?.containers),
      formatSelector(spec?.selector),
    ];
  },
};

const statefulSet: Printer = {
  columns: [
    nameColumn,
    column("Ready", { description: "Number of the pod with ready state" }),
    ageColumn,
    ...templateColumns,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"statefulsets.apps">;
    return [
      metadata.name,
      `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`,
      age(object, nowMs),
      ...containerCells(spec?.template.spec?.containers),
    ];
  },
};

const daemonSet: Printer = {
  columns: [
    nameColumn,
    column("Desired", whole),
    column("Current", whole),
    column("Ready", whole),
    column("Up-to-date", whole),
    column("Available", whole),
    column("Node Selector"),
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"daemonsets.apps">;
    return [
      metadata.name,
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      formatLabels(spec?.template.spec?.nodeSelector),
      age(object, nowMs),
      ...containerCells(spec?.template.spec?.containers),
      formatSelector(spec?.selector),
    ];
  },
};

const controllerRevision: Printer = {
  columns: [nameColumn, column("Controller"), column("Revision"), ageColumn],
  cells(object, nowMs) {
    const { metadata, revision } = object as ObjectOf<"controllerrevisions.apps">;
    const owner = metadata.ownerReferences?.find(({ controller }) => controller);
    const group = owner?.apiVersion.includes("/") ? `.${owner.apiVersion.split("/")[0]}` : "";
    const controller = owner ? `${owner.kind.toLowerCase()}${group}/${owner.name}` : "<none>";
    return [metadata.name, controller, revision, age(object, nowMs)];
  },
};

function jobStatus({ metadata, status }: ObjectOf<"jobs.batch">): string {
  const has = (type: string): boolean =>
    status?.conditions?.some((each) => each.type === type && each.status === "True") ?? false;
  if (has("Complete")) return "Complete";
  if (has("Failed")) return "Failed";
  if (metadata.deletionTimestamp !== undefined) return "Terminating";
  if (has("Suspended")) return "Suspended";
  if (has("FailureTarget")) return "FailureTarget";
  return has("SuccessCriteriaMet") ? "SuccessCriteriaMet" : "Running";
}

function jobCompletions({ spec, status }: ObjectOf<"jobs.batch">): string {
  const succeeded = status?.succeeded ?? 0;
  if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
  const parallelism = spec?.parallelism ?? 0;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function jobDuration({ status }: ObjectOf<"jobs.batch">, nowMs: number): string {
  if (!status?.startTime) return "";
  const end = status.completionTime ? Date.parse(status.completionTime) : nowMs;
  return humanDuration((end - Date.parse(status.startTime)) / 1_000);
}

const job: Printer = {
  columns: [
    nameColumn,
    column("Status"),
    column("Completions"),
    column("Duration"),
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  cells(object, nowMs) {
    const stored = object as ObjectOf<"jobs.batch">;
    return [
      stored.metadata.name,
      jobStatus(stored),
      jobCompletions(stored),
      jobDuration(stored, nowMs),
      age(object, nowMs),
      ...containerCells(stored.spec?.template.spec?.containers),
      formatSelector(stored.spec?.selector),
    ];
  },
};

const cronJob: Printer = {
  columns: [
    nameColumn,
    column("Schedule"),
    column("Timezone"),
    column("Suspend", { type: "boolean" }),
    column("Active", whole),
    column("Last Schedule"),
    ageColumn,
    ...templateColumns,
    selectorColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"cronjobs.batch">;
    return [
      metadata.name,
      spec?.schedule ?? "",
      spec?.timeZone ?? "<none>",
      spec?.suspend ? "True" : "False",
      status?.active?.length ?? 0,
      status?.lastScheduleTime ? ageOf(status.lastScheduleTime, nowMs) : "<none>",
      age(object, nowMs),
      ...containerCells(spec?.jobTemplate.spec?.template.spec?.containers),
      formatSelector(spec?.jobTemplate.spec?.selector),
    ];
  },
};

/** What is now against what is wanted, as `kubectl get hpa` writes it. */
function metricText(spec: MetricSpec, current: MetricStatus | undefined): string {
  const wanted = (target: MetricTarget | undefined): string => {
    if (target?.averageUtilization !== undefined) return `${target.averageUtilization}%`;
    if (target?.averageValue !== undefined) return `${target.averageValue} (avg)`;
    return target?.value ?? "<unknown>";
  };
  const parts =
    spec.resource ?? spec.containerResource ?? spec.pods ?? spec.object ?? spec.external;
  const now =
    current?.resource ??
    current?.containerResource ??
    current?.pods ??
    current?.object ??
    current?.external;
  const target = parts?.target;
  const value = now?.current;
  const isUtilization = target?.averageUtilization !== undefined;
  const currentText = isUtilization
    ? value?.averageUtilization === undefined
      ? "<unknown>"
      : `${value.averageUtilization}%`
    : (value?.averageValue ?? value?.value ?? "<unknown>");
  const name = spec.resource?.name ?? spec.containerResource?.name;
  const label = name !== undefined ? `${name}: ` : "";
  return `${label}${currentText}/${wanted(target)}`;
}

const autoscaler: Printer = {
  columns: [
    nameColumn,
    column("Reference"),
    column("Targets"),
    column("MinPods"),
    column("MaxPods"),
    column("Replicas"),
    ageColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"horizontalpodautoscalers.autoscaling">;
    const metrics = spec?.metrics ?? [];
    const shown = metrics
      .slice(0, 2)
      .map((metric, at) => metricText(metric, status?.currentMetrics?.[at]));
    const more = metrics.length > 2 ? ` + ${metrics.length - 2} more...` : "";
    return [
      metadata.name,
      `${spec?.scaleTargetRef.kind}/${spec?.scaleTargetRef.name}`,
      metrics.length === 0 ? "<none>" : `${shown.join(", ")}${more}`,
      String(spec?.minReplicas ?? "<unset>"),
      spec?.maxReplicas ?? 0,
      status?.currentReplicas ?? 0,
      age(object, nowMs),
    ];
  },
};

const disruptionBudget: Printer = {
  columns: [
    nameColumn,
    column("Min Available"),
    column("Max Unavailable"),
    column("Allowed Disruptions", whole),
    ageColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"poddisruptionbudgets.policy">;
    return [
      metadata.name,
      String(spec?.minAvailable ?? "N/A"),
      String(spec?.maxUnavailable ?? "N/A"),
      status?.disruptionsAllowed ?? 0,
      age(object, nowMs),
    ];
  },
};

const podTemplate: Printer = {
  columns: [nameColumn, column("Containers"), column("Images"), column("Pod Labels")],
  cells(object) {
    const { metadata, template } = object as ObjectOf<"podtemplates">;
    return [
      metadata.name,
      ...containerCells(template?.spec?.containers),
      formatLabels(template?.metadata?.labels),
    ];
  },
};

export const workloadPrinters: Readonly<Record<string, Printer>> = {
  podtemplates: podTemplate,
  "replicasets.apps": replicaSet,
  "deployments.apps": deployment,
  "statefulsets.apps": statefulSet,
  "daemonsets.apps": daemonSet,
  "controllerrevisions.apps": controllerRevision,
  "jobs.batch": job,
  "cronjobs.batch": cronJob,
  "horizontalpodautoscalers.autoscaling": autoscaler,
  "poddisruptionbudgets.policy": disruptionBudget,
};

/** Tables of the cluster itself, its storage and who may do what (printers.go). */
import type { Subject } from "kubernetes-types/rbac/v1";
import type { KubeObject, ObjectOf } from "../../../core/store/objects.ts";
import { age, ageColumn, column, nameColumn, type Printer, whole, wide } from "./columns.ts";
import { ageOf } from "./human-duration.ts";

const rolePrefix = "node-role.kubernetes.io/";

function nodeStatus({ spec, status }: ObjectOf<"nodes">): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const words = [ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady"];
  if (spec?.unschedulable) words.push("SchedulingDisabled");
  return words.join(",");
}

function nodeRoles({ metadata }: ObjectOf<"nodes">): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return [key.slice(rolePrefix.length)];
    return key === "kubernetes.io/role" && value !== "" ? [value] : [];
  });
  return roles.toSorted((a, b) => (a < b ? -1 : 1)).join(",") || "<none>";
}

const node: Printer = {
  columns: [
    nameColumn,
    column("Status"),
    column("Roles"),
    ageColumn,
    column("Version"),
    column("Internal-IP", wide),
    column("External-IP", wide),
    column("OS-Image", wide),
    column("Kernel-Version", wide),
    column("Container-Runtime", wide),
  ],
  cells(object, nowMs) {
    const stored = object as ObjectOf<"nodes">;
    const info = stored.status?.nodeInfo;
    const address = (type: string): string =>
      stored.status?.addresses?.find((each) => each.type === type)?.address ?? "<none>";
    return [
      stored.metadata.name,
      nodeStatus(stored),
      nodeRoles(stored),
      age(object, nowMs),
      info?.kubeletVersion ?? "",
      address("InternalIP"),
      address("ExternalIP"),
      info?.osImage || "<unknown>",
      info?.kernelVersion || "<unknown>",
      info?.containerRuntimeVersion || "<unknown>",
    ];
  },
};

const namespace: Printer = {
  columns: [nameColumn, column("Status"), ageColumn],
  cells(object, nowMs) {
    const { metadata, status } = object as ObjectOf<"namespaces">;
    return [metadata.name, status?.phase ?? "", age(object, nowMs)];
  },
};

const event: Printer = {
  columns: [
    column("Last Seen"),
    column("Type"),
    column("Reason"),
    column("Object"),
    column("Subobject", wide),
    column("Source", wide),
    column("Message"),
    column("First Seen", wide),
    column("Count", wide),
    { ...nameColumn, priority: 1 },
  ],
  cells(object, nowMs) {
    const { metadata, involvedObject, ...rest } = object as ObjectOf<"events">;
    const { series, source, count, message, type, reason, reportingComponent } = rest;
    const { eventTime, firstTimestamp, lastTimestamp, reportingInstance } = rest;
    const first = firstTimestamp ?? eventTime ?? metadata.creationTimestamp;
    const last = series?.lastObservedTime ?? lastTimestamp ?? first;
    const component = source?.component || reportingComponent || "";
    const host = source?.host || reportingInstance;
    return [
      ageOf(last, nowMs),
      type ?? "",
      reason ?? "",
      `${(involvedObject.kind ?? "").toLowerCase()}/${involvedObject.name ?? ""}`,
      involvedObject.fieldPath ?? "",
      host ? `${component}, ${host}` : component,
      (message ?? "").trim(),
      ageOf(first, nowMs),
      series?.count ?? count ?? 1,
      metadata.name,
    ];
  },
};

const counted = (title: string, count: (object: KubeObject) => number): Printer => ({
  columns: [nameColumn, column(title), ageColumn],
  cells: (object, nowMs) => [object.metadata.name, count(object), age(object, nowMs)],
});

const keys = (value: object | undefined): number => Object.keys(value ?? {}).length;

const secret: Printer = {
  columns: [nameColumn, column("Type"), column("Data"), ageColumn],
  cells(object, nowMs) {
    const { metadata, type, data } = object as ObjectOf<"secrets">;
    return [metadata.name, type ?? "", keys(data), age(object, nowMs)];
  },
};

const modeLetters: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};
const modes = (list: readonly string[] | undefined): string =>
  [...new Set(list)].map((mode) => modeLetters[mode] ?? mode).join(",");

const volume: Printer = {
  columns: [
    nameColumn,
    column("Capacity"),
    column("Access Modes"),
    column("Reclaim Policy"),
    column("Status"),
    column("Claim"),
    column("StorageClass"),
    column("VolumeAttributesClass"),
    column("Reason"),
    ageColumn,
    column("VolumeMode", wide),
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"persistentvolumes">;
    const claim = spec?.claimRef;
    return [
      metadata.name,
      spec?.capacity?.["storage"] ?? "",
      modes(spec?.accessModes),
      spec?.persistentVolumeReclaimPolicy ?? "",
      metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? ""),
      claim ? `${claim.namespace}/${claim.name}` : "",
      spec?.storageClassName ?? "",
      "<unset>",
      status?.reason ?? "",
      age(object, nowMs),
      spec?.volumeMode ?? "<unset>",
    ];
  },
};

const claim: Printer = {
  columns: [
    nameColumn,
    column("Status"),
    column("Volume"),
    column("Capacity"),
    column("Access Modes"),
    column("StorageClass"),
    column("VolumeAttributesClass"),
    ageColumn,
    column("VolumeMode", wide),
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"persistentvolumeclaims">;
    const isBound = (spec?.volumeName ?? "") !== "";
    return [
      metadata.name,
      metadata.deletionTimestamp ? "Terminating" : (status?.phase ?? ""),
      spec?.volumeName ?? "",
      isBound ? (status?.capacity?.["storage"] ?? "") : "",
      isBound ? modes(status?.accessModes) : "",
      spec?.storageClassName ?? "",
      "<unset>",
      age(object, nowMs),
      spec?.volumeMode ?? "<unset>",
    ];
  },
};

const storageClass: Printer = {
  columns: [
    nameColumn,
    column("Provisioner"),
    column("ReclaimPolicy"),
    column("VolumeBindingMode"),
    column("AllowVolumeExpansion"),
    ageColumn,
  ],
  cells(object, nowMs) {
    const stored = object as ObjectOf<"storageclasses.storage.k8s.io">;
    const { name, annotations } = stored.metadata;
    const isDefault = annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";
    return [
      isDefault ? `${name} (default)` : name,
      stored.provisioner,
      stored.reclaimPolicy ?? "Delete",
      stored.volumeBindingMode ?? "Immediate",
      stored.allowVolumeExpansion ?? false,
      age(object, nowMs),
    ];
  },
};

const resourceQuota: Printer = {
  columns: [nameColumn, column("Request"), column("Limit"), ageColumn],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"resourcequotas">;
    const texts = Object.keys(spec?.hard ?? {})
      .toSorted()
      .map((key) => ({
        isLimit: key.startsWith("limits"),
        text: `${key}: ${status?.used?.[key] ?? "0"}/${status?.hard?.[key] ?? spec?.hard?.[key]}`,
      }));
    const join = (limits: boolean): string =>
      texts
        .filter(({ isLimit }) => isLimit === limits)
        .map(({ text }) => text)
        .join(", ");
    return [metadata.name, join(false), join(true), age(object, nowMs)];
  },
};

const priorityClass: Printer = {
  columns: [
    nameColumn,
    column("Value", whole),
    column("Global-Default", { type: "boolean" }),
    ageColumn,
    column("PreemptionPolicy"),
  ],
  cells(object, nowMs) {
    const stored = object as ObjectOf<"priorityclasses.scheduling.k8s.io">;
    return [
      stored.metadata.name,
      stored.value,
      stored.globalDefault ?? false,
      age(object, nowMs),
      stored.preemptionPolicy ?? "PreemptLowerPriority",
    ];
  },
};

const lease: Printer = {
  columns: [nameColumn, column("Holder"), ageColumn],
  cells(object, nowMs) {
    const { metadata, spec } = object as ObjectOf<"leases.coordination.k8s.io">;
    return [metadata.name, spec?.holderIdentity ?? "", age(object, nowMs)];
  },
};

const roleBinding: Printer = {
  columns: [
    nameColumn,
    column("Role"),
    ageColumn,
    column("Users", wide),
    column("Groups", wide),
    column("ServiceAccounts", wide),
  ],
  cells(object, nowMs) {
    const stored = object as ObjectOf<"rolebindings.rbac.authorization.k8s.io">;
    const named = (kind: string, text: (subject: Subject) => string): string =>
      (stored.subjects ?? [])
        .filter((subject) => subject.kind === kind)
        .map(text)
        .join(", ");
    return [
      stored.metadata.name,
      `${stored.roleRef.kind}/${stored.roleRef.name}`,
      age(object, nowMs),
      named("User", ({ name }) => name),
      named("Group", ({ name }) => name),
      named("ServiceAccount", ({ namespace: home, name }) => `${home}/${name}`),
    ];
  },
};

/** The table of kinds that Kubernetes gives no columns of their own. */
const plainPrinter: Printer = {
  columns: [nameColumn, column("Created At", { type: "date" })],
  cells: ({ metadata }) => [metadata.name, metadata.creationTimestamp],
};

export const clusterPrinters: Readonly<Record<string, Printer>> = {
  nodes: node,
  namespaces: namespace,
  events: event,
  secrets: secret,
  configmaps: counted("Data", (object) => {
    const { data, binaryData } = object as ObjectOf<"configmaps">;
    return keys(data) + keys(binaryData);
  }),
  serviceaccounts: counted(
    "Secrets",
    (object) => (object as ObjectOf<"serviceaccounts">).secrets?.length ?? 0,
  ),
  persistentvolumes: volume,
  persistentvolumeclaims: claim,
  resourcequotas: resourceQuota,
  limitranges: plainPrinter,
  "storageclasses.storage.k8s.io": storageClass,
  "priorityclasses.scheduling.k8s.io": priorityClass,
  "leases.coordination.k8s.io": lease,
  "roles.rbac.authorization.k8s.io": plainPrinter,
  "clusterroles.rbac.authorization.k8s.io": plainPrinter,
  "rolebindings.rbac.authorization.k8s.io": roleBinding,
  "clusterrolebindings.rbac.authorization.k8s.io": roleBinding,
  "customresourcedefinitions.apiextensions.k8s.io": plainPrinter,
};

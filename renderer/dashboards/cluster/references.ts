/** Objects in addresses, in the words of the kubectl command line, and in commands to copy. */
export interface Reference {
  /** "deployments.apps" */
  readonly resource: string;
  /** "" for what has none. */
  readonly namespace: string;
  readonly name: string;
}

export const drawerTabs = ["logs", "events", "yaml", "shell"] as const;
export type DrawerTab = (typeof drawerTabs)[number];

export const referenceText = ({ resource, namespace, name }: Reference): string =>
  `${resource}/${namespace}/${name}`;

/** null where the text names no object. */
export function readReference(text: string | undefined): Reference | null {
  const [resource, namespace, name, ...rest] = (text ?? "").split("/");
  if (!resource || namespace === undefined || !name || rest.length > 0) return null;
  return { resource, namespace, name };
}

const resources: Readonly<Record<string, string>> = {
  Pod: "pods",
  Node: "nodes",
  Deployment: "deployments.apps",
  StatefulSet: "statefulsets.apps",
  DaemonSet: "daemonsets.apps",
  ReplicaSet: "replicasets.apps",
  Job: "jobs.batch",
  CronJob: "cronjobs.batch",
  HorizontalPodAutoscaler: "horizontalpodautoscalers.autoscaling",
  Service: "services",
  Namespace: "namespaces",
};

/** The resource of a kind; null of one that has no page here. */
export const resourceOf = (kind: string): string | null => resources[kind] ?? null;

/** "pod": as kubectl and events name it. */
export function kindWord(resource: string): string {
  const kind = Object.keys(resources).find((each) => resources[each] === resource);
  return (kind ?? resource.split(".")[0] ?? resource).toLowerCase();
}

/** `kubectl -n NAMESPACE VERB NAME`, ready to paste. */
export function kubectlLine(verb: string, { namespace, name }: Reference): string {
  return `kubectl${namespace === "" ? "" : ` -n ${namespace}`} ${verb} ${name}`;
}

export const referenceInput = ({ resource, namespace, name }: Reference) => ({
  resource,
  name,
  ...(namespace !== "" && { namespace }),
});

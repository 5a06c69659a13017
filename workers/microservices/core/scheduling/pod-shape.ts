/**
 * What the scheduler reads of a pod's spec, parsed once for all pods that share a template's parts
 * (kube-scheduler framework PodInfo; resource sums: k8s.io/component-helpers resource.PodRequests).
 */
import type { Container, NodeSelectorTerm, PodSpec, Toleration } from "kubernetes-types/core/v1";
import type { PodAffinityTerm, TopologySpreadConstraint } from "kubernetes-types/core/v1";
import { type Labels, matchesExpression } from "../store/selectors.ts";
import { amountOfResource } from "./quantity.ts";

/** What a pod without requests is taken to use where nodes are compared (util.GetNonzeroRequests). */
const cpuAssumedMilli = 100;
const memoryAssumedBytes = 200 * 1024 * 1024;

export interface HostPort {
  readonly address: string;
  readonly protocol: string;
  readonly port: number;
}

export interface WeightedTerm {
  /** Negative of an anti-affinity. */
  readonly weight: number;
  readonly term: PodAffinityTerm;
}

export interface PodShape {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
  readonly storageBytes: number;
  readonly extended: readonly (readonly [resource: string, amount: number])[];
  readonly assumedCpuMilli: number;
  readonly assumedMemoryBytes: number;
  readonly ports: readonly HostPort[];
  readonly tolerations: readonly Toleration[];
  /** Null where every node is meant. */
  readonly allowsNode: NodeMatcher | null;
  /** Names of the only nodes that can be meant (required terms by metadata.name); null: any. */
  readonly pinnedNodes: ReadonlySet<string> | null;
  readonly preferredNodes: readonly { readonly weight: number; readonly matches: NodeMatcher }[];
  readonly affinity: readonly PodAffinityTerm[];
  readonly antiAffinity: readonly PodAffinityTerm[];
  readonly preferredPods: readonly WeightedTerm[];
  readonly spread: readonly TopologySpreadConstraint[];
  readonly images: readonly string[];
}

export type NodeMatcher = (labels: Labels, name: string) => boolean;

const parts = [
  "initContainers",
  "overhead",
  "affinity",
  "tolerations",
  "nodeSelector",
  "topologySpreadConstraints",
  "hostNetwork",
] as const satisfies readonly (keyof PodSpec)[];

interface Known {
  readonly spec: PodSpec;
  readonly shape: PodShape;
}

/** A bound pod's spec is a new object around the same parts: its list of containers finds it. */
const knownShapes = new WeakMap<object, Known>();

export function shapeOf(spec: PodSpec): PodShape {
  const known = knownShapes.get(spec.containers);
  if (known !== undefined && parts.every((part) => known.spec[part] === spec[part])) {
    return known.shape;
  }
  const shape = parseShape(spec);
  knownShapes.set(spec.containers, { spec, shape });
  return shape;
}

function parseShape(spec: PodSpec): PodShape {
  const { nodeAffinity, podAffinity, podAntiAffinity } = spec.affinity ?? {};
  const requests = podRequests(spec, {});
  const assumed = podRequests(spec, { cpu: cpuAssumedMilli, memory: memoryAssumedBytes });
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const ordinary = new Set(["cpu", "memory", "ephemeral-storage", "pods"]);
  return {
    cpuMilli: requests.get("cpu") ?? 0,
    memoryBytes: requests.get("memory") ?? 0,
    storageBytes: requests.get("ephemeral-storage") ?? 0,
    extended: [...requests].filter(([name, amount]) => !ordinary.has(name) && amount > 0),
    assumedCpuMilli: assumed.get("cpu") ?? 0,
    assumedMemoryBytes: assumed.get("memory") ?? 0,
    ports: hostPorts(spec),
    tolerations: spec.tolerations ?? [],
    allowsNode: nodeMatcher(spec.nodeSelector, terms),
    pinnedNodes: pinnedNodes(terms),
    preferredNodes: (nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
      ({ weight, preference }) => ({
        weight,
        matches: (labels: Labels, name: string) => matchesNodeTerm(preference, labels, name),
      }),
    ),
    affinity: podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
    antiAffinity: podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [],
    preferredPods: [
      ...(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ weight, podAffinityTerm }) => ({ weight, term: podAffinityTerm }),
      ),
      ...(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
        ({ weight, podAffinityTerm }) => ({ weight: -weight, term: podAffinityTerm }),
      ),
    ],
    spread: spec.topologySpreadConstraints ?? [],
    images: [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => image ?? ""),
  };
}

type Amounts = Map<string, number>;

/**
 * What the pod asks of its node: its containers and sidecars together, or more where an init
 * container alone needs more, and its overhead. `assumed`: for containers that name no request.
 */
export function podRequests(
  spec: Pick<PodSpec, "containers" | "initContainers" | "overhead">,
  assumed: Readonly<Record<string, number>>,
): ReadonlyMap<string, number> {
  const running: Amounts = new Map();
  for (const container of spec.containers) addTo(running, requestsOf(container, assumed));
  const sidecars: Amounts = new Map();
  const starting: Amounts = new Map();
  for (const container of spec.initContainers ?? []) {
    const requests = requestsOf(container, assumed);
    if (container.restartPolicy === "Always") {
      addTo(running, requests);
      addTo(sidecars, requests);
      raise(starting, sidecars);
    } else {
      addTo(requests, sidecars);
      raise(starting, requests);
    }
  }
  raise(running, starting);
  for (const [name, text] of Object.entries(spec.overhead ?? {})) {
    running.set(name, (running.get(name) ?? 0) + amountOfResource(name, text));
  }
  return running;
}

function requestsOf({ resources }: Container, assumed: Readonly<Record<string, number>>): Amounts {
  const amounts: Amounts = new Map(Object.entries(assumed));
  // The API server fills in limits as requests where those are missing.
  for (const [name, text] of Object.entries({ ...resources?.limits, ...resources?.requests })) {
    amounts.set(name, amountOfResource(name, text));
  }
  return amounts;
}

function addTo(sum: Amounts, more: ReadonlyMap<string, number>): void {
  for (const [name, amount] of more) sum.set(name, (sum.get(name) ?? 0) + amount);
}

function raise(highest: Amounts, other: ReadonlyMap<string, number>): void {
  for (const [name, amount] of other) {
    highest.set(name, Math.max(highest.get(name) ?? 0, amount));
  }
}

function hostPorts(spec: PodSpec): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === "Always",
  );
  return [...sidecars, ...spec.containers].flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, hostIP, protocol = "TCP", containerPort }) => {
      const port = hostPort || (spec.hostNetwork === true ? containerPort : 0);
      return port > 0 ? [{ address: hostIP || "0.0.0.0", protocol, port }] : [];
    }),
  );
}

/** nodeSelector and required node affinity; null where both are missing. */
function nodeMatcher(
  selector: Labels | undefined,
  terms: readonly NodeSelectorTerm[] | undefined,
): NodeMatcher | null {
  const wanted = Object.entries(selector ?? {});
  if (wanted.length === 0 && terms === undefined) return null;
  return (labels, name) =>
    wanted.every(([key, value]) => labels[key] === value) &&
    (terms === undefined || terms.some((term) => matchesNodeTerm(term, labels, name)));
}

function matchesNodeTerm(term: NodeSelectorTerm, labels: Labels, name: string): boolean {
  const { matchExpressions = [], matchFields = [] } = term;
  // A term without requirements means no node.
  if (matchExpressions.length + matchFields.length === 0) return false;
  return (
    matchExpressions.every((expression) => matchesExpression(expression, labels)) &&
    matchFields.every((expression) => matchesExpression(expression, { "metadata.name": name }))
  );
}

function pinnedNodes(terms: readonly NodeSelectorTerm[] | undefined): ReadonlySet<string> | null {
  if (terms === undefined || terms.length === 0) return null;
  const names = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const byName = matchFields.find(
      ({ key, operator }) => key === "metadata.name" && operator === "In",
    );
    if (byName === undefined) return null;
    for (const name of byName.values ?? []) names.add(name);
  }
  return names;
}

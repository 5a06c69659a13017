/** Objects in the words and numbers that kubectl prints (kubernetes pkg/printers/internalversion). */
import type { Container, Pod } from "kubernetes-types/core/v1";
import { parseQuantity } from "../core/machinery/quantity.ts";
import { objectKey } from "../core/store/resource-table.ts";
import type { KubeObject, ObjectOf } from "../core/store/objects.ts";

export type StoredPod = ObjectOf<"pods">;

export interface PodWords {
  readonly status: string;
  readonly ready: number;
  readonly containers: number;
  readonly restarts: number;
}

const failingWords =
  /^(?:Init:)?(?:Error|CrashLoopBackOff|ErrImagePull|ImagePullBackOff|InvalidImageName|OOMKilled|CreateContainerConfigError|CreateContainerError|RunContainerError|Evicted|NodeLost|Failed|ExitCode:\d+|Signal:\d+|Unknown)$/;

/** Whether waiting alone will not bring it right. */
export const isFailingWord = (word: string): boolean => failingWords.test(word);

export const timeOf = (text: string | undefined): number =>
  text === undefined ? 0 : Date.parse(text);

export const podKey = ({ metadata: { namespace, name } }: StoredPod): string =>
  objectKey(namespace, name);

/** printPod, with its order of reasons; sidecars count as containers. */
export function podWords(pod: StoredPod): PodWords {
  const { spec, status, metadata } = pod;
  const containers = spec?.containers.length ?? 0;
  const statuses = status?.containerStatuses ?? [];
  let restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  const ready = statuses.filter((each) => each.ready && each.state?.running).length;
  let word = status?.reason || status?.phase || "Unknown";
  const starting = initWord(pod);
  if (starting !== null) {
    word = starting.word;
    restarts = starting.restarts;
  } else {
    word = containersWord(statuses, word, isReady(pod));
  }
  if (metadata.deletionTimestamp !== undefined) {
    word = status?.reason === "NodeLost" ? "Unknown" : "Terminating";
  }
  return { status: word, ready, containers, restarts };
}

export function isReady({ status }: Pick<StoredPod, "status">): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }) => type === "Ready" && value === "True",
  );
}

type ContainerStatus = NonNullable<NonNullable<Pod["status"]>["containerStatuses"]>[number];

function endedWord(ended: NonNullable<NonNullable<ContainerStatus["state"]>["terminated"]>) {
  if (ended.reason) return ended.reason;
  return ended.signal ? `Signal:${ended.signal}` : `ExitCode:${ended.exitCode}`;
}

function initWord({ spec, status }: StoredPod): { word: string; restarts: number } | null {
  const wanted = spec?.initContainers ?? [];
  const states = status?.initContainerStatuses ?? [];
  const restarts = states.reduce((sum, { restartCount }) => sum + restartCount, 0);
  for (const [index, each] of states.entries()) {
    const ended = each.state?.terminated;
    if (ended?.exitCode === 0) continue;
    const isSidecar = wanted[index]?.restartPolicy === "Always";
    if (isSidecar && each.started === true) continue;
    if (ended !== undefined) return { word: `Init:${endedWord(ended)}`, restarts };
    const waiting = each.state?.waiting?.reason;
    if (waiting && waiting !== "PodInitializing") return { word: `Init:${waiting}`, restarts };
    return { word: `Init:${index}/${wanted.length}`, restarts };
  }
  return null;
}

function containersWord(statuses: readonly ContainerStatus[], phase: string, ready: boolean) {
  let word = phase;
  let isRunning = false;
  for (const { state, ready: each } of statuses.toReversed()) {
    if (state?.waiting?.reason) word = state.waiting.reason;
    else if (state?.terminated) word = endedWord(state.terminated);
    else if (each && state?.running) isRunning = true;
  }
  if (word === "Completed" && isRunning) return ready ? "Running" : "NotReady";
  return word;
}

/** "replicaset/web-5d4": the controller. */
export function ownerOf({ metadata }: KubeObject): string {
  const owner = (metadata.ownerReferences ?? []).find(({ controller }) => controller === true);
  return owner === undefined ? "" : `${owner.kind.toLowerCase()}/${owner.name}`;
}

const nanosPerMilli = 1_000_000n;
const nanosPerUnit = 1_000_000_000n;
const knownQuantities = new Map<string, bigint>();
/** Few texts are in use at a time; a full table starts anew. */
const knownQuantitiesMax = 4_096;

function nanosOf(quantity: string | number | undefined): bigint {
  if (quantity === undefined) return 0n;
  const text = String(quantity);
  let nanos = knownQuantities.get(text);
  if (nanos === undefined) {
    if (knownQuantities.size >= knownQuantitiesMax) knownQuantities.clear();
    knownQuantities.set(text, (nanos = parseQuantity(text).nanos));
  }
  return nanos;
}

export const millisOf = (quantity: string | number | undefined): number =>
  Number(nanosOf(quantity) / nanosPerMilli);
export const unitsOf = (quantity: string | number | undefined): number =>
  Number(nanosOf(quantity) / nanosPerUnit);

/** What its containers ask for together; the largest initial container where that is more. */
export function requestsOf({ spec }: StoredPod): { cpuMillicores: number; memoryBytes: number } {
  const sum = (containers: readonly Container[], name: string, read: typeof millisOf) =>
    containers.reduce((total, { resources }) => total + read(resources?.requests?.[name]), 0);
  const most = (name: string, read: typeof millisOf) =>
    Math.max(0, ...(spec?.initContainers ?? []).map((one) => sum([one], name, read)));
  const containers = spec?.containers ?? [];
  return {
    cpuMillicores: Math.max(sum(containers, "cpu", millisOf), most("cpu", millisOf)),
    memoryBytes: Math.max(sum(containers, "memory", unitsOf), most("memory", unitsOf)),
  };
}

export function zoneOf(node: ObjectOf<"nodes"> | undefined): string {
  return node?.metadata.labels?.["topology.kubernetes.io/zone"] ?? "";
}

export const isFinishedPod = ({ status }: StoredPod): boolean =>
  status?.phase === "Succeeded" || status?.phase === "Failed";

/** A store full of objects of a named size, the same for the same size: for tests of the screens. */
import { ObjectStore } from "../core/store/object-store.ts";
import { type KubeObject, timeText } from "../core/store/objects.ts";

export interface SampleSize {
  readonly nodes: number;
  readonly deployments: number;
  readonly podsPerDeployment: number;
  readonly namespaces: number;
  readonly events: number;
}

export const sampleStart = Date.UTC(2026, 0, 1, 12);

const zones = ["zone-a", "zone-b", "zone-c"] as const;
/** One pod in so many has trouble. */
const troubleEvery = 97;

export interface SampleClock {
  now: number;
}

export function sampleStore(size: SampleSize, clock: SampleClock): ObjectStore {
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const store = new ObjectStore({ now: () => clock.now, random });
  const spaces = [
    "default",
    ...Array.from({ length: size.namespaces - 1 }, (_, at) => `team-${at + 1}`),
  ];
  for (const name of spaces) {
    store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  for (let index = 1; index <= size.nodes; index++) store.create(sampleNode(index));
  let serial = 0;
  for (let index = 1; index <= size.deployments; index++) {
    const namespace = spaces[index % spaces.length]!;
    serial = addDeployment(store, { index, namespace, size, serial });
  }
  for (let index = 1; index <= size.events; index++) store.create(sampleEvent(index, clock.now));
  return store;
}

function sampleNode(index: number) {
  const resources = { cpu: "8", memory: "32Gi", pods: "110" };
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: `node-${index}`,
      labels: { "topology.kubernetes.io/zone": zones[index % zones.length]! },
    },
    status: {
      allocatable: resources,
      capacity: resources,
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
      addresses: [{ type: "InternalIP", address: `10.0.${index >> 8}.${index & 255}` }],
      nodeInfo: { kubeletVersion: "v1.30.0" },
    },
  };
}

interface Placed {
  readonly index: number;
  readonly namespace: string;
  readonly size: SampleSize;
  readonly serial: number;
}

const containersOf = (name: string) => [
  {
    name: "app",
    image: `${name}:1.${name.length}`,
    resources: { requests: { cpu: "100m", memory: "128Mi" } },
  },
];

function addDeployment(store: ObjectStore, { index, namespace, size, serial }: Placed): number {
  const name = index === 1 ? "web" : `app-${index}`;
  const { podsPerDeployment: replicas } = size;
  const containers = containersOf(name);
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  const troubled = Array.from({ length: replicas }, (_, at) => (serial + at) % troubleEvery === 0);
  const ready = troubled.filter((each) => !each).length;
  const counts = { replicas, readyReplicas: ready, availableReplicas: ready };
  const deployment = store.create({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec,
    status: {
      ...counts,
      updatedReplicas: replicas,
      observedGeneration: 1,
      conditions: [{ type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" }],
    },
  });
  const set = store.create({
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: `${name}-7f5d`,
      namespace,
      labels,
      annotations: { "deployment.kubernetes.io/revision": "1" },
      ownerReferences: [controlledBy(deployment)],
    },
    spec,
    status: counts,
  });
  for (const [at, isTroubled] of troubled.entries()) {
    const number = serial + at;
    store.create({
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name: `${name}-7f5d-${number.toString(36).padStart(4, "0")}`,
        namespace,
        labels,
        ownerReferences: [controlledBy(set)],
      },
      spec: { nodeName: `node-${(number % size.nodes) + 1}`, containers },
      status: podStatus(number, isTroubled),
    });
  }
  return serial + replicas;
}

export function podStatus(number: number, isTroubled: boolean) {
  const state = isTroubled
    ? {
        waiting: {
          reason: "CrashLoopBackOff",
          message: "back-off 40s restarting failed container",
        },
      }
    : { running: { startedAt: timeText(sampleStart) } };
  return {
    phase: "Running",
    podIP: `10.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
    conditions: [{ type: "Ready", status: isTroubled ? "False" : "True" }],
    containerStatuses: [
      {
        name: "app",
        image: "app",
        imageID: "",
        ready: !isTroubled,
        restartCount: isTroubled ? 5 : 0,
        state,
      },
    ],
  };
}

export function controlledBy({ apiVersion, kind, metadata: { name, uid } }: KubeObject) {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

function sampleEvent(index: number, now: number) {
  const isWarning = index % 10 === 0;
  const name = `app-${(index % 40) + 2}`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${index}`, namespace: "default" },
    involvedObject: { kind: "Deployment", name, namespace: "default" },
    type: isWarning ? "Warning" : "Normal",
    reason: isWarning ? "BackOff" : "ScalingReplicaSet",
    message: isWarning ? "Back-off restarting failed container" : "Scaled up replica set to 20",
    count: 1,
    source: { component: "deployment-controller" },
    firstTimestamp: timeText(now - index * 1_000),
    lastTimestamp: timeText(now - index * 1_000),
  };
}

/** What the cluster's screens need, of the cluster that runs. */
import { setTimeout as delay } from "node:timers/promises";
import type { Fault } from "../contract.ts";
import { nodeLabels } from "../core/nodes/node-pools.ts";
import { problem } from "../errors.ts";
import type {
  ClusterHost,
  ExecOptions,
  ExecResult,
  KubernetesAnswer,
  KubernetesRequest,
  MeshService,
  MeshTraffic,
  NotedFault,
  UsageReadings,
} from "../handlers/cluster-host.ts";
import type { Orchestrator } from "./orchestrator.ts";
import type { ClusterStreams } from "./pod-streams.ts";

export interface ScreensHostOptions {
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Of the thread's own port; null: it has none, and no API either. */
  readonly apiPort: number | null;
  readonly token: string;
  readonly streams: ClusterStreams;
}

export function screensHost(
  orchestrator: Orchestrator,
  { now, monotonicMs, apiPort, token, streams }: ScreensHostOptions,
): ClusterHost {
  const { store } = orchestrator.cluster;
  const chaos = new Chaos(orchestrator, now);
  return {
    store,
    now,
    monotonicMs,
    kubernetes: { dispatch: (request) => dispatch(apiPort, token, request) },
    async *logs(namespace, pod, container, { tail, previous, follow, signal }) {
      const options = {
        container: container ?? undefined,
        follow,
        previous,
        tailLines: tail,
        sinceMs: undefined,
      };
      const end = signal ?? new AbortController().signal;
      for await (const { atMs, text } of streams.logs(`${namespace}/${pod}`, options, end)) {
        yield { at: Number.isNaN(atMs) ? null : atMs, text };
      }
    },
    exec: (namespace, pod, container, command, options) =>
      runCommand(streams, `${namespace}/${pod}`, container, command, options),
    chaos: {
      inject: (fault) => Promise.resolve(chaos.inject(fault)),
      restore: (id) => Promise.resolve(chaos.restore(id)),
      active: () => chaos.active(),
    },
    metrics: () => readings(orchestrator),
    mesh: () => ({
      services: meshServices(orchestrator),
      traffic: meshTraffic(orchestrator, now()),
    }),
  };
}

/** As any client would: through the port, the guard and the API server, with the platform's own token. */
async function dispatch(
  port: number | null,
  token: string,
  { method, path, query, contentType, body }: KubernetesRequest,
): Promise<KubernetesAnswer> {
  if (port === null) throw problem("CLUSTER_ABSENT", "The cluster has no port of its own.");
  const url = new URL(path, `http://127.0.0.1:${port}`);
  for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
  const answer = await fetch(url, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json",
      ...(contentType !== undefined && { "content-type": contentType }),
    },
    ...(body !== undefined && { body }),
  });
  return {
    status: answer.status,
    contentType: answer.headers.get("content-type") ?? "",
    body: await answer.text(),
  };
}

async function runCommand(
  streams: ClusterStreams,
  podKey: string,
  container: string | null,
  command: readonly string[],
  { timeoutMs, outputBytesMax, signal }: ExecOptions,
): Promise<ExecResult> {
  const over = AbortSignal.timeout(timeoutMs);
  const end = signal === undefined ? over : AbortSignal.any([over, signal]);
  const { stdout, stderr, done } = streams.exec(podKey, {
    container: container ?? undefined,
    command,
    tty: false,
    stdin: null,
    onResize: () => undefined,
    signal: end,
  });
  let output = "";
  let truncated = false;
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      if (output.length + text.length > outputBytesMax) truncated = true;
      output = (output + text).slice(0, outputBytesMax);
    });
  }
  const exitCode = await Promise.race([
    done,
    // What was aborted ends soon; who waits does not wait for it.
    delay(timeoutMs + 1_000, null, { ref: false }),
  ]);
  return { output, exitCode: over.aborted ? null : exitCode, truncated, timedOut: over.aborted };
}

function readings({ cluster }: Orchestrator): UsageReadings {
  const { latest } = cluster.usage;
  const usage = (cpuNanocores: number, memoryBytes: number) => ({
    cpuMillicores: cpuNanocores / 1e6,
    memoryBytes,
  });
  const pods = new Map<string, { cpuMillicores: number; memoryBytes: number }>();
  for (const [key, containers] of latest?.pods ?? []) {
    let [cpu, memory] = [0, 0];
    for (const { cpuNanocores, memoryBytes } of containers.values()) {
      cpu += cpuNanocores;
      memory += memoryBytes;
    }
    pods.set(key, usage(cpu, memory));
  }
  const nodes = new Map(
    Array.from(latest?.nodes ?? [], ([name, { cpuNanocores, memoryBytes }]) => [
      name,
      usage(cpuNanocores, memoryBytes),
    ]),
  );
  return { at: latest?.atMs ?? null, pods, nodes };
}

function meshServices({ cluster: { store } }: Orchestrator): MeshService[] {
  const counts = new Map<string, { pods: number; ready: number; zone: string }>();
  for (const slice of store.all("endpointslices.discovery.k8s.io")) {
    const name = slice.metadata.labels?.["kubernetes.io/service-name"];
    if (name === undefined) continue;
    const key = `${slice.metadata.namespace}/${name}`;
    const count = counts.get(key) ?? { pods: 0, ready: 0, zone: "" };
    for (const { conditions, zone } of slice.endpoints) {
      count.pods += 1;
      if (conditions?.ready === true) count.ready += 1;
      if (zone !== undefined && count.zone === "") count.zone = zone;
    }
    counts.set(key, count);
  }
  return Array.from(store.all("services"), ({ metadata: { namespace = "", name } }) => ({
    namespace,
    name,
    ...(counts.get(`${namespace}/${name}`) ?? { pods: 0, ready: 0, zone: "" }),
  }));
}

function meshTraffic({ traffic }: Orchestrator, now: number): MeshTraffic[] {
  return traffic.edges(now).map(({ from, to, requests, errors, requestsPerSecond, p99Ms }) => ({
    from: screenName(from),
    to: screenName(to),
    requestsPerSecond,
    errorsPerSecond: requests === 0 ? 0 : (requestsPerSecond * errors) / requests,
    // The mean is measured, and no median.
    p50Ms: null,
    p99Ms,
  }));
}

/** "name.namespace" of the gateway as "namespace/name". */
function screenName(service: string): string {
  const dot = service.lastIndexOf(".");
  return dot < 0 ? `default/${service}` : `${service.slice(dot + 1)}/${service.slice(0, dot)}`;
}

class Chaos {
  readonly #orchestrator: Orchestrator;
  readonly #now: () => number;
  readonly #active = new Map<string, NotedFault & { readonly end: () => void }>();
  #count = 0;

  constructor(orchestrator: Orchestrator, now: () => number) {
    this.#orchestrator = orchestrator;
    this.#now = now;
  }

  active(): NotedFault[] {
    return Array.from(this.#active.values(), ({ end: _end, ...fault }) => fault);
  }

  inject(fault: Fault): NotedFault | null {
    const { cluster, faults } = this.#orchestrator;
    const { store, chaos } = cluster;
    switch (fault.kind) {
      case "kill-pod":
        store.delete("pods", fault.namespace, fault.pod, { gracePeriodSeconds: 0 });
        return null;
      case "stop-node":
        chaos.kill(fault.node);
        return this.#note(fault.kind, fault.node, "The machine is off", () =>
          chaos.restore(fault.node),
        );
      case "zone-outage": {
        const nodes = chaos.zoneOutage(fault.zone);
        if (nodes.length === 0) {
          const label = nodeLabels.zone;
          throw problem("FAULT_UNSUPPORTED", `No node has ${label}=${fault.zone}.`);
        }
        return this.#note(fault.kind, fault.zone, `${nodes.length} nodes are off`, () =>
          chaos.restoreZone(fault.zone),
        );
      }
      default: {
        const id = this.#nextId();
        const { subject, sentence } = faults.inject(id, fault);
        return this.#note(fault.kind, subject, sentence, () => faults.restore(id), id);
      }
    }
  }

  restore(id: string): boolean {
    const fault = this.#active.get(id);
    fault?.end();
    return this.#active.delete(id);
  }

  #note(
    kind: string,
    subject: string,
    sentence: string,
    end: () => void,
    id = this.#nextId(),
  ): NotedFault {
    const fault = { id, kind, subject, sentence, since: this.#now() };
    this.#active.set(id, { ...fault, end });
    return fault;
  }

  #nextId(): string {
    this.#count += 1;
    return `fault-${this.#count}`;
  }
}

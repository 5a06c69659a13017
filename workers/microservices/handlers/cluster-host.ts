/** What the cluster's screens need of the running cluster, and nothing more. */
import type { ActiveFault, Fault } from "../contract-cluster-actions.ts";
import type { ObjectStore } from "../core/store/object-store.ts";

export interface KubernetesRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** "/apis/apps/v1/namespaces/default/deployments/web" */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly contentType?: string;
  readonly body?: string;
}

export interface KubernetesAnswer {
  readonly status: number;
  readonly contentType: string;
  /** JSON: the object, or a Status. */
  readonly body: string;
}

export interface LogOptions {
  readonly tail: number;
  readonly previous: boolean;
  readonly follow: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface LogLine {
  /** Milliseconds since the epoch; null where it was not noted. */
  readonly at: number | null;
  readonly text: string;
}

export interface ExecOptions {
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly signal: AbortSignal | undefined;
}

export interface ExecResult {
  /** What it wrote to its output and to its errors, in the order of writing. */
  readonly output: string;
  readonly exitCode: number | null;
  readonly truncated: boolean;
  readonly timedOut: boolean;
}

export interface Usage {
  readonly cpuMillicores: number;
  readonly memoryBytes: number;
}

export interface UsageReadings {
  /** When they were taken; null before the first ones. */
  readonly at: number | null;
  /** By "namespace/name". */
  readonly pods: ReadonlyMap<string, Usage>;
  readonly nodes: ReadonlyMap<string, Usage>;
}

export interface MeshService {
  readonly namespace: string;
  readonly name: string;
  readonly zone: string;
  readonly pods: number;
  readonly ready: number;
}

/** Over the last seconds, in requests a second; `from` and `to` are "namespace/name". */
export interface MeshTraffic {
  readonly from: string;
  readonly to: string;
  readonly requestsPerSecond: number;
  readonly errorsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export type NotedFault = Omit<ActiveFault, "until">;

export interface ClusterHost {
  readonly store: ObjectStore;
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** The API server, called in the process; refusals are answers, not exceptions. */
  readonly kubernetes: {
    readonly dispatch: (request: KubernetesRequest) => Promise<KubernetesAnswer>;
  };
  /** `container`: null for the pod's only or default one. */
  readonly logs: (
    namespace: string,
    pod: string,
    container: string | null,
    options: LogOptions,
  ) => AsyncIterable<LogLine>;
  readonly exec: (
    namespace: string,
    pod: string,
    container: string | null,
    command: readonly string[],
    options: ExecOptions,
  ) => Promise<ExecResult>;
  readonly chaos: {
    /** null: it leaves nothing behind that could be restored, as a killed pod. */
    readonly inject: (fault: Fault) => Promise<NotedFault | null>;
    readonly restore: (id: string) => Promise<boolean>;
    readonly active: () => readonly NotedFault[];
  };
  readonly metrics: () => UsageReadings;
  readonly mesh: () => {
    readonly services: readonly MeshService[];
    readonly traffic: readonly MeshTraffic[];
  };
}

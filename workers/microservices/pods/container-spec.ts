/**
 * The pod runtime's terms, which are Kubernetes' (core/v1 Container, ContainerStateTerminated, Probe):
 * plain data that passes between threads. The runtime knows these and nothing of the API's objects.
 */

export interface ContainerSpec {
  readonly podUid: string;
  readonly podName: string;
  readonly namespace: string;
  /** The container's name within its pod. */
  readonly container: string;
  /** An image reference, e.g. nginx:1.27. */
  readonly image: string;
  /** Takes the place of the image's entry point; null: the image's own. */
  readonly command: readonly string[] | null;
  /** Takes the place of the image's arguments; null: the image's own. */
  readonly args: readonly string[] | null;
  /** All of them: HOSTNAME, KUBERNETES_SERVICE_HOST and the like come from the caller. */
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly containerPort: number }[];
  readonly limits: {
    readonly cpuMillicores: number | null;
    readonly memoryBytes: number | null;
  };
  /** Mounted config maps and secrets: absolute path to text. */
  readonly files: Readonly<Record<string, string>>;
  /** Whether attach may write to the program's input. */
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** What names a container slot of a pod; a restart has the same key. */
export function keyOf({ podUid, container }: Pick<ContainerSpec, "podUid" | "container">): string {
  return `${podUid}/${container}`;
}

/** ContainerStateTerminated.reason, as the container runtimes write it. */
export type ExitReason = "Completed" | "Error" | "OOMKilled" | "ContainerCannotRun";

export interface ContainerExit {
  /** 0 to 255; 128 + n when signal n ended it. */
  readonly exitCode: number;
  readonly reason: ExitReason;
  /** Empty when the code says it all. */
  readonly message: string;
}

/** Each container tells one `started` at most and exactly one `exited`, in this order. */
export type RuntimeEvent =
  | {
      readonly kind: "started";
      readonly key: string;
      readonly containerId: string;
      /** Of its server on 127.0.0.1; null: the program listens nowhere. */
      readonly port: number | null;
      /** The same port in the container's own terms. */
      readonly containerPort: number | null;
    }
  | ({
      readonly kind: "exited";
      readonly key: string;
      readonly containerId: string;
    } & ContainerExit);

export type ContainerProbe =
  | {
      readonly kind: "httpGet";
      readonly containerPort: number;
      readonly path: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
    }
  | { readonly kind: "tcpSocket"; readonly containerPort: number; readonly timeoutMs: number }
  | { readonly kind: "exec"; readonly command: readonly string[]; readonly timeoutMs: number };

export interface ContainerStats {
  /**
   * CPU time since the container's start. A packed container has its own synchronous time, and of
   * what else its thread used a share by requests and commands; both together never exceed what the
   * operating system measured for the thread. A script's thread is measured as a whole.
   */
  readonly cpuMs: number;
  /**
   * What an idle container was measured to take, its files, and what its program accounts for; of a
   * script the heap of its thread. Not a resident set: containers of one thread share a heap.
   */
  readonly memoryBytes: number;
  readonly requests: number;
}

export interface LogOptions {
  readonly follow?: boolean;
  readonly tailLines?: number | undefined;
  /** Ends after this many bytes, within a line if need be. */
  readonly limitBytes?: number | undefined;
  /** Only what was written at or after this time (milliseconds since 1970). */
  readonly sinceMs?: number | undefined;
  /** Writes the time (RFC 3339) before each line. */
  readonly timestamps?: boolean;
  /** Of the container before the last restart. */
  readonly previous?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface FetchRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FetchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why the runtime does not do what it was asked. */
export class PodRuntimeError extends Error {
  readonly reason: "Full" | "Running" | "NotFound" | "NotRunning" | "UnknownImage" | "Closed";

  constructor(reason: PodRuntimeError["reason"], message: string) {
    super(message);
    this.name = "PodRuntimeError";
    this.reason = reason;
  }
}

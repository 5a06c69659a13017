/**
 * What the kubelet asks of a container runtime and what it hears of it: plain data, so that real
 * servers in worker threads and simulated ones are two drivers of the same core.
 */
import type { Container, Probe } from "kubernetes-types/core/v1";

export type ProbeKind = "startup" | "readiness" | "liveness";

/** Which container of which pod; answers carry the same. */
export interface ContainerRef {
  readonly node: string;
  /** The pod's uid. */
  readonly pod: string;
  readonly container: string;
}

/** Counts the starts of a container from 1: what is told of an earlier start is left unread. */
interface Attempt {
  readonly attempt: number;
}

export type RuntimeCommand =
  | ({
      readonly kind: "pull";
      readonly image: string;
      readonly annotations: Readonly<Record<string, string>>;
    } & ContainerRef)
  | ({
      readonly kind: "start";
      readonly namespace: string;
      readonly podName: string;
      readonly podIP: string;
      readonly labels: Readonly<Record<string, string>>;
      readonly annotations: Readonly<Record<string, string>>;
      readonly spec: Container;
      /** What the runtime has to hold the container to; null: no limit. */
      readonly limits: { readonly cpuMilli: number | null; readonly memoryBytes: number | null };
    } & ContainerRef &
      Attempt)
  /** SIGTERM, and SIGKILL after the grace; said again with a shorter grace where that changes. */
  | ({ readonly kind: "stop"; readonly graceMs: number } & ContainerRef & Attempt)
  | ({
      readonly kind: "probe";
      readonly probe: ProbeKind;
      readonly spec: Probe;
      readonly podIP: string;
      /**
       * False: look once and tell. True: tell when the outcome is settled and whenever it turns
       * over, threshold and period counted; until the container ends.
       */
      readonly watch: boolean;
    } & ContainerRef &
      Attempt)
  /** Nothing of the pod is left to keep. */
  | { readonly kind: "forget"; readonly node: string; readonly pod: string };

export type RuntimeObservation =
  | ({ readonly kind: "pulled"; readonly sizeBytes: number | null } & ContainerRef)
  | ({ readonly kind: "pullFailed"; readonly message: string } & ContainerRef)
  | ({ readonly kind: "started" } & ContainerRef & Attempt)
  | ({ readonly kind: "startFailed"; readonly message: string } & ContainerRef & Attempt)
  | ({
      readonly kind: "exited";
      readonly exitCode: number;
      /** It was ended because it took more memory than its limit. */
      readonly outOfMemory: boolean;
      readonly message: string | null;
    } & ContainerRef &
      Attempt)
  | ({
      readonly kind: "probed";
      readonly probe: ProbeKind;
      readonly ok: boolean;
      /** "HTTP probe failed with statuscode: 500" */
      readonly message: string;
    } & ContainerRef &
      Attempt);

/** The driver's side: it may answer at once or later, by Kubelet.hear. */
export interface RuntimeHost {
  readonly command: (command: RuntimeCommand) => void;
  /** Whether the node's runtime watches probes by itself (see `watch`). */
  readonly watchesProbes: (node: string) => boolean;
}

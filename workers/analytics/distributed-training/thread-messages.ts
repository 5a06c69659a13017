/** What the coordinator and the threads of data-parallel training say to each other. */
import type { Reference } from "../core/serving/model-monitor.ts";
import type { NetworkOptions, ReplicaState } from "../core/distributed-training/replica.ts";

/** Shared, so that all threads read the same samples. */
export interface SharedSamples {
  readonly inputs: Float32Array;
  readonly labels: Uint8Array;
}

export interface TrainingPlan {
  readonly network: NetworkOptions;
  readonly seed: number;
  readonly batchSize: number;
  readonly shards: number;
}

export type DataChoice =
  | { readonly kind: "spirals"; readonly samples: number; readonly seed: number }
  | { readonly kind: "digits"; readonly samples: number; readonly seed: number };

export interface PreparedData {
  readonly training: SharedSamples;
  readonly heldBack: SharedSamples;
}

/** Steps are counted from 0 over the whole run. */
export interface SegmentOrder {
  readonly kind: "segment";
  readonly rank: number;
  readonly workers: number;
  readonly control: SharedArrayBuffer;
  /** Two sets of [shards x parameters] f32, used in turn. */
  readonly slots: readonly SharedArrayBuffer[];
  readonly fromStep: number;
  readonly toStep: number;
  /** Where to go on from; null: from where this worker is. */
  readonly state: ReplicaState | null;
  readonly wantsState: boolean;
  readonly wantsAccuracy: boolean;
}

export interface OpenOrder {
  readonly kind: "open";
  readonly plan: TrainingPlan;
  readonly data: PreparedData;
  /** The longest that the others are waited for. */
  readonly longestMs: number;
}

/** The network with these parameters as a model for the registry. */
export interface PublishOrder {
  readonly kind: "publish";
  readonly choice: DataChoice;
  readonly network: NetworkOptions;
  readonly parameters: Float32Array;
}

export type ThreadOrder =
  | { readonly kind: "prepare"; readonly choice: DataChoice }
  | OpenOrder
  | PublishOrder
  | SegmentOrder;

export const threadSpanKinds = ["compute", "reduce", "wait", "update"] as const;

/** Times in milliseconds since the Unix epoch, with fractions. */
export interface ThreadSpan {
  readonly step: number;
  readonly kind: (typeof threadSpanKinds)[number];
  readonly from: number;
  readonly to: number;
}

export interface SegmentReport {
  readonly kind: "segment";
  /** For each step the summed loss of each of this worker's shards, one after the other. */
  readonly losses: Float64Array;
  readonly hash: string;
  readonly state: ReplicaState | null;
  readonly accuracy: number | null;
  readonly spans: readonly ThreadSpan[];
  readonly ms: number;
}

export type ThreadReport =
  | { readonly kind: "prepared"; readonly data: PreparedData }
  | { readonly kind: "unavailable"; readonly reason: string }
  | {
      readonly kind: "published";
      readonly onnx: Uint8Array;
      readonly reference: Reference;
      /** SHA-256 of the training samples. */
      readonly dataHash: string;
    }
  | { readonly kind: "opened"; readonly parameters: number }
  | SegmentReport
  | { readonly kind: "gave-up" };

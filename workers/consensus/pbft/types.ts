/** The words of PBFT: messages, certificates, records on disk, options. */
import type { Context, NodeId } from "../../cluster/process.ts";
import type { Service } from "../consensus-manager.ts";
import type { Signature } from "../signatures.ts";
import type { PbftRules } from "./rules.ts";

interface Signed {
  readonly replica: NodeId;
  readonly signature: Signature;
}

export interface PrePrepare extends Signed {
  readonly kind: "pre-prepare";
  readonly view: number;
  /** The sequence number. */
  readonly n: number;
  readonly digest: number;
  /** null: the null request of a new view, which changes nothing. */
  readonly command: string | null;
}

export interface Prepare extends Signed {
  readonly kind: "prepare";
  readonly view: number;
  readonly n: number;
  readonly digest: number;
}

export interface Checkpoint extends Signed {
  readonly kind: "checkpoint";
  readonly n: number;
  /** Of the state after executing request n. */
  readonly digest: number;
}

/** "P_m": a pre-prepare and as many matching prepares as make a quorum with it. */
export interface PreparedCertificate {
  readonly prePrepare: PrePrepare;
  readonly prepares: readonly Prepare[];
}

export interface ViewChange extends Signed {
  readonly kind: "view-change";
  /** The view to move to. */
  readonly view: number;
  /** The sender's last stable checkpoint, and the proof "C" of it. */
  readonly stable: number;
  readonly proof: readonly Checkpoint[];
  /** "P": what was prepared behind it. */
  readonly prepared: readonly PreparedCertificate[];
}

export interface NewView {
  readonly kind: "new-view";
  readonly view: number;
  /** "V" */
  readonly viewChanges: readonly ViewChange[];
  /** "O" */
  readonly prePrepares: readonly PrePrepare[];
}

export type PbftMessage =
  /** A client's request on its way to the primary. */
  | { readonly kind: "request"; readonly command: string }
  | PrePrepare
  | Prepare
  | {
      readonly kind: "commit";
      readonly view: number;
      readonly n: number;
      readonly digest: number;
    }
  | Checkpoint
  | ViewChange
  | NewView
  /** What its sender has, so that others send what it lacks (TOCS 2002, section 5.2). */
  | {
      readonly kind: "status";
      readonly view: number;
      readonly active: boolean;
      readonly executed: number;
      readonly stable: number;
    }
  /** Its sender has executed this; f + 1 that say the same are believed. */
  | { readonly kind: "decided"; readonly n: number; readonly command: string | null }
  /** A stable checkpoint for a replica that fell behind it. */
  | {
      readonly kind: "state";
      readonly n: number;
      readonly data: string;
      readonly proof: readonly Checkpoint[];
    };

export type PbftRecord =
  /** Also the new view's pre-prepares, so that no view is ever entered by half. */
  | {
      readonly kind: "view";
      readonly view: number;
      readonly active: boolean;
      readonly lastActiveView: number;
      /** What let the replica into its last active view, to pass on to others. */
      readonly newView: NewView | null;
      readonly prePrepares: readonly PrePrepare[];
    }
  | { readonly kind: "pre-prepared"; readonly prePrepare: PrePrepare }
  | { readonly kind: "prepared"; readonly certificate: PreparedCertificate }
  | { readonly kind: "checkpoint"; readonly n: number; readonly data: string }
  | { readonly kind: "stable"; readonly n: number; readonly proof: readonly Checkpoint[] };

export type PbftContext = Context<PbftMessage, PbftRecord>;

export interface PbftOptions {
  readonly members: readonly NodeId[];
  /** How long a backup waits for a request to be executed; doubles with each view that fails. */
  readonly requestTimeoutMs: number;
  readonly timeoutDoublingsMax: number;
  readonly statusEveryMs: number;
  /** "K": requests between two checkpoints. */
  readonly checkpointEvery: number;
  /** "L", the distance of the water marks: requests that may be under way. */
  readonly windowSize: number;
  /** Requests that wait to be executed; further ones are dropped, and their clients ask again. */
  readonly waitingMax: number;
  /** Sequence numbers that are sent again in answer to one status. */
  readonly resendMax: number;
  readonly service: Service;
  readonly rules: PbftRules;
}

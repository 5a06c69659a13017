/** The words of HotStuff: blocks, certificates, messages, records on disk, options. */
import type { Context, NodeId } from "../../cluster/process.ts";
import type { Service } from "../consensus-manager.ts";
import type { Signature } from "../signatures.ts";
import type { HotStuffRules } from "./rules.ts";

/** A node of the tree of proposals (the paper's "node"), named by its digest. */
export interface Block {
  readonly parent: number;
  /** The genesis block has height and digest 0. */
  readonly height: number;
  readonly view: number;
  readonly commands: readonly string[];
}

export type Phase = "prepare" | "pre-commit" | "commit";

/** What a vote says, and a quorum certificate proves. */
export interface Claim {
  readonly phase: Phase;
  readonly view: number;
  readonly block: number;
  readonly height: number;
}

/** "QC": the same claim signed by a quorum. The paper has one threshold signature for them. */
export interface Certificate extends Claim {
  readonly signatures: readonly { readonly replica: NodeId; readonly signature: Signature }[];
}

export type HotStuffMessage =
  /** A client's request on its way to the leader. */
  | { readonly kind: "request"; readonly command: string }
  /** To the leader of a view, and to all when the view before it failed. */
  | { readonly kind: "new-view"; readonly view: number; readonly justify: Certificate }
  /** The leader's proposal, with its highest certificate and the last decision it knows of. */
  | {
      readonly kind: "prepare";
      readonly view: number;
      readonly block: Block;
      readonly justify: Certificate;
      readonly decided: Certificate | null;
    }
  /** The leader has a certificate of the phase before: prepare, pre-commit, commit. */
  | { readonly kind: "pre-commit" | "commit" | "decide"; readonly justify: Certificate }
  | ({ readonly kind: "vote"; readonly signature: Signature } & Claim)
  /** What its sender has, so that others send what it lacks. */
  | {
      readonly kind: "status";
      readonly view: number;
      readonly wanted: number;
      readonly height: number;
    }
  /** Its sender lacks this block of a branch that is decided. */
  | { readonly kind: "fetch"; readonly block: number }
  /** The block that was asked for, and behind it its parent, and so on. */
  | { readonly kind: "branch"; readonly blocks: readonly Block[] }
  /** Decided blocks in order; the certificate is for the last of them. */
  | {
      readonly kind: "decided";
      readonly blocks: readonly Block[];
      readonly justify: Certificate;
    }
  /** A state for replicas that fell far behind; f + 1 that send the same are believed. */
  | ({ readonly kind: "snapshot" } & Snapshot);

export interface Snapshot {
  readonly height: number;
  readonly block: number;
  /** Commands executed up to here. */
  readonly executed: number;
  readonly data: string;
}

export type HotStuffRecord =
  | { readonly kind: "block"; readonly block: Block }
  | { readonly kind: "view"; readonly view: number }
  | { readonly kind: "voted"; readonly view: number; readonly phase: Phase }
  | { readonly kind: "prepared"; readonly certificate: Certificate }
  | { readonly kind: "locked"; readonly certificate: Certificate }
  | { readonly kind: "decided"; readonly certificate: Certificate }
  | { readonly kind: "snapshot"; readonly snapshot: Snapshot };

export type HotStuffContext = Context<HotStuffMessage, HotStuffRecord>;

export interface HotStuffOptions {
  readonly members: readonly NodeId[];
  /** How long a view may take; doubles with each view that fails. */
  readonly viewTimeoutMs: number;
  readonly timeoutDoublingsMax: number;
  readonly statusEveryMs: number;
  /** Commands in one block. */
  readonly batchMax: number;
  /** Requests that wait to be executed; further ones are dropped, and their clients ask again. */
  readonly waitingMax: number;
  /** Blocks between two snapshots; those of the last two spans are kept for replicas behind. */
  readonly snapshotEveryBlocks: number;
  readonly service: Service;
  readonly rules: HotStuffRules;
}

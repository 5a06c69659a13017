/** Making and checking what is signed: messages that others may pass on, and proofs made of them. */
import type { NodeId } from "../../cluster/process.ts";
import { digestOf, type Signer, verify } from "../signatures.ts";
import type { PbftState } from "./state.ts";
import type { Checkpoint, Prepare, PreparedCertificate, PrePrepare, ViewChange } from "./types.ts";

/** The null request has a digest of its own. */
export function requestDigest(command: string | null): number {
  return command === null ? 0 : digestOf(command);
}

export function stateDigest(n: number, data: string): number {
  return digestOf(`${n} ${data}`);
}

type Unsigned<Message> = Omit<Message, "kind" | "replica" | "signature">;

export function signPrePrepare(signer: Signer, fields: Unsigned<PrePrepare>): PrePrepare {
  const signature = signer.sign(phaseText("pre-prepare", fields));
  return { kind: "pre-prepare", ...fields, replica: signer.id, signature };
}

export function signPrepare(signer: Signer, fields: Unsigned<Prepare>): Prepare {
  const signature = signer.sign(phaseText("prepare", fields));
  return { kind: "prepare", ...fields, replica: signer.id, signature };
}

export function signCheckpoint(signer: Signer, fields: Unsigned<Checkpoint>): Checkpoint {
  const signature = signer.sign(checkpointText(fields));
  return { kind: "checkpoint", ...fields, replica: signer.id, signature };
}

export function signViewChange(signer: Signer, fields: Unsigned<ViewChange>): ViewChange {
  const signature = signer.sign(viewChangeText(fields));
  return { kind: "view-change", ...fields, replica: signer.id, signature };
}

function phaseText(
  phase: string,
  { view, n, digest }: Pick<Prepare, "view" | "n" | "digest">,
): string {
  return `${phase} ${view} ${n} ${digest}`;
}

function checkpointText({ n, digest }: Pick<Checkpoint, "n" | "digest">): string {
  return `checkpoint ${n} ${digest}`;
}

function viewChangeText({ view, stable, proof, prepared }: Unsigned<ViewChange>): string {
  return `view-change ${view} ${stable} ${digestOf(JSON.stringify([proof, prepared]))}`;
}

export function primaryOf(members: readonly NodeId[], view: number): NodeId {
  return members[view % members.length] ?? 0;
}

/** Signed by the primary of its view, with the digest of its command. */
export function isPrePrepareValid(pbft: PbftState, message: PrePrepare): boolean {
  const { members } = pbft.options;
  return (
    message.replica === primaryOf(members, message.view) &&
    message.digest === requestDigest(message.command) &&
    verify(message.replica, phaseText("pre-prepare", message), message.signature)
  );
}

/** Signed by a backup of its view. */
export function isPrepareValid(pbft: PbftState, message: Prepare): boolean {
  const { members } = pbft.options;
  return (
    members.includes(message.replica) &&
    message.replica !== primaryOf(members, message.view) &&
    verify(message.replica, phaseText("prepare", message), message.signature)
  );
}

export function isCheckpointValid(pbft: PbftState, message: Checkpoint): boolean {
  return (
    pbft.options.members.includes(message.replica) &&
    verify(message.replica, checkpointText(message), message.signature)
  );
}

/** A quorum of replicas says the same of their state after request n. */
export function isProofValid(
  pbft: PbftState,
  n: number,
  proof: readonly Checkpoint[],
): proof is readonly [Checkpoint, ...Checkpoint[]] {
  const [first] = proof;
  if (first === undefined) return false;
  const signers = new Set<NodeId>();
  for (const checkpoint of proof) {
    if (checkpoint.n !== n || checkpoint.digest !== first.digest) return false;
    if (!isCheckpointValid(pbft, checkpoint)) return false;
    signers.add(checkpoint.replica);
  }
  return signers.size >= pbft.quorum;
}

export function isCertificateValid(
  pbft: PbftState,
  { prePrepare, prepares }: PreparedCertificate,
): boolean {
  if (!isPrePrepareValid(pbft, prePrepare)) return false;
  const signers = new Set<NodeId>([prePrepare.replica]);
  for (const prepare of prepares) {
    const { view, n, digest } = prepare;
    const matches = view === prePrepare.view && n === prePrepare.n && digest === prePrepare.digest;
    if (!matches || !isPrepareValid(pbft, prepare)) return false;
    signers.add(prepare.replica);
  }
  return signers.size >= pbft.quorum;
}

/** Everything in it is proven: the checkpoint, and each certificate of an earlier view behind it. */
export function isViewChangeValid(pbft: PbftState, message: ViewChange): boolean {
  const { view, stable, proof, prepared, replica, signature } = message;
  if (!pbft.options.members.includes(replica)) return false;
  if (!verify(replica, viewChangeText(message), signature)) return false;
  if (stable > 0 && !isProofValid(pbft, stable, proof)) return false;
  const last = stable + pbft.options.windowSize;
  return prepared.every((certificate) => {
    const { prePrepare } = certificate;
    const inWindow = prePrepare.n > stable && prePrepare.n <= last && prePrepare.view < view;
    return inWindow && isCertificateValid(pbft, certificate);
  });
}

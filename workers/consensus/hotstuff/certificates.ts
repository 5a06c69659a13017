/** Making and checking votes and the certificates made of them (section 3 of Yin et al. 2019). */
import type { NodeId } from "../../cluster/process.ts";
import { digestOf, type Signer, verify } from "../signatures.ts";
import type { Block, Certificate, Claim, HotStuffMessage, HotStuffOptions } from "./types.ts";

/** Everybody has the genesis block, and its certificate needs no signature. */
export const genesis: Certificate = {
  phase: "prepare",
  view: 0,
  block: 0,
  height: 0,
  signatures: [],
};

export function blockDigest({ parent, height, view, commands }: Block): number {
  return digestOf(JSON.stringify([parent, height, view, commands]));
}

function claimText({ phase, view, block, height }: Claim): string {
  return `${phase} ${view} ${block} ${height}`;
}

export function signVote(
  signer: Signer,
  { phase, view, block, height }: Claim,
): Extract<HotStuffMessage, { kind: "vote" }> {
  const claim = { phase, view, block, height };
  return { kind: "vote", ...claim, signature: signer.sign(claimText(claim)) };
}

export function isVoteValid(
  from: NodeId,
  vote: Extract<HotStuffMessage, { kind: "vote" }>,
): boolean {
  return verify(from, claimText(vote), vote.signature);
}

export function isCertificateValid(options: HotStuffOptions, certificate: Certificate): boolean {
  const { view, block, height, signatures } = certificate;
  if (view === 0) return block === 0 && height === 0;
  const { members, rules } = options;
  const text = claimText(certificate);
  const areSigned = signatures.every(
    ({ replica, signature }) => members.includes(replica) && verify(replica, text, signature),
  );
  const signers = new Set(signatures.map(({ replica }) => replica));
  const count = rules.countSigners ? signers.size : signatures.length;
  return areSigned && count >= rules.quorumSize(members.length);
}

export function leaderOf(members: readonly NodeId[], view: number): NodeId {
  return members[(view - 1) % members.length] ?? 0;
}

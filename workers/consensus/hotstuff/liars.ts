/** Replicas that lie. Each signs for itself alone. */
import type { NodeId } from "../../cluster/process.ts";
import type { Service } from "../consensus-manager.ts";
import { erratic } from "../erratic.ts";
import { garbage } from "../garbage.ts";
import { Liar } from "../liar.ts";
import type { Lie } from "../lying-server.ts";
import { Signer } from "../signatures.ts";
import { blockDigest, genesis, signVote } from "./certificates.ts";
import { HotStuff } from "./hotstuff.ts";
import { hotStuffOptions } from "./options.ts";
import { hotStuffRules, type HotStuffRules } from "./rules.ts";
import type { HotStuffMessage, HotStuffRecord } from "./types.ts";

type HotStuffLie = Lie<HotStuffMessage, HotStuffRecord>;

function liar(
  makeLie: (id: NodeId, members: readonly NodeId[]) => HotStuffLie,
  changes: Partial<HotStuffRules> = {},
) {
  return (id: NodeId, members: readonly NodeId[], service?: Service) => {
    const rules = { ...hotStuffRules, ...changes };
    const options = hotStuffOptions(
      members,
      service === undefined ? { rules } : { service, rules },
    );
    return new Liar(new HotStuff(id, options), makeLie(id, members));
  };
}

const byLeader: ReadonlySet<string> = new Set(["prepare", "pre-commit", "commit", "decide"]);

/** Keeps silent whenever it leads. */
const silent = liar(() => (message) => (byLeader.has(message.kind) ? [] : [message]));

/** Whom the second story is told to. */
function isInSecondHalf(members: readonly NodeId[], to: NodeId): boolean {
  return members.indexOf(to) >= members.length / 2;
}

/** As leader it proposes one block to some and another to the rest, in the same view. */
const equivocate = liar((id, members) => (message, to) => {
  if (message.kind !== "prepare" || !isInSecondHalf(members, to)) return [message];
  const { block } = message;
  const other = { ...block, commands: block.commands.slice(1) };
  return [message, { ...message, block: other }].toReversed();
});

/** Votes for what nobody proposed. */
const wrongDigests = liar((id) => {
  const signer = new Signer(id);
  return (message) =>
    message.kind === "vote"
      ? [signVote(signer, { ...message, block: message.block + 1 })]
      : [message];
});

/** Pretends to know of no certificate, and proposes against what others are locked on. */
const forgetful = liar(
  () => (message) => {
    if (message.kind === "new-view") return [{ ...message, justify: genesis }];
    return [message.kind === "prepare" ? { ...message, decided: null } : message];
  },
  { highest: () => genesis },
);

/** As leader it tells some that a block is decided, by its own vote signed as often as it takes. */
const forge = liar((id, members) => {
  const signer = new Signer(id);
  return (message, to) => {
    if (message.kind !== "prepare" || !isInSecondHalf(members, to)) return [message];
    const block = { ...message.block, commands: [] };
    const { view, height } = block;
    const claim = { phase: "commit", view, block: blockDigest(block), height } as const;
    const { signature } = signVote(signer, claim);
    const signatures = members.map(() => ({ replica: id, signature }));
    return [{ kind: "decided", blocks: [block], justify: { ...claim, signatures } }];
  };
});

export const hotStuffLiars = {
  silent: { summary: "It keeps silent whenever it leads.", create: silent },
  equivocate: { summary: "As leader it proposes two blocks in one view.", create: equivocate },
  "wrong-digests": { summary: "It votes for what nobody proposed.", create: wrongDigests },
  forgetful: {
    summary: "It hides the certificates it has, and proposes against them.",
    create: forgetful,
  },
  forge: { summary: "As leader it makes certificates of its own signature alone.", create: forge },
  erratic: {
    summary: "It keeps back what it should say and repeats old words, by chance.",
    create: liar(() => erratic()),
  },
  garbage: {
    summary: "It sends rubbish, and forged signatures.",
    create: garbage<HotStuffMessage, HotStuffRecord>([
      "request",
      "new-view",
      "prepare",
      "pre-commit",
      "commit",
      "decide",
      "vote",
      "status",
      "fetch",
      "branch",
      "decided",
      "snapshot",
    ]),
  },
};

/** Replicas that lie. Each signs for itself alone. */
import type { NodeId } from "../../cluster/process.ts";
import type { Service } from "../consensus-manager.ts";
import { erratic } from "../erratic.ts";
import { garbage } from "../garbage.ts";
import { Liar } from "../liar.ts";
import type { Lie } from "../lying-server.ts";
import { Signer } from "../signatures.ts";
import {
  requestDigest,
  signCheckpoint,
  signPrepare,
  signPrePrepare,
  signViewChange,
} from "./certificates.ts";
import { pbftOptions } from "./options.ts";
import { Pbft } from "./pbft.ts";
import type { PbftMessage, PbftRecord, PrePrepare } from "./types.ts";

type PbftLie = Lie<PbftMessage, PbftRecord>;

function liar(makeLie: (id: NodeId, members: readonly NodeId[]) => PbftLie) {
  return (id: NodeId, members: readonly NodeId[], service?: Service) => {
    const options = pbftOptions(members, service === undefined ? {} : { service });
    return new Liar(new Pbft(id, options), makeLie(id, members));
  };
}

/** Takes requests and orders none; says nothing of new views either. */
const silent = liar(() => (message) => {
  return message.kind === "pre-prepare" || message.kind === "new-view" ? [] : [message];
});

/** Whom the second story is told to. */
function isInSecondHalf(members: readonly NodeId[], to: NodeId): boolean {
  return members.indexOf(to) >= members.length / 2;
}

/** As primary gives one number to different requests, and commits to each where it told of it. */
const equivocate = liar((id, members) => {
  const signer = new Signer(id);
  const stories = new Map<string, number>();
  let earlier: string | null = null;
  return (message, to) => {
    if (!isInSecondHalf(members, to)) {
      if (message.kind === "pre-prepare") earlier ??= message.command;
      return [message];
    }
    if (message.kind === "pre-prepare" && message.replica === id) {
      const other = secondStory(signer, message, earlier);
      earlier = message.command;
      if (other === null) return [];
      stories.set(`${message.view} ${message.n}`, other.digest);
      return [other];
    }
    if (message.kind !== "commit") return [message];
    const digest = stories.get(`${message.view} ${message.n}`);
    return [digest === undefined ? message : { ...message, digest }];
  };
});

function secondStory(
  signer: Signer,
  { view, n, command }: PrePrepare,
  earlier: string | null,
): PrePrepare | null {
  if (earlier === null || earlier === command) return null;
  const digest = requestDigest(earlier);
  return signPrePrepare(signer, { view, n, digest, command: earlier });
}

/** Prepares, commits and checkpoints what nobody proposed. */
const wrongDigests = liar((id) => {
  const signer = new Signer(id);
  return (message) => {
    switch (message.kind) {
      case "prepare":
        return [signPrepare(signer, { ...message, digest: message.digest + 1 })];
      case "commit":
        return [{ ...message, digest: message.digest + 1 }];
      case "checkpoint":
        return [signCheckpoint(signer, { ...message, digest: message.digest + 1 })];
      default:
        return [message];
    }
  };
});

/** Forgets in view changes what was prepared, and as a new primary puts nothing in its place. */
const forgetful = liar((id) => {
  const signer = new Signer(id);
  return (message) => {
    if (message.kind === "new-view") {
      const prePrepares = message.prePrepares.map(({ view, n }) =>
        signPrePrepare(signer, { view, n, digest: requestDigest(null), command: null }),
      );
      return [{ ...message, prePrepares }];
    }
    if (message.kind !== "view-change" || message.replica !== id) return [message];
    return [signViewChange(signer, { ...message, prepared: [] })];
  };
});

export const pbftLiars = {
  silent: { summary: "As primary it orders no request, and starts no view.", create: silent },
  equivocate: {
    summary: "As primary it gives one number to different requests.",
    create: equivocate,
  },
  "wrong-digests": {
    summary: "It prepares, commits and checkpoints what nobody proposed.",
    create: wrongDigests,
  },
  forgetful: {
    summary: "It leaves out of view changes what was prepared.",
    create: forgetful,
  },
  erratic: {
    summary: "It keeps back what it should say and repeats old words, by chance.",
    create: liar(() => erratic()),
  },
  garbage: {
    summary: "It sends rubbish, and forged signatures.",
    create: garbage<PbftMessage, PbftRecord>([
      "request",
      "pre-prepare",
      "prepare",
      "commit",
      "checkpoint",
      "view-change",
      "new-view",
      "status",
      "decided",
      "state",
    ]),
  },
};

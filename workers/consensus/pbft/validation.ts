/**
 * Whether something that came over the network has the shape of a message at all: liars may send
 * anything. What it says is checked elsewhere.
 */
import { commandLengthMax, stateLengthMax } from "./limits.ts";
import type { PbftMessage, PbftOptions } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function areCounts(...values: readonly unknown[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
}

function isCommand(value: unknown): boolean {
  return value === null || (typeof value === "string" && value.length <= commandLengthMax);
}

function areAll(
  value: unknown,
  lengthMax: number,
  isOne: (item: unknown) => boolean,
): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= lengthMax && value.every(isOne);
}

export function isWellFormed(
  message: unknown,
  { members, windowSize }: Pick<PbftOptions, "members" | "windowSize">,
): message is PbftMessage {
  const most = members.length;

  const isSigned = (value: unknown, kind: string): value is Fields =>
    isFields(value) && value["kind"] === kind && areCounts(value["replica"], value["signature"]);

  const isPrePrepare = (value: unknown): boolean =>
    isSigned(value, "pre-prepare") &&
    areCounts(value["view"], value["n"], value["digest"]) &&
    isCommand(value["command"]);

  const isPrepare = (value: unknown): boolean =>
    isSigned(value, "prepare") && areCounts(value["view"], value["n"], value["digest"]);

  const isCheckpoint = (value: unknown): boolean =>
    isSigned(value, "checkpoint") && areCounts(value["n"], value["digest"]);

  const isCertificate = (value: unknown): boolean =>
    isFields(value) &&
    isPrePrepare(value["prePrepare"]) &&
    areAll(value["prepares"], most, isPrepare);

  const isViewChange = (value: unknown): boolean =>
    isSigned(value, "view-change") &&
    areCounts(value["view"], value["stable"]) &&
    areAll(value["proof"], most, isCheckpoint) &&
    areAll(value["prepared"], windowSize, isCertificate);

  if (!isFields(message)) return false;
  switch (message["kind"]) {
    case "request":
      return typeof message["command"] === "string" && isCommand(message["command"]);
    case "pre-prepare":
      return isPrePrepare(message);
    case "prepare":
      return isPrepare(message);
    case "commit":
      return areCounts(message["view"], message["n"], message["digest"]);
    case "checkpoint":
      return isCheckpoint(message);
    case "view-change":
      return isViewChange(message);
    case "new-view":
      return (
        areCounts(message["view"]) &&
        areAll(message["viewChanges"], most, isViewChange) &&
        // The stable checkpoints of two honest replicas are at most a window apart.
        areAll(message["prePrepares"], 2 * windowSize, isPrePrepare)
      );
    case "status":
      return (
        areCounts(message["view"], message["executed"], message["stable"]) &&
        typeof message["active"] === "boolean"
      );
    case "decided":
      return areCounts(message["n"]) && isCommand(message["command"]);
    case "state": {
      const data = message["data"];
      if (typeof data !== "string" || data.length > stateLengthMax) return false;
      return areCounts(message["n"]) && areAll(message["proof"], most, isCheckpoint);
    }
    default:
      return false;
  }
}

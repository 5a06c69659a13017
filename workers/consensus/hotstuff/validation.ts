/**
 * Whether something that came over the network has the shape of a message at all: liars may send
 * anything. What it says is checked elsewhere.
 */
import { branchLengthMax, commandLengthMax, stateLengthMax } from "./limits.ts";
import type { HotStuffMessage, HotStuffOptions } from "./types.ts";

type Fields = Readonly<Record<string, unknown>>;

const phases: ReadonlySet<unknown> = new Set(["prepare", "pre-commit", "commit"]);

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null;
}

function areCounts(...values: readonly unknown[]): boolean {
  return values.every((value) => Number.isSafeInteger(value) && (value as number) >= 0);
}

function isCommand(value: unknown): boolean {
  return typeof value === "string" && value.length <= commandLengthMax;
}

function areAll(value: unknown, lengthMax: number, isOne: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= lengthMax && value.every(isOne);
}

function isClaim(value: Fields): boolean {
  return phases.has(value["phase"]) && areCounts(value["view"], value["block"], value["height"]);
}

export function isWellFormed(
  message: unknown,
  {
    members,
    batchMax,
    snapshotEveryBlocks,
  }: Pick<HotStuffOptions, "members" | "batchMax" | "snapshotEveryBlocks">,
): message is HotStuffMessage {
  const isCertificate = (value: unknown): boolean =>
    isFields(value) &&
    isClaim(value) &&
    areAll(
      value["signatures"],
      members.length,
      (item) => isFields(item) && areCounts(item["replica"], item["signature"]),
    );

  const isBlock = (value: unknown): boolean =>
    isFields(value) &&
    areCounts(value["parent"], value["height"], value["view"]) &&
    areAll(value["commands"], batchMax, isCommand);

  if (!isFields(message)) return false;
  switch (message["kind"]) {
    case "request":
      return isCommand(message["command"]);
    case "new-view":
      return areCounts(message["view"]) && isCertificate(message["justify"]);
    case "prepare": {
      const decided = message["decided"];
      if (!areCounts(message["view"]) || !isBlock(message["block"])) return false;
      return isCertificate(message["justify"]) && (decided === null || isCertificate(decided));
    }
    case "pre-commit":
    case "commit":
    case "decide":
      return isCertificate(message["justify"]);
    case "vote":
      return isClaim(message) && areCounts(message["signature"]);
    case "status":
      return areCounts(message["view"], message["wanted"], message["height"]);
    case "fetch":
      return areCounts(message["block"]);
    case "branch":
      return areAll(message["blocks"], branchLengthMax, isBlock);
    case "decided":
      return (
        areAll(message["blocks"], 2 * snapshotEveryBlocks, isBlock) &&
        isCertificate(message["justify"])
      );
    case "snapshot": {
      const data = message["data"];
      if (typeof data !== "string" || data.length > stateLengthMax) return false;
      return areCounts(message["height"], message["block"], message["executed"]);
    }
    default:
      return false;
  }
}

import { expect, it } from "vitest";
import { referencePrefix, resolvePrefix } from "./account-names.ts";

const ours = () => ["0x123cAA", "0x1271bb", "0x456Edd"];
const seen = () => ["0x123999", "0xabc111", "0xabc222"];
const resolve = (reference: string) => resolvePrefix(referencePrefix(reference), [ours, seen]);

it("names the one account that begins so, in either case and with either dots", () => {
  const found = { kind: "found", address: "0x456Edd" };
  for (const reference of ["0x456...", "0x456…", "0x456", "0x456e", "0x456E..."]) {
    expect(resolve(reference)).toEqual(found);
  }
});

it("lists the candidates of an ambiguous beginning", () => {
  expect(resolve("0x12...")).toEqual({ kind: "ambiguous", candidates: ["0x123cAA", "0x1271bb"] });
  expect(resolve("0xabc")).toEqual({ kind: "ambiguous", candidates: ["0xabc111", "0xabc222"] });
});

it("prefers our accounts, so that a stranger's address takes no name away", () => {
  expect(resolve("0x123...")).toEqual({ kind: "found", address: "0x123cAA" });
  expect(resolve("0x1239")).toEqual({ kind: "found", address: "0x123999" });
});

it("knows when nobody begins so", () => {
  expect(resolve("0xfff...")).toEqual({ kind: "unknown" });
});

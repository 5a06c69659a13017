import { expect, it } from "vitest";
import { readQuery } from "./search-query.ts";

const hash = `0x${"Ab".repeat(32)}`;

it.each([
  ["12", { kind: "block", block: "12" }],
  [" 1,204 ", { kind: "block", block: "1204" }],
  ["007", { kind: "block", block: "7" }],
  ["Latest", { kind: "block", block: "latest" }],
  [hash, { kind: "hash", hash: hash.toLowerCase() }],
  ["0x123...", { kind: "account", account: "0x123..." }],
  ["0x456…", { kind: "account", account: "0x456…" }],
  [`0x${"1".repeat(40)}`, { kind: "account", account: `0x${"1".repeat(40)}` }],
  ["alice", { kind: "name", name: "alice" }],
  ["fee recipient", { kind: "name", name: "fee recipient" }],
  ["", null],
  ["-5", null],
  ["0x", null],
  ["0xzz", null],
  [`0x${"1".repeat(50)}`, null],
] as const)("reads “%s”", (typed, query) => {
  expect(readQuery(typed)).toEqual(query);
});

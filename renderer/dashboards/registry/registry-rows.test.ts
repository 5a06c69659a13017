import { describe, expect, it } from "vitest";
import type { Found } from "../../../workers/microservices/contract.ts";
import { parseDnsName } from "../../../workers/microservices/core/registry-names.ts";
import { countsOf, dnsNamesOf, parsePairs, parseTags, rowsOf } from "./registry-rows.ts";

const found = (id: string, more: Partial<Found> = {}): Found => ({
  service: "shop",
  id,
  host: "localhost",
  port: 3_000,
  source: "registered",
  health: "passing",
  healthSince: 1,
  detail: "HTTP 200",
  circuit: "closed",
  ttlSeconds: 60,
  check: null,
  tags: ["eu"],
  metadata: { version: "2", team: "a" },
  ...more,
});

describe("rows of the registry", () => {
  it("stay the same objects until their instance says something else", () => {
    const before = rowsOf([found("a"), found("b"), found("c")], new Map());
    const after = rowsOf(
      [found("a"), found("b", { health: "critical" }), found("c", { tags: ["us"] })],
      before,
    );
    expect(after.get("shop/a")).toBe(before.get("shop/a"));
    expect(after.get("shop/b")).toMatchObject({ health: "critical" });
    expect(after.get("shop/c")).toMatchObject({ tagText: "us" });
  });

  it("forget who is gone, and count services and states", () => {
    const rows = rowsOf(
      [found("a", { service: "web" }), found("b", { health: "warning" })],
      new Map(),
    );
    expect(countsOf(rows.values())).toEqual({
      services: 2,
      instances: 2,
      byHealth: { passing: 1, warning: 1, critical: 0, unchecked: 0 },
    });
    expect([...rowsOf([found("b")], rows).keys()]).toEqual(["shop/b"]);
  });

  it("say metadata in one order, whatever order it came in", () => {
    const rows = rowsOf([found("a")], new Map());
    expect(rows.get("shop/a")?.metadataText).toBe("team=a version=2");
  });
});

it.each(["shop", "shop.team-1"])(
  "every name of %s is one that the registry resolves",
  (service) => {
    const names = dnsNamesOf(service);
    expect(names.map((name) => parseDnsName(name)?.service)).toEqual(names.map(() => service));
    expect(new Set(names).size).toBe(names.length);
  },
);

it("tags and pairs are read as they are typed", () => {
  expect(parseTags(" eu,  stable ,")).toEqual(["eu", "stable"]);
  expect(parsePairs("version=1, note=a=b ,")).toEqual({ version: "1", note: "a=b" });
  expect(parsePairs("")).toEqual({});
  expect(parsePairs("version")).toBeNull();
  expect(parsePairs("=1")).toBeNull();
});

import { oc } from "@orpc/contract";
import { describe, expect, it } from "vitest";
import { api } from "../gateway/contract.ts";
import { roles, route } from "./contract.ts";
import { operationsOf } from "./http-routes.ts";

describe("operationsOf", () => {
  it("lists every procedure that is reachable over HTTP, with its path in the contract", () => {
    const examples = { one: { id: 1 } };
    const contract = {
      notes: {
        get: route.route({ method: "GET", path: "/api/notes/{id}" }),
        add: route
          .meta({ role: "operator", examples })
          .route({ method: "POST", path: "/api/notes", successStatus: 201 }),
      },
      clock: route
        .meta({ role: "public", cacheMs: 50 })
        .route({ method: "GET", path: "/api/clock" }),
      ingest: route.meta({ role: "admin", internal: true }),
      hidden: route
        .meta({ role: "admin", internal: true })
        .route({ method: "POST", path: "/api/hidden" }),
    };
    expect(operationsOf(contract)).toEqual([
      {
        name: "notes.get",
        path: ["notes", "get"],
        method: "GET",
        url: "/api/notes/{id}",
        meta: { role: "viewer" },
        successStatus: 200,
      },
      {
        name: "notes.add",
        path: ["notes", "add"],
        method: "POST",
        url: "/api/notes",
        meta: { role: "operator", examples },
        successStatus: 201,
      },
      {
        name: "clock",
        path: ["clock"],
        method: "GET",
        url: "/api/clock",
        meta: { role: "public", cacheMs: 50 },
        successStatus: 200,
      },
    ]);
  });

  it.each([
    ["no method", route.route({ path: "/api/x" })],
    ["no path", route.route({ method: "GET" })],
    ["neither", route],
    ["no role either", oc],
  ])("refuses a procedure with %s that is not marked internal", (_title, procedure) => {
    expect(() => operationsOf({ a: { b: procedure } })).toThrow(
      "a.b is neither internal nor has it a method and a path.",
    );
  });
});

describe("the platform's own API", () => {
  const operations = operationsOf(api);

  it("has no two operations under one method and address", () => {
    const addresses = operations.map(
      ({ method, url }) => `${method} ${url.replaceAll(/\{[^}]+\}/g, "{}")}`,
    );
    expect(addresses.toSorted()).toEqual([...new Set(addresses)].toSorted());
  });

  it("ASVS V3.5.3: what changes state is not a GET, and needs an operator or a code", () => {
    const writers = operations.filter(({ method }) => method !== "GET");
    expect(writers.length).toBeGreaterThan(0);
    const open = writers.filter(
      ({ meta }) => roles.indexOf(meta.role as never) < roles.indexOf("operator"),
    );
    // Signing in needs a code; the others change nothing, but what they are asked does not fit a URL.
    expect(open.map(({ name }) => name).toSorted()).toEqual([
      "analytics.training.data",
      "analytics.training.validate",
      "blockchain.anchors.verify",
      "blockchain.decode",
      "blockchain.decodeAll",
      "blockchain.encode",
      "blockchain.storage",
      "integration.consensus.compile",
      "platform.signIn",
    ]);
  });

  it("serves cached answers of reads alone", () => {
    const cached = operations.filter(({ meta }) => meta.cacheMs !== undefined);
    expect(cached.length).toBeGreaterThan(0);
    expect(cached.filter(({ method }) => method !== "GET")).toEqual([]);
  });

  it("lies under /api", () => {
    expect(operations.filter(({ url }) => !url.startsWith("/api/"))).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OperationRouter, parameterLengthMax } from "./operation-router.ts";

const routerOf = (...routes: readonly string[]) =>
  new OperationRouter(
    routes.map((route) => {
      const [method = "", url = ""] = route.split(" ");
      return { method, url };
    }),
  );

describe("the router of operations", () => {
  const router = routerOf(
    "GET /api/jobs",
    "GET /api/jobs/watch",
    "GET /api/jobs/{id}",
    "DELETE /api/jobs/{id}",
    "GET /api/jobs/{id}/watch",
    "POST /api/jobs/{id}/{verb}",
    "GET /api/{kind}/watch/now",
  );
  const urlOf = (method: string, path: string) => {
    const found = router.find(method, path);
    return found.kind === "operation"
      ? [`${found.operation.method} ${found.operation.url}`, found.parameters]
      : found.kind;
  };

  it.each([
    ["GET", "/api/jobs", "GET /api/jobs", {}],
    ["HEAD", "/api/jobs", "GET /api/jobs", {}],
    ["GET", "/api/jobs/watch", "GET /api/jobs/watch", {}],
    ["GET", "/api/jobs/7", "GET /api/jobs/{id}", { id: "7" }],
    ["DELETE", "/api/jobs/a%2Fb%20c", "DELETE /api/jobs/{id}", { id: "a/b c" }],
    ["GET", "/api/jobs/watch/watch", "GET /api/jobs/{id}/watch", { id: "watch" }],
    ["POST", "/api/jobs/7/cancel", "POST /api/jobs/{id}/{verb}", { id: "7", verb: "cancel" }],
    // Back from a name that leads nowhere.
    ["GET", "/api/jobs/watch/now", "GET /api/{kind}/watch/now", { kind: "jobs" }],
  ])("%s %s is %s", (method, path, url, parameters) => {
    expect(urlOf(method, path)).toEqual([url, parameters]);
  });

  it.each([
    ["/api"],
    ["/api/"],
    ["/api/jobs/"],
    ["/api/jobs/7/"],
    ["/api//watch"],
    ["/api/Jobs"],
    ["/api/jobs/7/watch/more"],
    [`/api/jobs/${"x".repeat(parameterLengthMax + 1)}`],
    ["/api/__proto__"],
  ])("%s is unknown", (path) => {
    expect(urlOf("GET", path)).toBe("unknown");
  });

  it("says what a known path takes", () => {
    expect(router.find("POST", "/api/jobs/7")).toEqual({
      kind: "other methods",
      url: "/api/jobs/{id}",
      allowed: ["GET", "HEAD", "DELETE"],
    });
    // A job may be called watch, too.
    expect(router.find("OPTIONS", "/api/jobs/watch")).toMatchObject({
      url: "/api/jobs/watch",
      allowed: ["GET", "HEAD", "DELETE"],
    });
  });

  it("says of any path the methods that it answers, and no others", () => {
    const segment = fc.constantFrom("a", "b", "{x}");
    const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    const routes = fc.uniqueArray(
      fc
        .tuple(fc.constantFrom(...methods), fc.array(segment, { minLength: 1, maxLength: 3 }))
        .map(([method, segments]) => `${method} /api/${segments.join("/")}`),
      { maxLength: 20 },
    );
    const paths = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(routes, paths, (all, segments) => {
        const made = routerOf(...all);
        const path = `/api/${segments.join("/")}`;
        const answered = methods.filter((each) => made.find(each, path).kind === "operation");
        const found = made.find("OPTIONS", path);
        const allowed = found.kind === "other methods" ? found.allowed : [];
        expect(allowed.filter((each) => each !== "HEAD").toSorted()).toEqual(answered.toSorted());
        expect(allowed.includes("HEAD")).toBe(answered.includes("GET"));
      }),
    );
  });

  it("refuses two operations in one place", () => {
    expect(() => routerOf("GET /api/a/{x}", "GET /api/a/{x}")).toThrow("there twice");
  });

  it("finds each operation by a path made from its own address", () => {
    const segment = fc.constantFrom("a", "b", "{x}", "{y}");
    const urls = fc.uniqueArray(fc.array(segment, { minLength: 1, maxLength: 4 }), {
      maxLength: 20,
      // Parameters have one place, whatever their names.
      selector: (segments) =>
        segments.map((each) => (each.startsWith("{") ? "{}" : each)).join("/"),
    });
    fc.assert(
      fc.property(urls, (all) => {
        const made = routerOf(...all.map((segments) => `GET /api/${segments.join("/")}`));
        for (const segments of all) {
          const path = segments.map((each) => (each.startsWith("{") ? "value" : each));
          const found = made.find("GET", `/api/${path.join("/")}`);
          const operation = found.kind === "operation" ? found.operation : null;
          expect(operation?.url).toBe(`/api/${segments.join("/")}`);
        }
      }),
    );
  });
});

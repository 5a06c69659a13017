import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pages } from "../../renderer/app/pages.ts";
import { deepLinkOf, deepLinkPath } from "./deep-link.ts";

describe("deepLinkPath", () => {
  it.each(pages.map(({ path }) => path))("opens %s", (path) => {
    expect(deepLinkPath(`demo:/${path}`)).toBe(path);
    expect(deepLinkPath(`demo://${path}`)).toBe(path);
  });

  it.each([
    ["demo:", "/"],
    ["demo://", "/"],
    ["demo:///", "/"],
    ["demo://components/", "/components"],
    ["demo://components?thread=quantum", "/components?thread=quantum"],
    ["demo://console?op=platform.state&example=a%20b", "/console?op=platform.state&example=a+b"],
    ["DEMO://components", "/components"],
  ])("%s means %s", (link, path) => {
    expect(deepLinkPath(link)).toBe(path);
  });

  it.each([
    "",
    "components",
    "https://demo/components",
    "app://demo/components",
    "javascript:alert(1)",
    "demo://evil.example/components",
    "demo://components/../../etc/passwd",
    "demo://components/%2e%2e%2fetc",
    "demo://api/platform/threads/quantum/stop",
    "demo://user@components",
    "demo://user:password@components",
    "demo://components:8080",
    "demo://components#code=stolen",
    "demo://components?__proto__=1",
    "demo://components?a[b]=1",
    "demo://components?thread=%0d%0aInjected",
    "demo://components?thread=%00",
    "demo://components\\evil",
    "demo://Components",
    "demo:////evil.example",
    "demo:components",
    `demo://components?filter=${"a".repeat(2048)}`,
  ])("follows nothing else: %j", (link) => {
    expect(deepLinkPath(link)).toBeUndefined();
  });

  it("gives pages of the table alone, whatever the link", () => {
    const known = new Set<string>(pages.map(({ path }) => path));
    const hostile = fc.oneof(
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.string().map((text) => `demo://${text}`),
      fc.webPath().map((path) => `demo://components${path}`),
      fc.webQueryParameters().map((query) => `demo://components?${query}`),
    );
    fc.assert(
      fc.property(hostile, (link) => {
        const path = deepLinkPath(link);
        if (path === undefined) return;
        const url = new URL(path, "http://origin.example");
        expect(url.origin).toBe("http://origin.example");
        expect(url.hash).toBe("");
        expect(known).toContain(url.pathname);
      }),
    );
  });
});

describe("deepLinkOf", () => {
  it("finds the link among the arguments of a launch", () => {
    expect(deepLinkOf(["electron", ".", "--headless", "Demo://x", "demo://y"])).toBe("Demo://x");
    expect(deepLinkOf(["electron", ".", "--home", "/demo://"])).toBeUndefined();
  });
});

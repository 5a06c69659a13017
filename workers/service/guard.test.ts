import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { roles } from "./contract.ts";
import { serviceErrors, type ServiceErrorCode } from "./errors.ts";
import {
  appOrigin,
  checkRole,
  guard,
  guardSteps,
  isRefusal,
  type GuardPolicy,
  type RequestFacts,
} from "./guard.ts";
import { httpLimits } from "./limits.ts";

const token = "q9V2_token-of-this-launch_0123456789abcdefXYZ";
const digest = (text: string) => createHash("sha256").update(text).digest();
const policy: GuardPolicy = {
  hosts: new Set(["localhost:3003", "127.0.0.1:3003", "[::1]:3003"]),
  origins: new Set(["http://localhost:3000", "http://localhost:3003", appOrigin]),
  rpcOrigins: new Set(),
  tokenDigest: digest(token),
  digest,
  anonymousRole: "operator",
};

interface Sketch {
  readonly method?: string;
  readonly target?: string;
  /** Header lines as they come over the wire, repetitions included. */
  readonly lines?: readonly (readonly [string, string])[];
}

/** Lower-cased first values, as node:http folds single-valued headers, and the raw lines. */
function facts({ method = "GET", target = "/api/platform", lines = [] }: Sketch): RequestFacts {
  const all = lines.some(([name]) => name.toLowerCase() === "host")
    ? lines
    : [["Host", "localhost:3003"] as const, ...lines];
  const headers: Record<string, string> = {};
  for (const [name, value] of all) headers[name.toLowerCase()] ??= value;
  return { method, target, headers, rawHeaders: all.flat() };
}

function verdict(sketch: Sketch, with_: GuardPolicy = policy): string {
  const decision = guard(facts(sketch), with_);
  return isRefusal(decision) ? decision.code : `${decision.role}`;
}

const json = ["Content-Type", "application/json"] as const;
const body = (type: string | undefined, ...more: (readonly [string, string])[]): Sketch => ({
  method: "POST",
  lines: [
    ["Content-Length", "2"],
    ...(type === undefined ? [] : [["Content-Type", type] as const]),
    ...more,
  ],
});
const host = (value: string): Sketch => ({ lines: [["Host", value]] });
const header = (name: string, value: string): Sketch => ({ lines: [[name, value]] });
const fetchMetadata = (site: string, mode: string, dest: string): Sketch["lines"] => [
  ["Sec-Fetch-Site", site],
  ["Sec-Fetch-Mode", mode],
  ["Sec-Fetch-Dest", dest],
];

describe("attacks, by the number in the security reference, section 4.7", () => {
  const table: [string, Sketch, ServiceErrorCode][] = [
    ["A1 a foreign Host", host("evil.test:3003"), "HOST_REFUSED"],
    ["A1 our name with another port", host("localhost:3004"), "HOST_REFUSED"],
    ["A1 our name without a port", host("localhost"), "HOST_REFUSED"],
    ["A1 an empty Host", host(""), "HOST_REFUSED"],
    [
      "A3 two Hosts",
      {
        lines: [
          ["Host", "localhost:3003"],
          ["hOST", "evil.test"],
        ],
      },
      "HOST_MISSING",
    ],
    [
      "A3 the same Host twice",
      {
        lines: [
          ["Host", "localhost:3003"],
          ["Host", "localhost:3003"],
        ],
      },
      "HOST_MISSING",
    ],
    ["A4 an absolute-form target", { target: "http://evil.test/" }, "BAD_TARGET"],
    ["A4 an absolute-form target of our own", { target: "http://localhost:3003/" }, "BAD_TARGET"],
    ["A4 a network-path target", { target: "//evil.test/" }, "BAD_TARGET"],
    ["A4 an authority-form target", { method: "CONNECT", target: "localhost:3003" }, "BAD_TARGET"],
    ["A4 an asterisk-form target", { method: "OPTIONS", target: "*" }, "BAD_TARGET"],
    ["A4 an empty target", { target: "" }, "BAD_TARGET"],
    ["A5 our name as a subdomain", host("localhost.evil.test:3003"), "HOST_REFUSED"],
    ["A5 a wildcard resolver", host("127.0.0.1.nip.io:3003"), "HOST_REFUSED"],
    ["A5 a trailing dot", host("localhost.:3003"), "HOST_REFUSED"],
    ["A5 loopback in decimal", host("2130706433:3003"), "HOST_REFUSED"],
    ["A5 loopback in octal", host("0177.0.0.1:3003"), "HOST_REFUSED"],
    ["A5 loopback in short", host("127.1:3003"), "HOST_REFUSED"],
    ["A5 loopback mapped into IPv6", host("[::ffff:127.0.0.1]:3003"), "HOST_REFUSED"],
    ["A5 loopback IPv6 in full", host("[0:0:0:0:0:0:0:1]:3003"), "HOST_REFUSED"],
    ["A5 the unspecified address", host("0.0.0.0:3003"), "HOST_REFUSED"],
    ["A5 user information", host("localhost:3003@evil.test"), "HOST_REFUSED"],
    [
      "A6 X-Forwarded-Host",
      {
        lines: [
          ["Host", "evil.test"],
          ["X-Forwarded-Host", "localhost:3003"],
        ],
      },
      "HOST_REFUSED",
    ],
    [
      "A6 Forwarded",
      {
        lines: [
          ["Host", "evil.test"],
          ["Forwarded", "host=localhost:3003"],
        ],
      },
      "HOST_REFUSED",
    ],
    ["A7 Origin null", header("Origin", "null"), "ORIGIN_REFUSED"],
    ["A7 an empty Origin", header("Origin", ""), "ORIGIN_REFUSED"],
    [
      "A7 another port of this machine",
      header("Origin", "http://localhost:9999"),
      "ORIGIN_REFUSED",
    ],
    [
      "A7 our origin as a prefix",
      header("Origin", "http://localhost:3000.evil.test"),
      "ORIGIN_REFUSED",
    ],
    ["A7 another scheme", header("Origin", "https://localhost:3000"), "ORIGIN_REFUSED"],
    ["A7 a foreign origin", header("Origin", "http://evil.test"), "ORIGIN_REFUSED"],
    ["A7 an app origin with more after it", header("Origin", "app://demo.evil"), "ORIGIN_REFUSED"],
    ["A8 a form post as text", body("text/plain"), "CONTENT_TYPE_REFUSED"],
    ["A8 a form post", body("application/x-www-form-urlencoded"), "CONTENT_TYPE_REFUSED"],
    ["A8 a multipart form", body("multipart/form-data; boundary=x"), "CONTENT_TYPE_REFUSED"],
    ["A8 text that mentions JSON", body("text/plain; application/json"), "CONTENT_TYPE_REFUSED"],
    [
      "A8 JSON and more after a comma",
      body("application/json, text/plain"),
      "CONTENT_TYPE_REFUSED",
    ],
    [
      "A8 JSON with a foreign parameter",
      body("application/json; x=text/plain"),
      "CONTENT_TYPE_REFUSED",
    ],
    ["A8 JSON in UTF-16", body("application/json; charset=utf-16"), "CONTENT_TYPE_REFUSED"],
    ["A8 a JSON-like type", body("application/json5"), "CONTENT_TYPE_REFUSED"],
    ["A8 no type", body(undefined), "CONTENT_TYPE_REFUSED"],
    [
      "A8 chunks without a type",
      { method: "POST", lines: [["Transfer-Encoding", "chunked"]] },
      "CONTENT_TYPE_REFUSED",
    ],
    [
      "A9 an image of a foreign page",
      { lines: fetchMetadata("cross-site", "no-cors", "image")! },
      "CROSS_SITE_REFUSED",
    ],
    [
      "A9 a script of a foreign page",
      { target: "/", lines: fetchMetadata("cross-site", "no-cors", "script")! },
      "CROSS_SITE_REFUSED",
    ],
    [
      "A9 a foreign link to the API",
      { lines: fetchMetadata("cross-site", "navigate", "document")! },
      "CROSS_SITE_REFUSED",
    ],
    [
      "A9 a foreign form that navigates",
      { method: "POST", target: "/", lines: fetchMetadata("cross-site", "navigate", "document")! },
      "CROSS_SITE_REFUSED",
    ],
    [
      "A14 a frame in a foreign page",
      { target: "/", lines: fetchMetadata("cross-site", "navigate", "iframe")! },
      "CROSS_SITE_REFUSED",
    ],
    [
      "A16 a prefix of the token",
      header("Authorization", `Bearer ${token.slice(0, -1)}`),
      "TOKEN_INVALID",
    ],
    ["A16 the token and more", header("Authorization", `Bearer ${token}a`), "TOKEN_INVALID"],
    [
      "A16 a suffix of the token",
      header("Authorization", `Bearer ${token.slice(1)}`),
      "TOKEN_INVALID",
    ],
    ["A16 an empty token", header("Authorization", "Bearer "), "TOKEN_INVALID"],
    ["A16 an empty header", header("Authorization", ""), "TOKEN_INVALID"],
    [
      "A16 10 kB of token",
      header("Authorization", `Bearer ${"a".repeat(10_000)}`),
      "TOKEN_INVALID",
    ],
    [
      "A16 two tokens",
      header("Authorization", `Bearer ${token}, Bearer ${token}`),
      "TOKEN_INVALID",
    ],
    ["A16 the token in another scheme", header("Authorization", `Basic ${token}`), "TOKEN_INVALID"],
    [
      "A16 the token on a second line",
      header("Authorization", `Bearer ${token}\n`),
      "TOKEN_INVALID",
    ],
    ["A19 TRACE", { method: "TRACE" }, "METHOD_UNKNOWN"],
    ["A19 CONNECT with a path", { method: "CONNECT" }, "METHOD_UNKNOWN"],
    ["A19 a method in lower case", { method: "get" }, "METHOD_UNKNOWN"],
    ["A19 the name of an object's member", { method: "constructor" }, "METHOD_UNKNOWN"],
    [
      "A19 an override of a GET does not open a body",
      { lines: [["X-HTTP-Method-Override", "POST"], ["Content-Length", "2"], json] },
      "CONTENT_TYPE_REFUSED",
    ],
    [
      "A19 HEAD passes the same checks",
      { method: "HEAD", lines: [["Origin", "null"]] },
      "ORIGIN_REFUSED",
    ],
    [
      "A19 OPTIONS passes the same checks",
      { method: "OPTIONS", lines: [["Origin", "http://evil.test"]] },
      "ORIGIN_REFUSED",
    ],
    [
      "A27 a compressed body",
      body("application/json", ["Content-Encoding", "gzip"]),
      "CONTENT_TYPE_REFUSED",
    ],
    [
      "A28 one byte too many",
      {
        method: "POST",
        lines: [["Content-Length", String(httpLimits.bodyBytesMax + 1)], json],
      },
      "BODY_TOO_LARGE",
    ],
    [
      "a target one character too long",
      { target: `/${"a".repeat(httpLimits.urlLengthMax)}` },
      "URL_TOO_LONG",
    ],
  ];
  it.each(table)("%s", (_title, sketch, code) => {
    expect(verdict(sketch)).toBe(code);
  });

  it("A2 no Host at all", () => {
    const decision = guard({ method: "GET", target: "/", headers: {}, rawHeaders: [] }, policy);
    expect(decision).toMatchObject({ code: "HOST_MISSING", status: 400 });
  });

  it("A7 a page that carries the desktop's Origin where there is no desktop", () => {
    const headless = { ...policy, origins: new Set(["http://localhost:3000"]) };
    expect(verdict(header("Origin", appOrigin), headless)).toBe("ORIGIN_REFUSED");
  });

  it("A18 a refused token is not repeated in the refusal", () => {
    const decision = guard(facts(header("Authorization", "Bearer s3cret")), policy);
    expect(decision).toMatchObject({ code: "TOKEN_INVALID" });
    expect(JSON.stringify([decision, (decision as Error).message])).not.toContain("s3cret");
  });
});

describe("what passes", () => {
  const table: [string, Sketch][] = [
    ["a program without Origin", {}],
    ["RFC 9110 4.2.3: a Host is case-insensitive", host("LOCALHOST:3003")],
    ["loopback by address", host("127.0.0.1:3003")],
    ["loopback by IPv6 address", host("[::1]:3003")],
    ["a page of another port of ours", header("Origin", "http://localhost:3000")],
    ["same-site fetches", { lines: fetchMetadata("same-site", "cors", "empty")! }],
    [
      "a foreign link to a page",
      { target: "/quantum", lines: fetchMetadata("cross-site", "navigate", "document")! },
    ],
    [
      "the desktop window, cross-site to every http origin",
      { lines: [["Origin", appOrigin], ...fetchMetadata("cross-site", "cors", "empty")!] },
    ],
    ["a target of exactly the limit", { target: `/${"a".repeat(httpLimits.urlLengthMax - 1)}` }],
    [
      "a body of exactly the limit",
      { method: "POST", lines: [["Content-Length", String(httpLimits.bodyBytesMax)], json] },
    ],
    ["RFC 9110 8.3.1: types and parameters in any case", body('Application/JSON; Charset="UTF-8"')],
    ["an identity encoding", body("application/json", ["Content-Encoding", "identity"])],
    ["a POST without a body", { method: "POST", lines: [["Content-Length", "0"]] }],
    ["A13 a cookie, which means nothing", header("Cookie", "role=admin; token=x")],
  ];
  it.each(table)("%s", (_title, sketch) => {
    expect(guard(facts(sketch), policy)).toEqual({ role: "operator", authenticated: false });
  });

  it("gives the token's holder every right, with sign-in or without", () => {
    for (const anonymousRole of ["operator", null] as const) {
      const sketch = header("Authorization", `Bearer ${token}`);
      expect(guard(facts(sketch), { ...policy, anonymousRole })).toEqual({
        role: "admin",
        authenticated: true,
      });
    }
  });

  it("gives no role to an anonymous caller where sign-in is required", () => {
    expect(guard(facts({}), { ...policy, anonymousRole: null })).toEqual({
      role: null,
      authenticated: false,
    });
  });
});

describe("order of the steps", () => {
  /** Breaks exactly one step each, in the order of the architecture, section 7. */
  const breaks: readonly [
    string,
    ServiceErrorCode,
    (sketch: Required<Sketch>) => Required<Sketch>,
  ][] = [
    ["target", "BAD_TARGET", (s) => ({ ...s, target: "http://evil.test/" })],
    ["host", "HOST_REFUSED", (s) => ({ ...s, lines: [["Host", "evil.test"], ...s.lines] })],
    ["method", "METHOD_UNKNOWN", (s) => ({ ...s, method: "BREW" })],
    ["origin", "ORIGIN_REFUSED", (s) => ({ ...s, lines: [...s.lines, ["Origin", "null"]] })],
    [
      "fetch-site",
      "CROSS_SITE_REFUSED",
      (s) => ({ ...s, lines: [...s.lines, ["Sec-Fetch-Site", "cross-site"]] }),
    ],
    [
      "token",
      "TOKEN_INVALID",
      (s) => ({ ...s, lines: [...s.lines, ["Authorization", "Bearer no"]] }),
    ],
    [
      "content-type",
      "CONTENT_TYPE_REFUSED",
      (s) => ({
        ...s,
        lines: [...s.lines, ["Content-Type", "text/plain"], ["Content-Length", "9"]],
      }),
    ],
    [
      "body-size",
      "BODY_TOO_LARGE",
      (s) => ({ ...s, lines: [...s.lines, json, ["Content-Length", "999999999"]] }),
    ],
  ];
  const sound = { method: "POST", target: "/api/platform", lines: [] } as const;

  it("is that of the table", () => {
    expect(guardSteps.map(({ name }) => name)).toEqual(breaks.map(([name]) => name));
  });

  it("of any set of faults, the first step's is answered", () => {
    fc.assert(
      fc.property(fc.subarray([...breaks.keys()], { minLength: 1 }), (faults) => {
        const broken = faults.reduce<Required<Sketch>>(
          (sketch, fault) => breaks[fault]![2](sketch),
          sound,
        );
        expect(verdict(broken)).toBe(breaks[Math.min(...faults)]![1]);
      }),
    );
  });
});

describe("properties", () => {
  const headerName = fc.constantFrom(
    "origin",
    "sec-fetch-site",
    "x-forwarded-host",
    "forwarded",
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "upgrade",
  );
  const headerLine = fc.tuple(
    headerName,
    fc.constantFrom("", "0", "localhost:3003", "http://localhost:3003", `Bearer ${token}`, "null"),
  );
  const ownHosts = [...policy.hosts];

  it("never lets a request with a foreign Host pass", () => {
    const nearMiss = fc
      .tuple(fc.constantFrom(...ownHosts), fc.string({ minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([own, extra, before]) => (before ? extra + own : own + extra));
    const foreign = fc
      .oneof(fc.string(), nearMiss, fc.webAuthority())
      .filter((name) => !ownHosts.includes(name.toLowerCase()));
    fc.assert(
      fc.property(
        foreign,
        fc.constantFrom("GET", "POST", "OPTIONS", "HEAD"),
        fc.constantFrom("/", "/api/platform", "/metrics"),
        fc.array(headerLine, { maxLength: 5 }),
        (name, method, target, lines) => {
          const refusal = verdict({ method, target, lines: [["Host", name], ...lines] });
          expect(refusal).toBe("HOST_REFUSED");
        },
      ),
      { numRuns: 500 },
    );
  });

  it("accepts a token if and only if it is the one, whatever both lengths", () => {
    const anyToken = fc.stringMatching(/^[A-Za-z0-9_-]{1,256}$/);
    fc.assert(
      fc.property(anyToken, anyToken, (expected, given) => {
        const own = { ...policy, tokenDigest: digest(expected) };
        expect(verdict(header("Authorization", `Bearer ${expected}`), own)).toBe("admin");
        expect(verdict(header("Authorization", `Bearer ${given}`), own)).toBe(
          given === expected ? "admin" : "TOKEN_INVALID",
        );
      }),
    );
  });

  it("never throws and refuses with a catalogued status", () => {
    const sketch = fc.record({
      method: fc.oneof(fc.constantFrom("GET", "POST", "TRACE"), fc.string()),
      target: fc.oneof(fc.constantFrom("/", "/api/x"), fc.string()),
      lines: fc.array(
        fc.tuple(
          fc.oneof(headerName, fc.constant("Host"), fc.string()),
          fc.oneof(fc.constantFrom("localhost:3003", "NaN", "-1", "1e9"), fc.string()),
        ),
        { maxLength: 8 },
      ),
    });
    fc.assert(
      fc.property(sketch, (each) => {
        const decision = guard(facts(each), policy);
        if (!isRefusal(decision)) return;
        const entry = serviceErrors[decision.code as ServiceErrorCode];
        expect({ status: decision.status, remedy: decision.data.remedy }).toEqual({
          status: entry.status,
          remedy: entry.remedy,
        });
      }),
    );
  });
});

describe("roles", () => {
  const levels = [null, ...roles] as const;

  it("each role may do everything that the roles before it may", () => {
    for (const [rank, role] of levels.entries()) {
      const outcomes = (["public", ...roles] as const).map((needed) => {
        const refusal = checkRole(needed, { role, authenticated: role === "admin" });
        return refusal?.code ?? "allowed";
      });
      const refusal = role === null ? "SIGN_IN_REQUIRED" : "ROLE_TOO_LOW";
      expect(outcomes).toEqual(levels.map((_, needed) => (needed <= rank ? "allowed" : refusal)));
    }
  });
});

describe("an origin that the user named", () => {
  const origin = "chrome-extension://abcdefghijklmnop";
  const named: GuardPolicy = { ...policy, rpcOrigins: new Set([origin]) };
  const from = (given: string, sketch: Sketch): Sketch => ({
    ...sketch,
    lines: [...(sketch.lines ?? []), ["Origin", given], ["Sec-Fetch-Site", "cross-site"]],
  });
  const post = body("application/json");

  it("reaches JSON-RPC by POST, its preflight and a WebSocket", () => {
    expect(verdict(from(origin, { ...post, target: "/" }), named)).toBe("operator");
    expect(verdict(from(origin, { method: "OPTIONS", target: "/" }), named)).toBe("operator");
    const socket: Sketch = { target: "/", lines: [["Upgrade", "websocket"]] };
    expect(verdict(from(origin, socket), named)).toBe("operator");
  });

  it("reaches nothing where nobody is named, and no other origin does", () => {
    expect(verdict(from(origin, { ...post, target: "/" }))).toBe("ORIGIN_REFUSED");
    for (const other of ["null", "https://evil.test", `${origin}x`, origin.toUpperCase(), ""]) {
      expect(verdict(from(other, { ...post, target: "/" }), named)).toBe("ORIGIN_REFUSED");
    }
  });

  it("reaches no other path and is held to every other check", () => {
    fc.assert(
      fc.property(
        fc.webPath(),
        fc.constantFrom("GET", "POST", "PUT", "OPTIONS"),
        (path, method) => {
          fc.pre(path.startsWith("/") && !path.startsWith("//") && path !== "/");
          expect(verdict(from(origin, { method, target: path }), named)).toBe("ORIGIN_REFUSED");
        },
      ),
    );
    for (const target of ["/?x", "/api/blockchain/wallets", "/api"]) {
      expect(verdict(from(origin, { ...post, target }), named)).toBe("ORIGIN_REFUSED");
    }
    expect(verdict(from(origin, { target: "/" }), named)).toBe("ORIGIN_REFUSED");
    const plain = from(origin, { ...body("text/plain"), target: "/" });
    expect(verdict(plain, named)).toBe("CONTENT_TYPE_REFUSED");
    const rebound = from(origin, { ...post, target: "/", lines: [["Host", "evil.test:3003"]] });
    expect(verdict(rebound, named)).toBe("HOST_REFUSED");
  });
});

describe("bodies of a foreign protocol", () => {
  const kubernetes: GuardPolicy = {
    ...policy,
    bodies: [
      { paths: /^\/apis\//, types: /^application\/merge-patch\+json$/, bytesMax: 3 * 1024 * 1024 },
    ],
  };
  const sent = (target: string, method: string, type: string | undefined, length = "2"): string =>
    verdict(
      {
        target,
        method,
        lines: [
          ["Content-Length", length],
          ...(type === undefined ? [] : [["Content-Type", type] as const]),
        ],
      },
      kubernetes,
    );

  it("are let in under their own paths, and nowhere else", () => {
    const type = "application/merge-patch+json";
    expect(sent("/apis/apps/v1/x", "PATCH", type)).toBe("operator");
    expect(sent("/api/platform", "PATCH", type)).toBe("CONTENT_TYPE_REFUSED");
    expect(sent("/apis/apps/v1/x", "PATCH", type, "3000000")).toBe("operator");
    expect(sent("/apis/apps/v1/x", "PATCH", type, "4000000")).toBe("BODY_TOO_LARGE");
    expect(sent("/api/platform", "POST", "application/json", "3000000")).toBe("BODY_TOO_LARGE");
  });

  it("are never of a type that a page may send without asking", () => {
    for (const type of ["text/plain", "multipart/form-data", "application/x-www-form-urlencoded"]) {
      expect(sent("/apis/apps/v1/x", "POST", type)).toBe("CONTENT_TYPE_REFUSED");
    }
    // Without a type a page may send a POST, and no PUT.
    expect(sent("/apis/apps/v1/x", "POST", undefined)).toBe("CONTENT_TYPE_REFUSED");
    expect(sent("/apis/apps/v1/x", "PUT", undefined)).toBe("operator");
  });
});

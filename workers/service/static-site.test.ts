import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemFrom } from "./errors.ts";
import { contentSecurityPolicy, serveRenderer } from "./static-site.ts";

const page = (subsystem: string) =>
  `<!doctype html><html lang="en" data-subsystem="${subsystem}"><script src="/assets/app-1a2b.js"></script></html>`;

let base: string;
let app: FastifyInstance;

async function site(folder: string): Promise<FastifyInstance> {
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => {
    const body = problemFrom(error);
    return reply.code(body.status).send(body);
  });
  server.setNotFoundHandler((_request, reply) => reply.code(404).send({ code: "ROUTE_UNKNOWN" }));
  await serveRenderer(server, folder, "quantum");
  return server;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), "static-site-"));
  const folder = join(base, "renderer");
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(base, "secret.txt"), "SECRET");
  writeFileSync(join(base, "secret"), "SECRET");
  writeFileSync(join(folder, "private.json"), "SECRET");
  writeFileSync(join(folder, "index.html"), page("gateway"));
  writeFileSync(join(folder, "assets/app-1a2b.js"), "export {};");
  writeFileSync(join(folder, "assets/engine.worker-Ab_1-2.js"), "0;");
  writeFileSync(join(folder, "assets/kernel.worker-Cd_3-4.js"), "0;");
  app = await site(folder);
});
afterAll(async () => {
  await app.close();
  rmSync(base, { recursive: true });
});

const get = async (url: string) => {
  const { statusCode, headers, body } = await app.inject({ method: "GET", url });
  return { status: statusCode, type: headers["content-type"], body };
};
const thePage = { status: 200, type: "text/html; charset=utf-8", body: page("quantum") };

describe("the page", () => {
  it.each(["/", "/quantum", "/console/platform/state", "/quantum?q=a.b", "/deep/link/"])(
    "answers %s and knows on which port it is",
    async (url) => {
      expect(await get(url)).toEqual(thePage);
    },
  );

  it("decisions 10 and 13: only threads of playgrounds may evaluate or compile, and they reach nothing", async () => {
    const policyOf = async (file: string) =>
      (await app.inject(`/assets/${file}`)).headers["content-security-policy"];
    expect(await policyOf("engine.worker-Ab_1-2.js")).toBe(
      "default-src 'none'; script-src 'unsafe-eval'",
    );
    expect(await policyOf("kernel.worker-Cd_3-4.js")).toBe(
      "default-src 'none'; script-src 'wasm-unsafe-eval'",
    );
    expect(await policyOf("app-1a2b.js")).toBeUndefined();
  });

  it("ASVS V3.4.3 and V3.4.6: carries a policy without inline script, objects, bases or frames", async () => {
    const { headers } = await app.inject("/quantum");
    expect(headers["content-security-policy"]).toBe(contentSecurityPolicy);
    const directives = new Map(
      contentSecurityPolicy.split("; ").map((each) => {
        const [name = "", ...sources] = each.split(" ");
        return [name, sources.join(" ")] as const;
      }),
    );
    expect(Object.fromEntries(directives)).toMatchObject({
      "default-src": "'self'",
      "script-src": "'self'",
      "object-src": "'none'",
      "base-uri": "'none'",
      "frame-ancestors": "'none'",
    });
  });

  it.each(["/missing.js", "/quantum/style.css", "/.env", "/api/nothing", "/private.json"])(
    "does not answer for the file or route %s",
    async (url) => {
      expect(await get(url)).toMatchObject({
        status: 404,
        body: expect.stringContaining("ROUTE_UNKNOWN") as string,
      });
    },
  );
});

describe("files", () => {
  it("of the build may be kept for ever, since their names change with their content", async () => {
    const { statusCode, headers, body } = await app.inject("/assets/app-1a2b.js");
    expect({ statusCode, body, cache: headers["cache-control"] }).toEqual({
      statusCode: 200,
      body: "export {};",
      cache: "public, max-age=31536000, immutable",
    });
    expect(headers["content-type"]).toMatch(/^(text|application)\/javascript/);
  });

  it("do not include the folder itself", async () => {
    expect((await get("/assets/")).status).toBe(404);
    expect((await get("/assets/missing-1a2b.js")).status).toBe(404);
  });
});

describe("A25: nothing outside the build is read", () => {
  const escapes = [
    "/assets/../../secret.txt",
    "/assets/../private.json",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
    "/assets/..%2f..%2fsecret",
    "/assets/..%5c..%5csecret.txt",
    "/assets/%252e%252e%252fsecret.txt",
    "/assets/%c0%ae%c0%ae/secret.txt",
    "/assets/app-1a2b.js%00.txt",
    "/assets/%00",
    "/assets//etc/passwd",
    "/assets/....//secret.txt",
    "/..%2fsecret.txt",
    "/..%2fsecret",
    "/%2e%2e/secret.txt",
    "/assets/app-1a2b.js/../../private.json",
    "/assets/app-1a2b.js%2f..%2f..%2fprivate.json",
  ];

  it.each(escapes)("%s", async (url) => {
    const answer = await get(url);
    expect(answer.body).not.toContain("SECRET");
    expect(answer.body).not.toContain("root:");
    // Refused, or one of our own pages: never a file by another way.
    if (answer.status === 200) expect(answer).toEqual(thePage);
    else expect([400, 403, 404]).toContain(answer.status);
  });
});

describe("without a build", () => {
  it("says how to make one", async () => {
    const bare = await site(join(base, "nowhere"));
    const { statusCode, body } = await bare.inject("/");
    expect({ statusCode, body: JSON.parse(body) as unknown }).toEqual({
      statusCode: 404,
      body: expect.objectContaining({
        code: "ROUTE_UNKNOWN",
        detail: "The control center's pages are not built.",
        remedy: "Run npm run build, then start again.",
      }) as unknown,
    });
    await bare.close();
  });
});

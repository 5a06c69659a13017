/** The built renderer, on every port; deep links answer with the one page. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { SubsystemId } from "./contract.ts";
import { problem } from "./errors.ts";
import { threadPolicy } from "./sandbox-policy.ts";

/** No inline script, no eval; style-src is wider because the component library injects rules. */
export const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export async function serveRenderer(
  app: FastifyInstance,
  folder: string,
  subsystem: SubsystemId,
): Promise<void> {
  const indexFile = join(folder, "index.html");
  if (!existsSync(indexFile)) {
    app.get("/", () => {
      throw problem("ROUTE_UNKNOWN", "The control center's pages are not built.", {
        remedy: "Run npm run build, then start again.",
      });
    });
    return;
  }
  const page = readFileSync(indexFile, "utf8").replace(
    /data-subsystem="[^"]*"/,
    `data-subsystem="${subsystem}"`,
  );
  const sendPage = (_request: FastifyRequest, reply: FastifyReply) =>
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", contentSecurityPolicy)
      .send(page);

  await app.register(async (files) => {
    files.setErrorHandler((error: FastifyError, { method, url }) => {
      // Folders, odd spellings and attempts to climb out: to the caller there is no such file.
      if ((error.statusCode ?? 500) >= 500) throw error;
      throw problem("ROUTE_UNKNOWN", `${method} ${url.split("?")[0]} is not a route.`);
    });
    await files.register(fastifyStatic, {
      root: join(folder, "assets"),
      prefix: "/assets/",
      // File names carry a hash of their content.
      immutable: true,
      maxAge: "365d",
      index: false,
      setHeaders: (response, path) => {
        const policy = threadPolicy(path);
        if (policy !== null) void response.header("content-security-policy", policy);
      },
    });
  });
  app.get("/", sendPage);
  // Pages have no dot in their path, so that a missing file stays a 404.
  app.get<{ Params: { "*": string } }>("/*", (request, reply) => {
    const path = request.params["*"];
    if (path.startsWith("api/") || /\.[^/]*$/.test(path)) {
      throw problem("ROUTE_UNKNOWN", `GET /${path} is not a route.`);
    }
    return sendPage(request, reply);
  });
}

/** `app://demo/`: the built renderer, served read-only from one folder under a strict policy. */
import { readFile } from "node:fs/promises";
import { extname, resolve, sep } from "node:path";
import { protocol, type Session } from "electron";
import { subsystems } from "../../workers/service/contract.ts";
import { threadPolicy } from "../../workers/service/sandbox-policy.ts";
import type { Options } from "../options.ts";
import { appScheme, isAppUrl } from "./app-url.ts";

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Electron reads the privileges once, so this must run before it is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      // corsEnabled stays off: no other origin is to read the application's files.
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

export function handleAppProtocol(
  session: Session,
  rendererFolder: string,
  options: Options,
): void {
  session.protocol.handle(appScheme, appResponder(rendererFolder, contentSecurityPolicy(options)));
}

/**
 * Pages may talk to themselves and to the ports of this platform, whether a thread runs or not.
 * Styles may be inline because Mantine and CodeMirror insert style elements.
 */
export function contentSecurityPolicy({
  host,
  portBase,
}: Pick<Options, "host" | "portBase">): string {
  const hosts = new Set(["127.0.0.1", "localhost"]);
  // A policy cannot name an IPv6 address (CSP3 section 2.3.1); localhost stands for ::1.
  if (!host.includes(":") && host !== "0.0.0.0") hosts.add(host);
  const ports = subsystems.flatMap(({ portOffset }) =>
    portOffset === null ? [] : [portBase + portOffset],
  );
  const sources = [...hosts].flatMap((name) =>
    ports.flatMap((port) => [`http://${name}:${port}`, `ws://${name}:${port}`]),
  );
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src 'self' ${sources.join(" ")}`,
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export function appResponder(
  rendererFolder: string,
  policy: string,
): (request: Request) => Promise<Response> {
  const baseHeaders = {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
  };
  const refuse = (status: number, sentence: string, headers = {}): Response =>
    new Response(sentence, {
      status,
      headers: { ...baseHeaders, "content-type": "text/plain; charset=utf-8", ...headers },
    });

  return async ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") {
      return refuse(405, "Only GET and HEAD are served here.", { allow: "GET, HEAD" });
    }
    if (!isAppUrl(url)) return refuse(404, "There is no such application.");
    const path = filePath(rendererFolder, new URL(url).pathname);
    if (path === undefined) return refuse(400, "The path does not name a file of the application.");
    const contentType = contentTypes[extname(path)];
    if (contentType === undefined) return refuse(404, "There is no such file.");
    const content = await readIfPresent(path);
    if (content === undefined) return refuse(404, "There is no such file.");
    const ownPolicy = threadPolicy(path);
    return new Response(method === "HEAD" ? null : content, {
      headers: {
        ...baseHeaders,
        ...(ownPolicy !== null && { "content-security-policy": ownPolicy }),
        "content-type": contentType,
        "content-length": `${content.length}`,
      },
    });
  };
}

/**
 * The file behind a path: index.html for the routes of the renderer, which have no extension.
 * @returns undefined when the path is malformed or leads out of the folder.
 */
function filePath(folder: string, pathname: string): string | undefined {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (/[\0\\:]/.test(decoded)) return undefined;
  const path = resolve(folder, `.${decoded}`);
  if (path !== folder && !path.startsWith(folder + sep)) return undefined;
  return extname(path) === "" ? resolve(folder, "index.html") : path;
}

async function readIfPresent(path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EISDIR" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

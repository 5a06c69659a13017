/** The nginx image: a small site with media types, ETags and an access log. */
import { createHash } from "node:crypto";
import {
  type Image,
  httpProbe,
  type Program,
  type ProgramContext,
  serverDefaults,
} from "./image.ts";

const page = (title: string, text: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<link rel="stylesheet" href="style.css">
</head>
<body>
<h1>${title}</h1>
<p>${text}</p>
</body>
</html>
`;

const stylesheet =
  "body { width: 35em; margin: 0 auto; font-family: sans-serif; color-scheme: light dark; }\n";
const root = "/usr/share/nginx/html";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  json: "application/json; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const statusTexts: Readonly<Record<number, string>> = {
  404: "404 Not Found",
  405: "405 Not Allowed",
};

interface SiteFile {
  readonly type: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

function siteFile(path: string, text: string): SiteFile {
  const bytes = Buffer.from(text);
  const extension = path.slice(path.lastIndexOf(".") + 1);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  return { type: types[extension] ?? "application/octet-stream", bytes, etag: `"${hash}"` };
}

/** The image's own site, made once for all containers. */
const ownSite = new Map(
  Object.entries({
    "/index.html": page("Welcome to nginx!", "This page is served by a pod of the cluster."),
    "/style.css": stylesheet,
    "/robots.txt": "User-agent: *\nDisallow: /\n",
  }).map(([path, text]) => [path, siteFile(path, text)]),
);

export const nginx: Image = {
  ...serverDefaults,
  name: "nginx",
  aliases: [],
  tags: null,
  summary: `Serves a small static site; files mounted in ${root} are served, too`,
  executable: "nginx",
  port: 80,
  portIsSet: false,
  readiness: httpProbe("/"),
  liveness: httpProbe("/"),
  start: startNginx,
};

function startNginx({ log, files }: ProgramContext): Program {
  log("start worker processes");
  return {
    handle(request, response) {
      const { method = "GET", url = "/" } = request;
      request.resume();
      const [path = "/"] = url.split("?");
      const file = fileAt(path.endsWith("/") ? `${path}index.html` : path);
      const readable = method === "GET" || method === "HEAD";
      const unchanged =
        readable && file !== undefined && request.headers["if-none-match"] === file.etag;
      const status = readable ? (file === undefined ? 404 : unchanged ? 304 : 200) : 405;
      response.setHeader("server", "nginx");
      const body =
        status === 200 ? file?.bytes : Buffer.from(page(statusTexts[status] ?? "", "nginx"));
      if (file !== undefined && readable) response.setHeader("etag", file.etag);
      if (status === 405) response.setHeader("allow", "GET, HEAD");
      if (status === 304) {
        response.writeHead(status).end();
      } else {
        response.writeHead(status, {
          "content-type": status === 200 ? file?.type : types["html"],
          "content-length": body?.length,
        });
        response.end(method === "HEAD" ? undefined : body);
      }
      const size = status === 304 ? 0 : (body?.length ?? 0);
      log(`127.0.0.1 "${method} ${url.slice(0, 200)}" ${status} ${size}`);
    },
    onTerminate() {
      log("signal 15 (SIGTERM) received, exiting");
    },
  };

  function fileAt(path: string): SiteFile | undefined {
    const mounted = `${root}${path}`;
    if (files.has(mounted) && !files.isFolder(mounted)) return siteFile(path, files.read(mounted));
    return ownSite.get(path);
  }
}

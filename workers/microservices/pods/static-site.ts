/** The nginx image: a small site with media types, ETags and an access log. */
import { createHash } from "node:crypto";
import type { Handler, ProgramContext } from "./program.ts";

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

const files: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
  "/index.html": {
    type: "text/html; charset=utf-8",
    body: page("Welcome to nginx!", "This page is served by a pod of the cluster."),
  },
  "/style.css": {
    type: "text/css; charset=utf-8",
    body: "body { width: 35em; margin: 0 auto; font-family: sans-serif; color-scheme: light dark; }\n",
  },
  "/robots.txt": { type: "text/plain; charset=utf-8", body: "User-agent: *\nDisallow: /\n" },
};

const statusTexts: Readonly<Record<number, string>> = {
  404: "404 Not Found",
  405: "405 Not Allowed",
};

export function startStaticSite({ log }: ProgramContext): Handler {
  const site = new Map(
    Object.entries(files).map(([path, { type, body }]) => {
      const bytes = Buffer.from(body);
      const etag = `"${createHash("sha256").update(bytes).digest("hex").slice(0, 16)}"`;
      return [path, { type, bytes, etag }];
    }),
  );
  log("start worker processes");
  return (request, response) => {
    const { method = "GET", url = "/" } = request;
    const [path = "/"] = url.split("?");
    const file = site.get(path.endsWith("/") ? `${path}index.html` : path);
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
        "content-type": status === 200 ? file?.type : "text/html; charset=utf-8",
        "content-length": body?.length,
      });
      response.end(method === "HEAD" ? undefined : body);
    }
    log(`127.0.0.1 "${method} ${url.slice(0, 200)}" ${status} ${body?.length ?? 0}`);
  };
}

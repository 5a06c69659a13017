import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { subsystems } from "../../workers/service/contract.ts";
import { appResponder, contentSecurityPolicy } from "./app-protocol.ts";

describe("appResponder", () => {
  let folder: string;
  let respond: (url: string) => Promise<Response>;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "app-protocol-"));
    const renderer = join(folder, "renderer");
    mkdirSync(join(renderer, "assets"), { recursive: true });
    mkdirSync(join(renderer, "folder.js"));
    writeFileSync(join(renderer, "index.html"), "index");
    writeFileSync(join(renderer, "assets", "app.js"), "script");
    writeFileSync(join(renderer, "assets", "engine.worker-Ab_1-2.js"), "thread");
    writeFileSync(join(renderer, "assets", "program.exe"), "program");
    writeFileSync(join(folder, "secret.json"), "secret");
    mkdirSync(join(folder, "renderer-other"));
    writeFileSync(join(folder, "renderer-other", "secret.json"), "secret");
    const responder = appResponder(renderer, "default-src 'self'");
    respond = (url) => responder({ method: "GET", url } as Request);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["app://demo/", 200, "index"],
    ["app://demo/components?thread=quantum#top", 200, "index"],
    ["app://demo/no/such/route", 200, "index"],
    ["app://demo/assets/app.js", 200, "script"],
    ["app://demo/assets/%61pp.js", 200, "script"],
    ["app://demo/assets/gone.js", 404, "There is no such file."],
    ["app://demo/folder.js", 404, "There is no such file."],
    ["app://demo/index.html/app.js", 404, "There is no such file."],
    ["app://demo/assets/program.exe", 404, "There is no such file."],
    ["app://evil/", 404, "There is no such application."],
    ["app://demo:8080/", 404, "There is no such application."],
    ["app://user@demo/", 404, "There is no such application."],
    ["app://demo.evil/", 404, "There is no such application."],
    ["file:///etc/passwd", 404, "There is no such application."],
    ["app://demo/%", 400, "The path does not name a file of the application."],
    ["app://demo/a%00.js", 400, "The path does not name a file of the application."],
    ["app://demo/..%5csecret.json", 400, "The path does not name a file of the application."],
    ["app://demo/C:%2fsecret.json", 400, "The path does not name a file of the application."],
    ["app://demo/%2e%2e%2fsecret.json", 400, "The path does not name a file of the application."],
    ["app://demo/..%2frenderer-other%2fsecret.json", 400, expect.any(String)],
    ["app://demo/assets/..%2f..%2fsecret.json", 400, expect.any(String)],
    ["app://demo/../secret.json", 404, "There is no such file."],
    ["app://demo//etc/passwd", 200, "index"],
  ])("%s: %i", async (url, status, body) => {
    const response = await respond(url);
    expect({ status: response.status, body: await response.text() }).toEqual({ status, body });
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toBe("default-src 'self'");
  });

  it("decision 10: gives the thread of a playground a policy of its own", async () => {
    const response = await respond("app://demo/assets/engine.worker-Ab_1-2.js");
    expect(await response.text()).toBe("thread");
    expect(response.headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'unsafe-eval'",
    );
  });

  it("never leaves its folder", async () => {
    const piece = fc.constantFrom("..", ".", "%2e", "%2f", "%5c", "/", "secret.json", "a", "%00");
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
        const response = await respond(`app://demo/${pieces.join("")}`);
        expect(await response.text()).not.toBe("secret");
      }),
    );
  });
});

describe("contentSecurityPolicy", () => {
  const connect = (host: string) =>
    contentSecurityPolicy({ host, portBase: 4000 })
      .split("; ")
      .find((directive) => directive.startsWith("connect-src"));

  it("names the platform's ports and no others", () => {
    const ports = subsystems.flatMap(({ portOffset }) =>
      portOffset === null ? [] : [4000 + portOffset],
    );
    expect(connect("127.0.0.1")?.split(" ").slice(1)).toEqual([
      "'self'",
      ...["127.0.0.1", "localhost"].flatMap((host) =>
        ports.flatMap((port) => [`http://${host}:${port}`, `ws://${host}:${port}`]),
      ),
    ]);
    expect(connect("192.168.1.20")).toContain("http://192.168.1.20:4000");
    for (const wide of ["0.0.0.0", "::", "::1"]) expect(connect(wide)).not.toContain(wide);
  });
});

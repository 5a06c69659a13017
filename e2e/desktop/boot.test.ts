/**
 * The security checklist of Electron, held against the built out/main/index.js. The platform under
 * it is real, with its threads and ports; Electron is a fake, so what Chromium makes of these
 * settings is for the Playwright project "electron" to show.
 */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pages } from "../../renderer/app/pages.ts";
import { findPortBase, isPortFree, subsystemPorts } from "../ports.ts";
import { Booted } from "./booted.ts";

const root = join(import.meta.dirname, "../..");
const isBuilt = existsSync(join(root, "out/main/index.js"));
if (!isBuilt) throw new Error("out/main/index.js is missing: run npm run build first");

const own = "app://demo/components";

describe("the built desktop application under a fake Electron", () => {
  let portBase: number;
  let desktop: Booted;
  let callsBeforeReady: unknown[][];

  beforeAll(async () => {
    portBase = await findPortBase();
    desktop = await Booted.start({
      flags: ["--ephemeral", `--port-base=${portBase}`, "--no-sandbox", "demo://components"],
      env: { XDG_DATA_HOME: "/data" },
    });
    await desktop.probe("load", true);
    callsBeforeReady = await desktop.probe("calls");
    await desktop.probe("becomeReady");
  }, 30_000);
  afterAll(() => desktop[Symbol.asyncDispose]());

  it("says what Electron must know before it is ready, in order", () => {
    expect(callsBeforeReady).toEqual([
      ["app.setPath", "userData", expect.stringContaining(`desktop-${portBase}`)],
      ["app.enableSandbox"],
      [
        "protocol.registerSchemesAsPrivileged",
        {
          scheme: "app",
          privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
        },
      ],
      ["app.setAsDefaultProtocolClient", "demo", process.execPath, [root]],
      ["app.requestSingleInstanceLock"],
    ]);
  });

  it("opens one sandboxed, isolated window without Node (items 2, 3, 4, 6, 8, 9, 10, 12)", async () => {
    const { webPreferences, ...options } = await desktop.probe("windowOptions");
    expect(webPreferences).toEqual({
      preload: join(root, "out/preload/index.cjs"),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    expect(options).toMatchObject({
      name: "main",
      windowStatePersistence: true,
      minWidth: 1024,
      minHeight: 640,
      show: false,
      backgroundColor: "#f6f7f8",
      icon: join(root, "resources/icons/icon.png"),
    });
    expect(existsSync(join(root, "out/preload/index.cjs"))).toBe(true);
    expect(existsSync(String(options["icon"]))).toBe(true);
  });

  it("loads its own scheme, on the page of the deep link (items 1, 18)", async () => {
    expect(await desktop.probe("called", "window.loadURL")).toEqual([["app://demo/components"]]);
  });

  describe("app://demo/", () => {
    it("serves the renderer and its routes under a strict policy (item 7)", async () => {
      const page = await desktop.probe("fetch", "GET", "app://demo/");
      expect(page).toMatchObject({ status: 200 });
      expect(page.body).toContain('<div id="root">');
      const sources = ["127.0.0.1", "localhost"].flatMap((host) =>
        subsystemPorts(portBase).flatMap((port) => [
          `http://${host}:${port}`,
          `ws://${host}:${port}`,
        ]),
      );
      expect(page.headers["content-security-policy"]?.split("; ")).toEqual([
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
      ]);
      expect(page.headers).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
      });
      expect(await desktop.probe("fetch", "GET", "app://demo/components?thread=quantum")).toEqual(
        page,
      );
    });

    it("serves every file that the page names, with its type", async () => {
      const { body } = await desktop.probe("fetch", "GET", "app://demo/");
      const paths = [...body.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
      expect(paths.length).toBeGreaterThan(1);
      for (const path of paths) {
        const { status, headers } = await desktop.probe("fetch", "GET", `app://demo${path}`);
        expect({ path, status }).toEqual({ path, status: 200 });
        expect(headers["content-type"]).toMatch(/javascript|css|svg/);
      }
    });

    it("answers HEAD without a body and refuses what changes things", async () => {
      const head = await desktop.probe("fetch", "HEAD", "app://demo/");
      expect(head).toMatchObject({ status: 200, body: "" });
      expect(Number(head.headers["content-length"])).toBeGreaterThan(0);
      for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
        expect(await desktop.probe("fetch", method, "app://demo/")).toMatchObject({
          status: 405,
          headers: { allow: "GET, HEAD" },
        });
      }
    });
  });

  it("grants pages of its own what they need and nobody anything else (item 5)", async () => {
    const granted = [
      "clipboard-sanitized-write",
      "notifications",
      "loopback-network",
      "local-network-access",
    ];
    const refused = [
      "clipboard-read",
      "display-capture",
      "fileSystem",
      "fullscreen",
      "geolocation",
      "hid",
      "idle-detection",
      "media",
      "midi",
      "openExternal",
      "pointerLock",
      "serial",
      "storage-access",
      "usb",
      "unknown",
      "window-management",
    ];
    for (const permission of granted) {
      expect(await desktop.probe("permission", permission, own)).toEqual({
        granted: true,
        checked: true,
        device: false,
      });
      expect(await desktop.probe("permission", permission, "https://evil.example/")).toEqual({
        granted: false,
        checked: false,
        device: false,
      });
    }
    for (const permission of refused) {
      expect(await desktop.probe("permission", permission, own)).toEqual({
        granted: false,
        checked: false,
        device: false,
      });
    }
  });

  it.each([
    ["will-navigate", "app://demo/quantum", true, false],
    ["will-navigate", "app://evil/", true, true],
    ["will-navigate", "https://evil.example/", true, true],
    ["will-navigate", "http://127.0.0.1:3000/", true, true],
    ["will-navigate", "file:///etc/passwd", true, true],
    ["will-navigate", "javascript:alert(1)", true, true],
    ["will-navigate", "data:text/html,hello", true, true],
    ["will-redirect", "app://demo/", true, true],
    ["will-frame-navigate", "app://demo/", false, true],
    ["will-attach-webview", "app://demo/", true, true],
  ])("limits navigation (items 11, 13): %s to %s", async (event, url, isMainFrame, prevented) => {
    expect(await desktop.probe("isPrevented", event, url, isMainFrame)).toBe(prevented);
  });

  it("opens no window and sends out web and mail links alone (items 14, 15)", async () => {
    const safe = [
      "https://example.com/a?b=c",
      "http://127.0.0.1:3000/docs",
      "mailto:a@example.com",
    ];
    const unsafe = [
      "file:///etc/passwd",
      "javascript:alert(1)",
      "data:text/html,hello",
      "smb://evil.example/share",
      "ms-settings:display",
      "demo://components",
      "app://demo/",
      "https://trusted.example@evil.example/",
      "not a link",
      `https://example.com/${"a".repeat(2048)}`,
    ];
    for (const url of [...safe, ...unsafe]) {
      expect(await desktop.probe("windowOpen", url)).toEqual({ action: "deny" });
    }
    expect(await desktop.probe("called", "shell.openExternal")).toEqual(safe.map((url) => [url]));
  });

  describe("requests of the page (items 17, 20)", () => {
    it("answers its own page and no other frame", async () => {
      const channels = await desktop.probe("channels");
      expect(channels.toSorted()).toEqual([
        "desktop:api-base",
        "desktop:notify",
        "desktop:reveal-home",
        "desktop:set-theme",
        "desktop:token",
        "desktop:versions",
      ]);
      for (const channel of channels) {
        const error = `${channel} is answered to the application's own page only.`;
        for (const frame of ["own-iframe", "foreign", "gone"] as const) {
          expect(await desktop.probe("invoke", channel, frame)).toEqual({ error });
        }
        for (const url of ["https://evil.example/", "app://demo.evil.example/", "app://x@demo/"]) {
          expect(await desktop.probe("invokeAfterNavigation", channel, url)).toEqual({ error });
        }
      }
    });

    it("hands over address and token, which open the platform", async () => {
      const { value: base } = await desktop.probe("invoke", "desktop:api-base", "own");
      const { value: token } = await desktop.probe("invoke", "desktop:token", "own");
      expect(new URL(String(base)).port).toBe(String(portBase));
      const answer = await fetch(new URL("/api/session", String(base)), {
        headers: { authorization: `Bearer ${String(token)}`, origin: "app://demo" },
      });
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ role: "admin", authenticated: true });
    });

    it("checks arguments", async () => {
      const bad: [string, ...unknown[]][] = [
        ["desktop:token", "extra"],
        ["desktop:set-theme"],
        ["desktop:set-theme", "purple"],
        ["desktop:set-theme", "dark", 1],
        ["desktop:notify", "title"],
        ["desktop:notify", "", "body"],
        ["desktop:notify", "t".repeat(121), "body"],
        ["desktop:notify", "title", "b".repeat(1001)],
        ["desktop:notify", { toString: "x" }, null],
        ["desktop:reveal-home", "/etc"],
      ];
      const before = await desktop.probe("calls");
      for (const [channel, ...input] of bad) {
        const answer = await desktop.probe("invoke", channel, "own", ...input);
        expect(answer).toEqual({ error: expect.any(String) });
      }
      expect(await desktop.probe("calls")).toEqual(before);
      expect(await desktop.probe("notifications")).toEqual([]);
    });

    it("does what they say", async () => {
      await desktop.probe("invoke", "desktop:set-theme", "own", "dark");
      expect((await desktop.probe("called", "nativeTheme.themeSource")).at(-1)).toEqual(["dark"]);
      await desktop.probe("invoke", "desktop:notify", "own", "Title", "Body");
      expect(await desktop.probe("notifications")).toEqual([{ title: "Title", body: "Body" }]);
      expect(await desktop.probe("invoke", "desktop:reveal-home", "own")).toEqual({
        error: "Nothing is kept on disk: the platform runs with --ephemeral.",
      });
      expect(await desktop.probe("invoke", "desktop:versions", "own")).toMatchObject({
        value: { app: "0.0.0-fake", node: process.versions.node },
      });
    });
  });

  it("follows deep links to known pages, and lets others only bring the window to the front", async () => {
    const focused = async () => (await desktop.probe("called", "window.focus")).length;
    const before = await focused();
    const flags = ["electron", ".", "--allow-file-access-from-files"];
    expect(await desktop.probe("secondInstance", ...flags)).toEqual([]);
    expect(await desktop.probe("secondInstance", ...flags, "demo://settings")).toEqual([
      ["desktop:navigate", "/settings"],
    ]);
    expect(await desktop.probe("secondInstance", ...flags, "demo://../../etc/passwd")).toEqual([]);
    expect(await focused()).toBe(before + 3);
    expect(await desktop.probe("openUrl", "demo://components?thread=quantum")).toEqual({
      prevented: true,
      sent: [["desktop:navigate", "/components?thread=quantum"]],
    });
    expect(await desktop.probe("openUrl", "demo://restart/quantum")).toEqual({
      prevented: true,
      sent: [],
    });
    expect(await desktop.probe("openUrlWhileLoading", "demo://quantum")).toEqual({
      early: [],
      late: [["desktop:navigate", "/quantum"]],
    });
  });

  it("builds menus that act", async () => {
    const menus = await desktop.probe("menus");
    expect(menus.application).toEqual(
      expect.arrayContaining(["File", "editMenu", "Go", "Threads", "View", "windowMenu"]),
    );
    expect(menus.toolTip).toMatch(/^@DEMO control center: \d+ of \d+ threads ready$/);
    expect(existsSync(menus.trayImage ?? "")).toBe(true);
    for (const { title, path } of pages) {
      expect(await desktop.probe("clickMenu", "Go", title)).toEqual([["desktop:navigate", path]]);
    }
    await desktop.probe("clickTray", "Open in browser");
    expect((await desktop.probe("called", "shell.openExternal")).at(-1)?.[0]).toMatch(
      new RegExp(`^http://(localhost|127\\.0\\.0\\.1):${portBase}/$`),
    );
    await desktop.probe("waitForThread", "Quantum: ready");
    await desktop.probe("clickMenu", "Threads", "Quantum: ready", "Stop");
    await desktop.probe("waitForThread", "Quantum: stopped");
    await desktop.probe("clickMenu", "Threads", "Quantum: stopped", "Start");
    await desktop.probe("waitForThread", "Quantum: ready");
  });

  it("reloads a page whose process died, once", async () => {
    const reloads = async () => (await desktop.probe("called", "webContents.reload")).length;
    await desktop.probe("rendererGone", "clean-exit");
    expect(await reloads()).toBe(0);
    await desktop.probe("rendererGone", "crashed");
    expect(await reloads()).toBe(1);
    expect(await desktop.probe("called", "app.quit")).toEqual([]);
  });

  it("ends within two seconds, with the ports free and nothing left behind", async () => {
    const { exitCode, ms } = await desktop.probe("quit");
    expect(exitCode).toBe(0);
    expect(ms).toBeLessThan(2000);
    expect(await desktop.probe("called", "app.exit")).toEqual([[0]]);
    expect(await desktop.probe("channels")).toEqual([]);
    expect((await desktop.probe("menus")).trayDestroyed).toBe(true);
    for (const port of subsystemPorts(portBase)) {
      expect({ port, free: await isPortFree(port) }).toEqual({ port, free: true });
    }
    expect(await desktop.ended()).toBe(0);
  });
});

describe("a start under a fake Electron that cannot succeed", () => {
  it("leaves the work to the first instance", async () => {
    await using second = await Booted.start({ flags: ["--ephemeral"] });
    await second.probe("load", false);
    expect(await second.probe("called", "app.exit")).toEqual([[0]]);
    expect(second.output).toBe("Already running; its window comes to the front.\n");
  });

  it("explains a flag that is wrong and exits with 2", async () => {
    await using desktop = await Booted.start({ flags: ["--prot-base", "4000"] });
    await desktop.probe("load", true);
    expect(await desktop.probe("calls")).toEqual([
      [
        "dialog.showErrorBox",
        "This cannot be started so",
        "--prot-base is not a flag; did you mean --port-base?",
      ],
      ["app.exit", 2],
    ]);
  });

  it("explains a busy port and exits with 1", async () => {
    const portBase = await findPortBase();
    const [port] = subsystemPorts(portBase);
    const squatter = createServer().listen(port, "127.0.0.1");
    try {
      await using desktop = await Booted.start({
        flags: ["--ephemeral", `--port-base=${portBase}`],
      });
      await desktop.probe("load", true);
      await desktop.probe("becomeReady");
      const [[title, sentence] = []] = await desktop.probe("called", "dialog.showErrorBox");
      expect(title).toBe("The platform could not start");
      expect(sentence).toContain(String(port));
      expect(sentence).toContain("--port-base");
      expect(await desktop.probe("called", "app.exit")).toEqual([[1]]);
    } finally {
      squatter.close();
    }
  });

  it("gives up on a page that dies twice within a minute", async () => {
    const portBase = await findPortBase();
    await using desktop = await Booted.start({ flags: ["--ephemeral", `--port-base=${portBase}`] });
    await desktop.probe("load", true);
    await desktop.probe("becomeReady");
    await desktop.probe("rendererGone", "crashed");
    await desktop.probe("rendererGone", "oom");
    expect(await desktop.probe("called", "dialog.showErrorBox")).toEqual([
      ["The window stopped working", expect.stringContaining("twice within a minute (oom)")],
    ]);
    expect(await desktop.probe("quit")).toMatchObject({ exitCode: 1 });
  });
});

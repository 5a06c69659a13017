/**
 * Run as a process of its own: boots the built out/main/index.js with the fake Electron and answers
 * the probes of the test over the process channel. Flags come as they come to Electron, after the
 * path of the application.
 */
import { registerHooks } from "node:module";

const fakeUrl = new URL("fake-electron.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" ? { url: fakeUrl, shortCircuit: true } : next(specifier, context),
});
const fake = await import("./fake-electron.ts");

type Frame = "own" | "own-iframe" | "foreign" | "gone";

function theWindow(): InstanceType<typeof fake.BrowserWindow> {
  const window = fake.BrowserWindow.created.at(-1);
  if (window === undefined) throw new Error("No window was created");
  return window;
}

function clickItem(
  menu: InstanceType<typeof fake.Menu> | undefined,
  path: readonly string[],
): void {
  let items = menu?.items;
  for (const label of path.slice(0, -1)) {
    items = items?.find((item) => item.label === label)?.submenu;
  }
  const item = items?.find(({ label }) => label === path.at(-1));
  if (item?.click === undefined) throw new Error(`No menu item ${path.join(" > ")}`);
  item.click();
}

async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const exited = new Promise<number>((resolve) => fake.app.once("fake-exit", resolve));

/** What a test can do and see; input and output cross a process boundary. */
const probes = {
  /** Evaluates the bundle as Electron would, before it is ready. */
  async load(isFirstInstance: boolean) {
    fake.app.isFirstInstance = isFirstInstance;
    await import(new URL("../../out/main/index.js", import.meta.url).href);
  },
  async becomeReady() {
    fake.app.becomeReady();
    await until(
      () => fake.BrowserWindow.created.length > 0 || called("app.exit").length > 0,
      "a window or the end",
    );
  },
  calls: () => fake.calls.map(({ name, input }) => [name, ...input]),
  called,
  windowOptions: () => theWindow().options,
  listeners: () => theWindow().webContents.eventNames().map(String),
  async fetch(method: string, url: string) {
    const handler = fake.sessionHandlers["protocol:app"] as (request: object) => Promise<Response>;
    const response = await handler({ method, url });
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await response.text(),
    };
  },
  permission(permission: string, url: string) {
    const contents = { getURL: () => url };
    const { "permission-request": request, "permission-check": check } = fake.sessionHandlers;
    let granted: boolean | undefined;
    const callback = (given: boolean): void => {
      granted = given;
    };
    const details = { requestingUrl: url, isMainFrame: true };
    (request as (...input: unknown[]) => void)(contents, permission, callback, details);
    const checked = (check as (...input: unknown[]) => boolean)(contents, permission, url, {});
    const device = (fake.sessionHandlers["device-permission"] as (details: object) => boolean)({});
    return { granted, checked, device };
  },
  /** @returns whether the application prevented it. */
  isPrevented(event: string, url: string, isMainFrame: boolean) {
    return fake.emitPreventable(theWindow().webContents, event, { url, isMainFrame });
  },
  windowOpen: (url: string) => theWindow().webContents.windowOpenHandler?.({ url }),
  async invoke(channel: string, frame: Frame, ...input: unknown[]) {
    const { webContents } = theWindow();
    const frames: Record<Frame, object | null> = {
      own: webContents.mainFrame,
      "own-iframe": { url: webContents.mainFrame.url },
      foreign: { url: "https://evil.example/" },
      gone: null,
    };
    const handler = fake.ipcMain.handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler for ${channel}`);
    try {
      return {
        value: await handler({ sender: webContents, senderFrame: frames[frame] }, ...input),
      };
    } catch (error) {
      return { error: (error as Error).message };
    }
  },
  /** The page itself went elsewhere, whatever let it. */
  async invokeAfterNavigation(channel: string, url: string) {
    const { mainFrame } = theWindow().webContents;
    const before = mainFrame.url;
    mainFrame.url = url;
    try {
      return await probes.invoke(channel, "own");
    } finally {
      mainFrame.url = before;
    }
  },
  channels: () => [...fake.ipcMain.handlers.keys()],
  secondInstance(...argv: string[]) {
    fake.app.emit("second-instance", {}, argv, "/");
    return theWindow().webContents.sent.splice(0);
  },
  openUrl(url: string) {
    const prevented = fake.emitPreventable(fake.app, "open-url", {}, url);
    return { prevented, sent: theWindow().webContents.sent.splice(0) };
  },
  openUrlWhileLoading(url: string) {
    const { webContents } = theWindow();
    webContents.loading = true;
    fake.app.emit("open-url", { preventDefault: () => undefined }, url);
    const early = webContents.sent.splice(0);
    webContents.loading = false;
    webContents.emit("did-finish-load");
    return { early, late: webContents.sent.splice(0) };
  },
  menus() {
    const tray = fake.Tray.created.at(-1);
    return {
      application: fake.Menu.application?.items.map(({ label, role }) => label ?? role),
      threads: labels(
        fake.Menu.application?.items.find(({ label }) => label === "Threads")?.submenu,
      ),
      tray: labels(tray?.menu?.items),
      trayImage: tray?.image.path,
      toolTip: tray?.toolTip,
      trayDestroyed: tray?.destroyed,
    };
  },
  clickMenu(...path: string[]) {
    clickItem(fake.Menu.application, path);
    return theWindow().webContents.sent.splice(0);
  },
  clickTray(...path: string[]) {
    clickItem(fake.Tray.created.at(-1)?.menu, path);
  },
  waitForThread: (label: string) =>
    until(() => probes.menus().threads?.includes(label) === true, `the menu to say ${label}`),
  notifications: () => fake.Notification.shown.map(({ title, body }) => ({ title, body })),
  rendererGone(reason: string) {
    theWindow().webContents.emit("render-process-gone", {}, { reason, exitCode: 9 });
  },
  /** Asks twice, as an impatient user does, and waits for the end. */
  async quit() {
    const startedAt = performance.now();
    fake.app.quit();
    fake.app.quit();
    return { exitCode: await exited, ms: performance.now() - startedAt };
  },
};
export type Probes = typeof probes;

function called(name: string): unknown[][] {
  return fake.calls.filter((call) => call.name === name).map(({ input }) => [...input]);
}

function labels(items: readonly { readonly label?: string }[] | undefined): string[] | undefined {
  return items?.flatMap(({ label }) => (label === undefined ? [] : [label]));
}

interface ProbeRequest {
  readonly id: number;
  readonly name: keyof Probes;
  readonly input: readonly unknown[];
}

async function answer({ id, name, input }: ProbeRequest): Promise<void> {
  const probe = probes[name] as (...input: readonly unknown[]) => unknown;
  try {
    process.send?.({ id, value: await probe(...input) });
  } catch (error) {
    process.send?.({ id, error: (error as Error).stack });
  }
}

process.on("message", (request: ProbeRequest) => void answer(request));
process.send?.({ id: 0 });

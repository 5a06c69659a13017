/**
 * A fake of the module "electron" for tests on machines without the binary. It keeps what it is
 * told and lets a test play the part of Electron; it shows no window. What is not here is not used
 * by the application: a missing name fails at link time.
 */
import { EventEmitter } from "node:events";
import { join } from "node:path";

type Handler = (...input: never[]) => unknown;

/** Every call worth asserting, in order. */
export const calls: { readonly name: string; readonly input: readonly unknown[] }[] = [];
const record = (name: string, ...input: unknown[]): void => {
  calls.push({ name, input });
};

/** An event whose default action a listener may prevent. */
class PreventableEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export function emitPreventable(
  target: EventEmitter,
  name: string,
  fields: object,
  ...rest: unknown[]
): boolean {
  const event = Object.assign(new PreventableEvent(), fields);
  target.emit(name, event, ...rest);
  return event.defaultPrevented;
}

class App extends EventEmitter {
  readonly isPackaged = false;
  isFirstInstance = true;
  readonly #ready = Promise.withResolvers<void>();

  becomeReady(): void {
    record("ready");
    this.#ready.resolve();
  }
  whenReady(): Promise<void> {
    return this.#ready.promise;
  }
  getAppPath(): string {
    return join(import.meta.dirname, "../..");
  }
  getVersion(): string {
    return "0.0.0-fake";
  }
  setPath(name: string, path: string): void {
    record("app.setPath", name, path);
  }
  enableSandbox(): void {
    record("app.enableSandbox");
  }
  requestSingleInstanceLock(): boolean {
    record("app.requestSingleInstanceLock");
    return this.isFirstInstance;
  }
  setAsDefaultProtocolClient(...input: unknown[]): boolean {
    record("app.setAsDefaultProtocolClient", ...input);
    return true;
  }
  quit(): void {
    record("app.quit");
    if (!emitPreventable(this, "before-quit", {})) this.exit(0);
  }
  exit(code: number): void {
    record("app.exit", code);
    this.emit("fake-exit", code);
  }
}
export const app = new App();

class WebContents extends EventEmitter {
  url = "";
  loading = false;
  readonly mainFrame = { url: "" };
  readonly sent: unknown[][] = [];
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined;

  getURL(): string {
    return this.url;
  }
  isLoading(): boolean {
    return this.loading;
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  send(...message: unknown[]): void {
    this.sent.push(message);
  }
  reload(): void {
    record("webContents.reload");
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly created: BrowserWindow[] = [];
  readonly webContents = new WebContents();
  readonly options: Readonly<Record<string, unknown>>;

  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
    BrowserWindow.created.push(this);
    app.emit("web-contents-created", {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    record("window.loadURL", url);
    this.webContents.url = url;
    this.webContents.mainFrame.url = url;
    return Promise.resolve();
  }
  show(): void {
    record("window.show");
  }
  focus(): void {
    record("window.focus");
  }
  restore(): void {
    record("window.restore");
  }
  isMinimized(): boolean {
    return true;
  }
  setBackgroundColor(color: string): void {
    record("window.setBackgroundColor", color);
  }
}

interface MenuTemplateItem {
  readonly label?: string;
  readonly role?: string;
  readonly enabled?: boolean;
  readonly click?: () => void;
  readonly submenu?: readonly MenuTemplateItem[];
}

export class Menu {
  static application: Menu | undefined;
  readonly items: readonly MenuTemplateItem[];

  constructor(items: readonly MenuTemplateItem[]) {
    this.items = items;
  }
  static buildFromTemplate(template: readonly MenuTemplateItem[]): Menu {
    return new Menu(template);
  }
  static setApplicationMenu(menu: Menu): void {
    Menu.application = menu;
  }
}

export class Tray extends EventEmitter {
  static readonly created: Tray[] = [];
  readonly image: { readonly path: string };
  toolTip = "";
  menu: Menu | undefined;
  destroyed = false;

  constructor(image: { readonly path: string }) {
    super();
    this.image = image;
    Tray.created.push(this);
  }
  setToolTip(text: string): void {
    this.toolTip = text;
  }
  setContextMenu(menu: Menu): void {
    this.menu = menu;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  readonly title: string;
  readonly body: string;

  constructor({ title, body }: { readonly title: string; readonly body: string }) {
    super();
    this.title = title;
    this.body = body;
  }
  static isSupported(): boolean {
    return true;
  }
  show(): void {
    Notification.shown.push(this);
  }
}

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, ...input: unknown[]) => unknown>();

  handle(channel: string, handler: (event: unknown, ...input: unknown[]) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`A second handler for ${channel}`);
    this.handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel);
  }
}
export const ipcMain = new IpcMain();

class NativeTheme extends EventEmitter {
  shouldUseDarkColors = false;
  #source = "";
  get themeSource(): string {
    return this.#source;
  }
  set themeSource(source: string) {
    record("nativeTheme.themeSource", source);
    this.#source = source;
  }
}
export const nativeTheme = new NativeTheme();

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly unknown[]): void {
    record("protocol.registerSchemesAsPrivileged", ...schemes);
  },
};

/** What the application set on the default session. */
export const sessionHandlers: Record<string, Handler> = {};
const keep =
  (name: string) =>
  (handler: Handler): void => {
    sessionHandlers[name] = handler;
  };
export const session = {
  defaultSession: {
    protocol: {
      handle(scheme: string, handler: Handler): void {
        keep(`protocol:${scheme}`)(handler);
      },
    },
    setPermissionRequestHandler: keep("permission-request"),
    setPermissionCheckHandler: keep("permission-check"),
    setDevicePermissionHandler: keep("device-permission"),
  },
};

export const shell = {
  openExternal(url: string): Promise<void> {
    record("shell.openExternal", url);
    return Promise.resolve();
  },
  openPath(path: string): Promise<string> {
    record("shell.openPath", path);
    return Promise.resolve("");
  },
};

export const dialog = {
  showErrorBox(title: string, content: string): void {
    record("dialog.showErrorBox", title, content);
  },
};

export const nativeImage = {
  createFromPath: (path: string): { readonly path: string } => ({ path }),
};

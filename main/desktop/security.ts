/** The limits of every page: what it may be granted, where it may go, what it may open. */
import { app, type Session, type WebContents } from "electron";
import { isAppUrl } from "./app-url.ts";
import { openExternalLink } from "./external-links.ts";

/**
 * Everything else is refused. The two network permissions are Chromium's Local Network Access: the
 * page is not on a loopback address itself, so without them it could not reach the platform's own
 * ports. They open no more than that, because the page's policy names the ports (app-protocol.ts).
 */
const grantedPermissions: ReadonlySet<string> = new Set([
  "clipboard-sanitized-write",
  "notifications",
  "loopback-network",
  "local-network-access",
]);

/** Applies to every page ever created, whoever creates it. */
export function limitPages(): void {
  app.on("web-contents-created", (_event, contents) => limitPage(contents));
}

function limitPage(contents: WebContents): void {
  // Only the application's own pages, which reloading counts as navigation.
  contents.on("will-navigate", (details) => {
    if (!isAppUrl(details.url)) details.preventDefault();
  });
  contents.on("will-redirect", (details) => details.preventDefault());
  contents.on("will-frame-navigate", (details) => {
    if (!details.isMainFrame) details.preventDefault();
  });
  contents.on("will-attach-webview", (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    openExternalLink(url);
    return { action: "deny" };
  });
}

/** Electron grants every permission unless told otherwise. */
export function limitPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback, { requestingUrl }) => {
    callback(grantedPermissions.has(permission) && isAppUrl(requestingUrl));
  });
  session.setPermissionCheckHandler((contents, permission, requestingOrigin) => {
    const url = contents?.getURL() ?? requestingOrigin;
    return grantedPermissions.has(permission) && isAppUrl(url);
  });
  session.setDevicePermissionHandler(() => false);
}

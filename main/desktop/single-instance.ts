import { app } from "electron";
import { deepLinkOf } from "./deep-link.ts";

/**
 * @param onSecond called in the first instance when another is started, with the deep link that it
 * was given; without one the first just comes to the front.
 * @returns false in the second instance, which has nothing left to do.
 */
export function claimSingleInstance(onSecond: (deepLink: string | undefined) => void): boolean {
  if (!app.requestSingleInstanceLock()) return false;
  app.on("second-instance", (_event, argv) => onSecond(deepLinkOf(argv)));
  // macOS hands a link to the running application by this event instead.
  app.on("open-url", (event, url) => {
    event.preventDefault();
    onSecond(url);
  });
  return true;
}

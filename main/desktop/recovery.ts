/** A page whose process died is loaded again, but not for ever. */
import { type BrowserWindow, dialog } from "electron";

const calmMs = 60_000;

/** @param giveUp called when the page dies again within a minute of being reloaded. */
export function recoverPage(
  window: BrowserWindow,
  giveUp: () => void,
  now: () => number = () => performance.now(),
): void {
  let reloadedAt = Number.NEGATIVE_INFINITY;
  window.webContents.on("render-process-gone", (_event, { reason, exitCode }) => {
    if (reason === "clean-exit") return;
    console.error(`The window's process ended (${reason}, exit code ${exitCode}).`);
    if (now() - reloadedAt >= calmMs) {
      reloadedAt = now();
      window.webContents.reload();
      return;
    }
    dialog.showErrorBox(
      "The window stopped working",
      `Its process ended twice within a minute (${reason}). The application closes; start it again, or run it with --headless and use a browser.`,
    );
    giveUp();
  });
}

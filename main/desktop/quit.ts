import { app } from "electron";

/** Under the two seconds that ending may take altogether. */
const stopWithinMs = 1800;

/**
 * Holds the first request to quit until the platform has stopped, or the time is up; the exit code
 * says which failure, if any, led here.
 */
export function quitCleanly(stop: () => Promise<void>): void {
  let quitting = false;
  app.on("before-quit", (event) => {
    event.preventDefault();
    if (quitting) return;
    quitting = true;
    const exit = (): void => app.exit(Number(process.exitCode ?? 0));
    const deadline = setTimeout(() => {
      console.error(`The platform did not stop within ${stopWithinMs} ms.`);
      exit();
    }, stopWithinMs);
    stop()
      .catch((error: unknown) => console.error(`The platform did not stop well: ${String(error)}`))
      .finally(() => {
        clearTimeout(deadline);
        exit();
      });
  });
}

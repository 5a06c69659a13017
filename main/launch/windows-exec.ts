/**
 * npm scripts begin with `exec`, so that the shell is replaced and Ctrl-C reaches the platform
 * itself: without it dash dies of the signal and npm reports a failure. Windows' shell has no such
 * word; there this gives it one, beside the other commands that npm scripts find.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";

if (process.platform === "win32") {
  writeFileSync(join(import.meta.dirname, "../../node_modules/.bin/exec.cmd"), "@%*\r\n");
}

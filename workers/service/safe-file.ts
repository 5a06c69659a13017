/** Small files that are replaced as a whole, readable by their owner alone. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** A reader sees the old content or the new one, whenever the process is killed. */
export function writeSafely(path: string, text: string): void {
  const partial = `${path}.new`;
  rmSync(partial, { force: true });
  const file = openSync(partial, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(partial, path);
}

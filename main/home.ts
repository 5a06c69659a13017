/** The data folder: made, proved writable, and owned by one platform at a time. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StartupError } from "./startup-error.ts";

export interface Home {
  /** Lets the next platform have the folder. */
  release(): void;
}

interface Owner {
  readonly pid: number;
  readonly url: string;
}

/**
 * @param owner who is about to run, told to whoever comes second
 * @param token of this launch, kept in a file that its owner alone can read
 * @throws StartupError when the folder cannot be written or another platform uses it
 */
export function claimHome(folder: string, owner: Owner, token: string): Home {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const probe = join(folder, `.write-test-${process.pid}`);
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartupError(
      `The data folder ${folder} cannot be written (${code}). Choose another with --home DIR (or DEMO_HOME), or run with --ephemeral.`,
    );
  }
  const lock = lockFolder(folder);
  writeAtomically(join(folder, "instance.json"), JSON.stringify(owner));
  writeAtomically(join(folder, "token"), `${token}\n`);
  return {
    release() {
      rmSync(join(folder, "instance.json"), { force: true });
      rmSync(join(folder, "token"), { force: true });
      lock.close();
    },
  };
}

/** An open transaction is a lock that the system releases however the process ends. */
function lockFolder(folder: string): DatabaseSync {
  const database = new DatabaseSync(join(folder, "instance.lock"), { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    const { errcode } = error as { errcode?: number };
    if (errcode !== 5) {
      throw new StartupError(
        `The lock file ${join(folder, "instance.lock")} cannot be used (${(error as Error).message}). Remove it, or choose another folder with --home DIR.`,
      );
    }
    throw new StartupError(alreadyRunning(folder));
  }
}

function alreadyRunning(folder: string): string {
  let where = "";
  try {
    const { pid, url } = JSON.parse(readFileSync(join(folder, "instance.json"), "utf8")) as Owner;
    where = ` as process ${pid}, at ${url}`;
  } catch {
    // It is just starting or stopping; the sentence does without.
  }
  return `The platform is already running with the data folder ${folder}${where}. Use that one, or start a second with --home DIR and --port-base N.`;
}

function writeAtomically(file: string, text: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, file);
}

/** The models' files, by the SHA-256 of what is in them: written whole or not at all, checked when read. */
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

export interface ModelFiles {
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** Null when it is lost or no longer what it was. */
  get(sha256: string): Promise<Uint8Array | null>;
  remove(sha256: string): Promise<void>;
}

/** Runs beside the event loop, so that large files do not hold it up. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Buffer.from(digest).toString("hex");
}

/** @param home null keeps them in memory */
export function openModelFiles(home: string | null): ModelFiles {
  return home === null ? new FilesInMemory() : new FilesInFolder(join(home, "models"));
}

class FilesInMemory implements ModelFiles {
  readonly #files = new Map<string, Uint8Array>();

  put(sha256: string, bytes: Uint8Array): Promise<void> {
    this.#files.set(sha256, bytes);
    return Promise.resolve();
  }

  get(sha256: string): Promise<Uint8Array | null> {
    return Promise.resolve(this.#files.get(sha256) ?? null);
  }

  remove(sha256: string): Promise<void> {
    this.#files.delete(sha256);
    return Promise.resolve();
  }
}

class FilesInFolder implements ModelFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async put(sha256: string, bytes: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const path = this.#pathOf(sha256);
    const file = await open(`${path}.part`, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    const path = this.#pathOf(sha256);
    try {
      const bytes = new Uint8Array(await readFile(path));
      if ((await sha256Of(bytes)) === sha256) return bytes;
      await rename(path, `${path}.damaged`);
      return null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.#pathOf(sha256), { force: true });
  }

  #pathOf(sha256: string): string {
    return join(this.#folder, `${sha256}.onnx`);
  }
}

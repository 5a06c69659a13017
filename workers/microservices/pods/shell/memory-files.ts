/** A container's file system: text in memory, folders as they follow from the files. */
import { posix } from "node:path";
import { hostedLimits } from "../pod-limits.ts";

/** What the kernel says, in strerror's words. */
export class FileError extends Error {}

export class MemoryFiles {
  readonly #files = new Map<string, string>();
  readonly #folders = new Set(["/", "/bin", "/dev", "/etc", "/root", "/tmp", "/var"]);
  #bytes = 0;

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** @throws FileError */
  read(path: string): string {
    const text = this.#files.get(path);
    if (text !== undefined) return text;
    throw new FileError(this.isFolder(path) ? "Is a directory" : "No such file or directory");
  }

  has(path: string): boolean {
    return this.#files.has(path) || this.isFolder(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  /** @throws FileError */
  write(path: string, text: string): void {
    if (path === "/dev/null") return;
    if (this.isFolder(path)) throw new FileError("Is a directory");
    const before = this.#files.get(path) ?? "";
    const bytes = this.#bytes - before.length + text.length;
    const isNew = !this.#files.has(path);
    if (bytes > hostedLimits.fileBytesMax || (isNew && this.#files.size >= hostedLimits.filesMax)) {
      throw new FileError("No space left on device");
    }
    this.makeFolder(posix.dirname(path));
    this.#files.set(path, text);
    this.#bytes = bytes;
  }

  append(path: string, text: string): void {
    this.write(path, (this.#files.get(path) ?? "") + text);
  }

  /** With those above it. @throws FileError */
  makeFolder(path: string): void {
    if (this.#files.has(path)) throw new FileError("Not a directory");
    if (this.#folders.has(path)) return;
    if (this.#folders.size >= hostedLimits.filesMax) {
      throw new FileError("No space left on device");
    }
    this.makeFolder(posix.dirname(path));
    this.#folders.add(path);
  }

  /** @throws FileError */
  remove(path: string): void {
    const text = this.#files.get(path);
    if (text === undefined) {
      throw new FileError(this.isFolder(path) ? "Is a directory" : "No such file or directory");
    }
    this.#files.delete(path);
    this.#bytes -= text.length;
  }

  /** Names in a folder, sorted. @throws FileError */
  list(path: string): string[] {
    if (this.#files.has(path)) return [path];
    if (!this.isFolder(path)) throw new FileError("No such file or directory");
    const inside = [...this.#files.keys(), ...this.#folders].filter(
      (name) => name !== "/" && posix.dirname(name) === path,
    );
    return inside.map((name) => posix.basename(name)).toSorted();
  }
}

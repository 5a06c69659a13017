/** A pipe: a bounded queue of text, whose writer waits when it is full. */

/** Nobody reads any more; what SIGPIPE is to a process. */
export class BrokenPipe extends Error {}

export interface Output {
  /** Resolves when there is room for more. @throws BrokenPipe */
  write(text: string): Promise<void>;
}

export interface Input {
  /** The next piece; null at the end. */
  read(): Promise<string | null>;
}

export class Pipe implements Input, Output {
  readonly #lengthMax: number;
  readonly #onTaken: ((text: string) => void) | undefined;
  readonly #pieces: string[] = [];
  #length = 0;
  #ended = false;
  #broken = false;
  #readers: PromiseWithResolvers<string | null>[] = [];
  #room: PromiseWithResolvers<void> | null = null;

  constructor(lengthMax = 64 * 1024, onTaken?: (text: string) => void) {
    this.#lengthMax = lengthMax;
    this.#onTaken = onTaken;
  }

  get length(): number {
    return this.#length;
  }

  async write(text: string): Promise<void> {
    if (!this.offer(text)) throw new BrokenPipe("Broken pipe");
    if (this.#length <= this.#lengthMax) return;
    this.#room ??= Promise.withResolvers();
    await this.#room.promise;
    if (this.#broken) throw new BrokenPipe("Broken pipe");
  }

  /** Adds without waiting; false when it cannot be read any more. */
  offer(text: string): boolean {
    if (this.#broken || this.#ended) return false;
    if (text === "") return true;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      this.#onTaken?.(text);
      reader.resolve(text);
      return true;
    }
    this.#pieces.push(text);
    this.#length += text.length;
    return true;
  }

  /** The writer is done; what it wrote can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader.resolve(null);
  }

  /** The reader is done; whoever writes is told. */
  break(): void {
    this.#broken = true;
    this.#pieces.length = 0;
    this.#length = 0;
    this.#room?.resolve();
    for (const reader of this.#readers.splice(0)) reader.resolve(null);
  }

  read(): Promise<string | null> {
    const text = this.#pieces.shift();
    if (text !== undefined) {
      this.#length -= text.length;
      this.#onTaken?.(text);
      if (this.#length <= this.#lengthMax) {
        this.#room?.resolve();
        this.#room = null;
      }
      return Promise.resolve(text);
    }
    if (this.#ended || this.#broken) return Promise.resolve(null);
    const reader = Promise.withResolvers<string | null>();
    this.#readers.push(reader);
    return reader.promise;
  }
}

/** Lines of an input without their ends; the last one counts without an end, too. */
export class LineReader {
  readonly #input: Input;
  readonly #lengthMax: number;
  #rest = "";
  #ended = false;

  constructor(input: Input, lengthMax: number) {
    this.#input = input;
    this.#lengthMax = lengthMax;
  }

  async next(): Promise<string | null> {
    for (;;) {
      const end = this.#rest.indexOf("\n");
      if (end >= 0 || this.#rest.length > this.#lengthMax) {
        const length = end >= 0 ? end : this.#lengthMax;
        const line = this.#rest.slice(0, length);
        this.#rest = this.#rest.slice(end >= 0 ? end + 1 : length);
        return line;
      }
      if (this.#ended) {
        const line = this.#rest;
        this.#rest = "";
        return line === "" ? null : line;
      }
      const piece = await this.#input.read();
      if (piece === null) this.#ended = true;
      else this.#rest += piece;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    for (let line = await this.next(); line !== null; line = await this.next()) yield line;
  }
}

export async function readAll(input: Input, lengthMax: number): Promise<string> {
  let text = "";
  for (let piece = await input.read(); piece !== null; piece = await input.read()) {
    text += piece;
    if (text.length > lengthMax) throw new RangeError("File too large");
  }
  return text;
}

export const emptyInput: Input = { read: () => Promise.resolve(null) };

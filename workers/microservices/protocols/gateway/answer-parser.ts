/**
 * Parses the answers of one upstream connection (RFC 9112), as they arrive. Strict where two readers
 * could differ: a length and chunks together, two lengths, folded headers and bare line feeds end it.
 */
import { dataPathLimits } from "../../limits.ts";

export interface AnswerEvents {
  /** Names and values in turn, names in lower case. Not called for 100 and 103. */
  head(status: number, headers: string[]): void;
  /** A piece of the body; `last` when its length says that nothing follows. */
  data(piece: Buffer, last: boolean): void;
  /** The answer is complete. @param trailers names and values in turn */
  end(trailers: string[]): void;
  /** 101: the rest of the connection is another protocol's. */
  switched(headers: string[], rest: Buffer): void;
}

export class AnswerError extends Error {
  override name = "AnswerError";
}

type State =
  | "idle"
  | "head"
  | "length"
  | "chunk-size"
  | "chunk"
  | "chunk-end"
  | "trailers"
  | "close";

const nothing = Buffer.alloc(0);
const headEnd = "\r\n\r\n";
const bodyless = new Set([204, 304]);

export class AnswerParser {
  readonly #events: AnswerEvents;
  #state: State = "idle";
  #kept: Buffer = nothing;
  #left = 0;
  #isHead = false;
  /** Whether the connection may carry another request after this answer. */
  keepAlive = true;
  /** Seconds that the server keeps an idle connection, where it says so. */
  keepAliveSeconds: number | null = null;
  /** Whether any byte of the answer has come. */
  begun = false;

  constructor(events: AnswerEvents) {
    this.#events = events;
  }

  /** The next answer's request is on its way. */
  expect(isHead: boolean): void {
    this.#state = "head";
    this.#isHead = isHead;
    this.begun = false;
  }

  /** @throws AnswerError */
  push(piece: Buffer): void {
    let rest = piece;
    if (this.#kept.length > 0) {
      rest = Buffer.concat([this.#kept, piece]);
      this.#kept = nothing;
    }
    while (rest.length > 0) {
      const taken = this.#step(rest);
      if (taken === -1) {
        if (rest.length > dataPathLimits.headBytesMax)
          throw new AnswerError("too many header bytes");
        this.#kept = rest;
        return;
      }
      rest = taken === rest.length ? nothing : rest.subarray(taken);
    }
  }

  /** The server closed the connection. @returns whether that ended the answer as it should */
  closed(): boolean {
    if (this.#state !== "close") return false;
    this.#finish([]);
    return true;
  }

  /** @returns bytes used, or -1 when more are needed */
  #step(bytes: Buffer): number {
    switch (this.#state) {
      case "idle":
        throw new AnswerError("bytes that no request asked for");
      case "head":
        return this.#head(bytes);
      case "length":
        return this.#length(bytes);
      case "chunk-size":
        return this.#chunkSize(bytes);
      case "chunk":
        return this.#chunk(bytes);
      case "chunk-end":
        if (bytes.length < 2) return -1;
        if (bytes[0] !== 13 || bytes[1] !== 10) throw new AnswerError("a chunk without an end");
        this.#state = "chunk-size";
        return 2;
      case "trailers":
        return this.#trailers(bytes);
      default:
        this.#events.data(bytes, false);
        return bytes.length;
    }
  }

  #length(bytes: Buffer): number {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    const isLast = this.#left === 0;
    this.#events.data(taken === bytes.length ? bytes : bytes.subarray(0, taken), isLast);
    if (isLast) this.#finish([]);
    return taken;
  }

  #chunkSize(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n");
    if (end === -1) {
      if (bytes.length > dataPathLimits.chunkLineBytesMax)
        throw new AnswerError("a long chunk line");
      return -1;
    }
    const match = /^([0-9a-f]{1,8})(?:[ \t]*;[\t\x20-\x7e]*)?$/i.exec(
      bytes.toString("latin1", 0, end),
    );
    if (match === null) throw new AnswerError("a chunk size that is none");
    this.#left = Number.parseInt(match[1]!, 16);
    this.#state = this.#left === 0 ? "trailers" : "chunk";
    return end + 2;
  }

  #chunk(bytes: Buffer): number {
    const taken = Math.min(this.#left, bytes.length);
    this.#left -= taken;
    if (this.#left === 0) this.#state = "chunk-end";
    this.#events.data(taken === bytes.length ? bytes : bytes.subarray(0, taken), false);
    return taken;
  }

  #trailers(bytes: Buffer): number {
    if (bytes.length < 2) return -1;
    if (bytes[0] === 13 && bytes[1] === 10) {
      this.#finish([]);
      return 2;
    }
    const end = bytes.indexOf(headEnd);
    if (end === -1) return -1;
    this.#finish(fieldsOf(bytes.toString("latin1", 0, end).split("\r\n"), 0));
    return end + 4;
  }

  #finish(trailers: string[]): void {
    this.#state = "idle";
    this.#events.end(trailers);
  }

  #head(bytes: Buffer): number {
    this.begun = true;
    const end = bytes.indexOf(headEnd);
    if (end === -1) return -1;
    if (end > dataPathLimits.headBytesMax) throw new AnswerError("too many header bytes");
    const lines = bytes.toString("latin1", 0, end).split("\r\n");
    const match = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/.exec(lines[0]!);
    if (match === null) throw new AnswerError("no HTTP/1.1 status line");
    const status = Number(match[2]);
    const headers = fieldsOf(lines, 1);
    if (status === 101) {
      this.keepAlive = false;
      this.#state = "idle";
      this.#events.switched(headers, bytes.subarray(end + 4));
      return bytes.length;
    }
    // Other interim answers (RFC 9110 section 15.2) are between this server and us.
    if (status < 200) return end + 4;
    this.#frame(status, match[1] === "1", headers);
    return end + 4;
  }

  /** RFC 9112 section 6.3. */
  #frame(status: number, isOneOne: boolean, headers: string[]): void {
    let [length, chunked]: [number | null, boolean] = [null, false];
    this.keepAlive = isOneOne;
    this.keepAliveSeconds = null;
    for (let index = 0; index < headers.length; index += 2) {
      const value = headers[index + 1]!;
      switch (headers[index]) {
        case "content-length":
          if (!/^\d{1,15}$/.test(value) || (length !== null && length !== Number(value))) {
            throw new AnswerError("a Content-Length that is none");
          }
          length = Number(value);
          break;
        case "transfer-encoding":
          if (chunked || value.toLowerCase() !== "chunked") {
            throw new AnswerError("a Transfer-Encoding other than chunked");
          }
          chunked = true;
          break;
        case "connection":
          if (/(?:^|,)\s*close\s*(?:,|$)/i.test(value)) this.keepAlive = false;
          break;
        case "keep-alive": {
          const seconds = /timeout=(\d{1,5})/i.exec(value)?.[1];
          if (seconds !== undefined) this.keepAliveSeconds = Number(seconds);
          break;
        }
      }
    }
    if (chunked && length !== null) throw new AnswerError("a length and chunks together");
    const isEmpty = this.#isHead || bodyless.has(status) || (length === 0 && !chunked);
    if (isEmpty) this.#state = "idle";
    else if (chunked) this.#state = "chunk-size";
    else if (length !== null) {
      this.#state = "length";
      this.#left = length;
    } else {
      this.#state = "close";
      this.keepAlive = false;
    }
    this.#events.head(status, headers);
    if (isEmpty) this.#finish([]);
  }
}

/** Header lines from `first` on; names in lower case. */
function fieldsOf(lines: readonly string[], first: number): string[] {
  const fields: string[] = [];
  for (let index = first; index < lines.length; index++) {
    const line = lines[index]!;
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (colon < 1 || !isToken(name)) throw new AnswerError("a header line without a name");
    if (value.includes("\n") || value.includes("\r") || value.includes("\0")) {
      throw new AnswerError("a header value with a line break");
    }
    fields.push(name, value);
  }
  return fields;
}

function isToken(name: string): boolean {
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    const isPlain = (code >= 97 && code <= 122) || code === 45 || (code >= 48 && code <= 57);
    if (!isPlain && !"!#$%&'*+.^_`|~".includes(name[index]!)) return false;
  }
  return true;
}

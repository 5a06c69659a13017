/** A request's body on its way: kept while it is small enough to be sent again, streamed on anyway. */
import type { Readable } from "node:stream";
import { dataPathLimits } from "../../limits.ts";
import type { UpstreamConnection } from "./upstream-connection.ts";

export class RequestBody {
  readonly #source: Readable;
  readonly #chunked: boolean;
  readonly #bytesMax: number;
  readonly #tooLarge: () => void;
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #bytes = 0;
  #ended = false;
  #started = false;
  #to: UpstreamConnection | null = null;
  /** Whether all that was sent is still here. */
  replayable = true;

  /** @param chunked no length was declared, so that chunks tell the end */
  constructor(source: Readable, chunked: boolean, bytesMax: number, tooLarge: () => void) {
    this.#source = source;
    this.#chunked = chunked;
    this.#bytesMax = bytesMax;
    this.#tooLarge = tooLarge;
  }

  /** Sends what there is, and the rest as it comes, until the next call. */
  sendTo(connection: UpstreamConnection): void {
    this.#to = connection;
    for (const piece of this.#kept) this.#write(piece);
    if (this.#ended) this.#finish();
    else if (this.#started) this.#source.resume();
    else this.#start();
  }

  stop(): void {
    this.#to = null;
    if (this.#started && !this.#ended) this.#source.pause();
  }

  /** Nobody needs the rest; it is read, so that the client's connection stays usable. */
  discard(): void {
    this.#to = null;
    this.#kept = [];
    this.replayable = false;
    if (!this.#ended) this.#source.resume();
  }

  drained(): void {
    if (this.#to !== null && !this.#ended) this.#source.resume();
  }

  #start(): void {
    this.#started = true;
    this.#source.on("data", (piece: Buffer) => this.#received(piece));
    this.#source.once("end", () => {
      this.#ended = true;
      this.#finish();
    });
  }

  #received(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#bytesMax) {
      if (this.#bytes - piece.length > this.#bytesMax) return;
      this.stop();
      this.#tooLarge();
      return;
    }
    if (this.replayable) {
      this.#keptBytes += piece.length;
      if (this.#keptBytes <= dataPathLimits.replayBytesMax) this.#kept.push(piece);
      else {
        this.replayable = false;
        this.#kept = [];
      }
    }
    if (!this.#write(piece)) this.#source.pause();
  }

  #write(piece: Buffer): boolean {
    const socket = this.#to?.socket;
    if (socket === undefined || piece.length === 0) return true;
    if (!this.#chunked) return socket.write(piece);
    socket.cork();
    socket.write(`${piece.length.toString(16)}\r\n`, "latin1");
    socket.write(piece);
    const takesMore = socket.write("\r\n", "latin1");
    socket.uncork();
    return takesMore;
  }

  #finish(): void {
    const connection = this.#to;
    if (connection === null) return;
    if (this.#chunked) connection.socket.write("0\r\n\r\n", "latin1");
    connection.requestSent();
  }
}

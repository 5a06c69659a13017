/** The streams of a command that exec runs, or of the container's own program that attach joins. */
import { Readable, Writable } from "node:stream";
import type { OutputStream } from "./host-protocol.ts";

export interface SessionHost {
  readonly input: (text: string | null) => void;
  /** So much output has been read. */
  readonly taken: (bytes: number) => void;
  readonly end: () => void;
}

export class ProcessSession {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** The command's exit code; 137 when it was ended or its container was. */
  readonly exitCode: Promise<number>;
  readonly #host: SessionHost;
  readonly #exit = Promise.withResolvers<number>();
  readonly #idleMsMax: number;
  readonly #unread: Record<OutputStream, number> = { stdout: 0, stderr: 0 };
  readonly #decoder = new TextDecoder();
  #idle: NodeJS.Timeout | undefined;
  #inputTaken: { bytes: number; next: () => void } | null = null;
  #ended = false;

  constructor(host: SessionHost, windowBytes: number, idleMsMax: number) {
    this.#host = host;
    this.#idleMsMax = idleMsMax;
    this.exitCode = this.#exit.promise;
    const output = (stream: OutputStream) =>
      new Readable({ highWaterMark: windowBytes, read: () => this.#read(stream) });
    this.stdout = output("stdout");
    this.stderr = output("stderr");
    // A reader that leaves is no reason to fail.
    for (const stream of [this.stdout, this.stderr]) stream.on("error", () => {});
    this.stdin = new Writable({
      highWaterMark: windowBytes,
      write: (chunk: Buffer, _encoding, next) => this.#write(chunk, next),
      final: (next) => {
        if (!this.#ended) host.input(null);
        next();
      },
    });
    this.stdin.on("error", () => {});
    this.#touch();
  }

  /** Bytes of output that nobody has read yet. */
  get unreadBytes(): number {
    return this.#unread.stdout + this.#unread.stderr;
  }

  /** Ends the command from outside. */
  kill(): void {
    if (!this.#ended) this.#host.end();
  }

  hear(stream: OutputStream, text: string): void {
    if (this.#ended) return;
    this.#touch();
    const bytes = Buffer.byteLength(text);
    if (this[stream].push(text)) this.#host.taken(bytes);
    else this.#unread[stream] += bytes;
  }

  inputTaken(bytes: number): void {
    const waiting = this.#inputTaken;
    if (waiting === null) return;
    waiting.bytes -= bytes;
    if (waiting.bytes > 0) return;
    this.#inputTaken = null;
    waiting.next();
  }

  finish(exitCode: number): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#idle);
    this.stdout.push(null);
    this.stderr.push(null);
    this.#inputTaken?.next();
    this.#inputTaken = null;
    this.stdin.destroy();
    this.#exit.resolve(exitCode);
  }

  #read(stream: OutputStream): void {
    const bytes = this.#unread[stream];
    this.#unread[stream] = 0;
    if (bytes > 0 && !this.#ended) this.#host.taken(bytes);
  }

  /** The next piece is taken when the command has read this one. */
  #write(chunk: Buffer, next: () => void): void {
    if (this.#ended) return next();
    this.#touch();
    const text = this.#decoder.decode(chunk, { stream: true });
    const bytes = Buffer.byteLength(text);
    if (bytes === 0) return next();
    this.#inputTaken = { bytes, next };
    this.#host.input(text);
  }

  #touch(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.kill(), this.#idleMsMax);
  }
}

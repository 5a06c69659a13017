/**
 * The server's side of a SPDY/3.1 connection: streams that the client opens, both ways. As in
 * Kubernetes' own client (moby/spdystream) there is no flow control by windows; a stream whose reader
 * is slow holds up the connection, so that nothing is kept without bound.
 */
import { Duplex } from "node:stream";
import { kubernetesApiLimits as limits } from "../../../../limits.ts";
import {
  controlFrame,
  dataFrame,
  flags,
  type Frame,
  FrameReader,
  frameTypes,
  resetStatus,
  words,
} from "./frames.ts";
import { HeaderCodec, type Headers } from "./header-block.ts";

const payloadMax = 32 * 1024;

type SendData = (payload: Buffer, isLast: boolean, done?: (error?: Error | null) => void) => void;

export class SpdyStream extends Duplex {
  readonly headers: Headers;
  readonly #send: SendData;
  readonly #reset: () => void;
  #resume: (() => void) | undefined;

  constructor(headers: Headers, send: SendData, reset: () => void) {
    super({ allowHalfOpen: true });
    this.headers = headers;
    this.#send = send;
    this.#reset = reset;
  }

  /** What the client sent; settles when there is room for more. */
  async receive(payload: Buffer, isLast: boolean): Promise<void> {
    if (this.destroyed || this.readableEnded) return;
    const hasRoom = payload.length === 0 || this.push(Buffer.from(payload));
    if (isLast) this.push(null);
    if (hasRoom || isLast) return;
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
      this.once("close", resolve);
    });
  }

  override _read(): void {
    this.#resume?.();
    this.#resume = undefined;
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const parts: Buffer[] = [];
    for (let at = 0; at < chunk.length; at += payloadMax) {
      parts.push(chunk.subarray(at, at + payloadMax));
    }
    // Each is written when its turn comes, and the last one tells that all are.
    for (const part of parts.slice(0, -1)) this.#send(part, false);
    this.#send(parts.at(-1) ?? Buffer.alloc(0), false, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send(Buffer.alloc(0), true, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.writableFinished) this.#reset();
    this.#resume?.();
    done(error);
  }
}

export class SpdyConnection {
  readonly #socket: Duplex;
  readonly #codec = new HeaderCodec();
  readonly #streams = new Map<number, SpdyStream>();
  readonly #onStream: (stream: SpdyStream) => void;
  /** Headers share one compressor, so that they go out in the order of their making. */
  #replies: Promise<void> = Promise.resolve();
  #lastStream = 0;

  constructor(socket: Duplex, onStream: (stream: SpdyStream) => void) {
    this.#socket = socket;
    this.#onStream = onStream;
    socket.on("error", () => this.close());
  }

  /** Reads until the client goes away. Never rejects. */
  async run(first: Buffer): Promise<void> {
    const reader = new FrameReader();
    try {
      reader.add(first);
      await this.#drain(reader);
      for await (const chunk of this.#socket as AsyncIterable<Buffer>) {
        reader.add(chunk);
        await this.#drain(reader);
      }
    } catch {
      // A peer that breaks the protocol, or the connection, is let go.
    }
    this.close();
  }

  close(): void {
    for (const stream of this.#streams.values()) {
      // A half that is still open ends as if the client had closed it.
      stream.push(null);
      stream.destroy();
    }
    this.#streams.clear();
    this.#codec.close();
    this.#socket.destroy();
  }

  /** Tells the client that this was all, and closes when it has been sent. */
  end(): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    void this.#replies.finally(() => {
      this.#socket.end(controlFrame(frameTypes.goAway, 0, words(this.#lastStream, 0)));
    });
  }

  async #drain(reader: FrameReader): Promise<void> {
    for (let frame = reader.next(); frame !== null; frame = reader.next()) {
      await this.#handle(frame);
    }
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.kind === "data") {
      const isLast = (frame.flags & flags.fin) !== 0;
      await this.#streams.get(frame.stream)?.receive(frame.payload, isLast);
      return;
    }
    const { type, payload } = frame;
    if (type === frameTypes.synStream) await this.#open(payload, (frame.flags & flags.fin) !== 0);
    else if (type === frameTypes.ping) {
      // Pings of the server's own have even numbers; it sends none.
      if (payload.length >= 4 && payload.readUInt32BE(0) % 2 === 1) {
        await this.#write(controlFrame(frameTypes.ping, 0, payload.subarray(0, 4)));
      }
    } else if (type === frameTypes.rstStream && payload.length >= 4) {
      const stream = this.#streams.get(payload.readUInt32BE(0) & 0x7fff_ffff);
      stream?.push(null);
      stream?.destroy();
    } else if (type === frameTypes.headers && payload.length >= 4) {
      // Read for the compressor's sake.
      await this.#codec.decode(payload.subarray(4));
    }
  }

  async #open(payload: Buffer, isFinished: boolean): Promise<void> {
    if (payload.length < 10) throw new Error("A SYN_STREAM breaks off.");
    const id = payload.readUInt32BE(0) & 0x7fff_ffff;
    const headers = await this.#codec.decode(payload.subarray(10));
    if (id % 2 === 0 || id <= this.#lastStream)
      throw new Error("A stream's number is not its turn.");
    this.#lastStream = id;
    if (this.#streams.size >= limits.spdyStreamsMax) {
      await this.#write(
        controlFrame(frameTypes.rstStream, 0, words(id, resetStatus.refusedStream)),
      );
      return;
    }
    const stream = new SpdyStream(
      headers,
      (part, isLast, done) => this.#writeThen(dataFrame(id, part, isLast), done ?? (() => {})),
      () => {
        if (!this.#socket.writable) return;
        this.#socket.write(controlFrame(frameTypes.rstStream, 0, words(id, resetStatus.cancel)));
      },
    );
    this.#streams.set(id, stream);
    stream.on("close", () => this.#streams.delete(id));
    stream.on("error", () => stream.destroy());
    this.#replies = this.#replies.then(async () => {
      const block = await this.#codec.encode(new Map());
      await this.#write(controlFrame(frameTypes.synReply, 0, words(id), block));
    });
    await this.#replies;
    if (isFinished) stream.push(null);
    this.#onStream(stream);
  }

  #writeThen(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.#socket.writable) this.#socket.write(bytes, done);
    else done(new Error("The connection is closed."));
  }

  #write(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#writeThen(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }
}

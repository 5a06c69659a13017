/** SPDY/3 header blocks: name-value pairs under one zlib stream for each direction. */
import { constants, createDeflate, createInflate, type Deflate, type Inflate } from "node:zlib";
import { kubernetesApiLimits as limits } from "../../../../limits.ts";
import { dictionary } from "./dictionary.ts";

export type Headers = ReadonlyMap<string, string>;

/** Runs bytes through a zlib stream that stays open, up to the end of what they give. */
class Flushing {
  readonly #zlib: Deflate | Inflate;
  #parts: Buffer[] = [];
  #size = 0;
  #fail: ((error: Error) => void) | undefined;

  constructor(zlib: Deflate | Inflate) {
    this.#zlib = zlib;
    zlib.on("data", (part: Buffer) => {
      this.#size += part.length;
      if (this.#size <= limits.spdyHeaderBytesMax) this.#parts.push(part);
    });
    zlib.on("error", (error) => this.#fail?.(error));
  }

  async run(bytes: Buffer): Promise<Buffer> {
    this.#parts = [];
    this.#size = 0;
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#zlib.write(bytes);
      this.#zlib.flush(constants.Z_SYNC_FLUSH, () => resolve());
    });
    if (this.#size > limits.spdyHeaderBytesMax) throw new Error("The headers are too long.");
    return Buffer.concat(this.#parts);
  }

  close(): void {
    this.#zlib.close();
  }
}

export class HeaderCodec {
  readonly #deflate = new Flushing(createDeflate({ dictionary }));
  readonly #inflate = new Flushing(createInflate({ dictionary }));

  /** @throws Error for what is no header block */
  async decode(block: Buffer): Promise<Headers> {
    const bytes = await this.#inflate.run(block);
    let at = 0;
    const number = (): number => {
      if (at + 4 > bytes.length) throw new Error("The header block breaks off.");
      at += 4;
      return bytes.readUInt32BE(at - 4);
    };
    const text = (): string => {
      const length = number();
      if (at + length > bytes.length) throw new Error("The header block breaks off.");
      at += length;
      return bytes.toString("utf8", at - length, at);
    };
    const headers = new Map<string, string>();
    for (let left = number(); left > 0; left--) {
      const name = text().toLowerCase();
      headers.set(name, text());
    }
    return headers;
  }

  encode(headers: Headers): Promise<Buffer> {
    const parts: Buffer[] = [];
    const number = (value: number): void => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      parts.push(bytes);
    };
    number(headers.size);
    for (const pair of headers) {
      for (const text of pair) {
        const bytes = Buffer.from(text);
        number(bytes.length);
        parts.push(bytes);
      }
    }
    return this.#deflate.run(Buffer.concat(parts));
  }

  close(): void {
    this.#deflate.close();
    this.#inflate.close();
  }
}

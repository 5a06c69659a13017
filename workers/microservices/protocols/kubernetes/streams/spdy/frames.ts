/** SPDY/3.1 frames (SPDY protocol draft 3.1, section 2.2 and 2.6). */
import { kubernetesApiLimits as limits } from "../../../../limits.ts";

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const flags = { fin: 1 } as const;
export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5 } as const;

export type Frame =
  | {
      readonly kind: "data";
      readonly stream: number;
      readonly flags: number;
      readonly payload: Buffer;
    }
  | {
      readonly kind: "control";
      readonly type: number;
      readonly flags: number;
      readonly payload: Buffer;
    };

const headLength = 8;
const version = 3;

/** Takes frames out of a stream of bytes. */
export class FrameReader {
  #bytes: Buffer = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** null: the next one is not whole yet. @throws Error for what is no frame of SPDY/3 */
  next(): Frame | null {
    const bytes = this.#bytes;
    if (bytes.length < headLength) return null;
    const length = bytes.readUIntBE(5, 3);
    if (length > limits.spdyFrameBytesMax) throw new Error("A frame is too long.");
    if (bytes.length < headLength + length) return null;
    const word = bytes.readUInt32BE(0);
    const payload = bytes.subarray(headLength, headLength + length);
    this.#bytes = bytes.subarray(headLength + length);
    if (word >>> 31 === 0) return { kind: "data", stream: word, flags: bytes[4]!, payload };
    if (((word >>> 16) & 0x7fff) !== version) throw new Error("A frame is not of SPDY/3.");
    return { kind: "control", type: word & 0xffff, flags: bytes[4]!, payload };
  }
}

export function dataFrame(stream: number, payload: Buffer, isLast: boolean): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(stream);
  head[4] = isLast ? flags.fin : 0;
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

export function controlFrame(type: number, frameFlags: number, ...parts: Buffer[]): Buffer {
  const payload = Buffer.concat(parts);
  const head = Buffer.alloc(headLength);
  head.writeUInt32BE(((0x8000 | version) << 16) >>> 0);
  head.writeUInt16BE(type, 2);
  head[4] = frameFlags;
  head.writeUIntBE(payload.length, 5, 3);
  return Buffer.concat([head, payload]);
}

export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
}

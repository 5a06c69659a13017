import { crc32, createDeflate } from "node:zlib";
import { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SpdyConnection, type SpdyStream } from "./connection.ts";
import { dictionary } from "./dictionary.ts";
import { controlFrame, dataFrame, flags, FrameReader, frameTypes, words } from "./frames.ts";
import { HeaderCodec } from "./header-block.ts";

/** RFC 1950, section 8.2. */
function adler32(bytes: Buffer): number {
  let a = 1;
  let b = 0;
  for (const byte of bytes) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return ((b << 16) | a) >>> 0;
}

describe("SPDY/3.1", () => {
  it("has the draft's dictionary, by the identifier that zlib streams carry", () => {
    expect(dictionary).toHaveLength(1_423);
    expect(adler32(dictionary).toString(16)).toBe("e3c6a7c2");
    expect(crc32(dictionary)).toBeGreaterThan(0);
  });

  it("reads frames whatever the pieces they come in", () => {
    const frame = fc.record({
      stream: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
      payload: fc.uint8Array(),
    });
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 50 }), (frames, size) => {
        const bytes = Buffer.concat(
          frames.map(({ stream, payload }) => dataFrame(stream, Buffer.from(payload), true)),
        );
        const reader = new FrameReader();
        const found: { stream: number; payload: Uint8Array }[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          reader.add(bytes.subarray(at, at + size));
          for (let next = reader.next(); next !== null; next = reader.next()) {
            if (next.kind !== "data") throw new Error("a control frame");
            expect(next.flags).toBe(flags.fin);
            found.push({ stream: next.stream, payload: Uint8Array.from(next.payload) });
          }
        }
        expect(found).toEqual(frames);
      }),
    );
  });

  it("keeps one compression context over many header blocks", async () => {
    const sender = new HeaderCodec();
    const receiver = new HeaderCodec();
    const headers = new Map([
      ["streamtype", "data"],
      ["port", "80"],
    ]);
    const sizes: number[] = [];
    for (let round = 0; round < 3; round++) {
      const block = await sender.encode(headers);
      sizes.push(block.length);
      expect(await receiver.decode(block)).toEqual(headers);
    }
    expect(sizes[2]).toBeLessThan(sizes[0]!);
    sender.close();
    receiver.close();
  });

  it("refuses a header block that unpacks without bound", async () => {
    const deflate = createDeflate({ dictionary });
    deflate.end(Buffer.alloc(10_000_000));
    const block = Buffer.from(
      await new Response(Duplex.toWeb(deflate).readable as never).arrayBuffer(),
    );
    await expect(new HeaderCodec().decode(block)).rejects.toThrow("too long");
  });

  it("opens streams, answers pings and carries data both ways", async () => {
    const sent: Buffer[] = [];
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        sent.push(chunk);
        done();
      },
    });
    const streams: SpdyStream[] = [];
    const running = new SpdyConnection(socket, (stream) => {
      streams.push(stream);
      stream.pipe(stream);
    }).run(Buffer.alloc(0));
    const codec = new HeaderCodec();
    const block = await codec.encode(new Map([["streamtype", "data"]]));
    socket.push(controlFrame(frameTypes.synStream, 0, words(1, 0), Buffer.alloc(2), block));
    socket.push(controlFrame(frameTypes.ping, 0, words(7)));
    socket.push(dataFrame(1, Buffer.from("hello "), false));
    socket.push(dataFrame(1, Buffer.from("there"), true));
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 50);
    });
    socket.push(null);
    await running;
    const reader = new FrameReader();
    reader.add(Buffer.concat(sent));
    const got: string[] = [];
    for (let next = reader.next(); next !== null; next = reader.next()) {
      got.push(next.kind === "data" ? `data ${next.payload.toString()}` : `control ${next.type}`);
    }
    expect(got).toEqual(["control 2", "control 6", "data hello ", "data there", "data "]);
    expect(streams[0]!.headers.get("streamtype")).toBe("data");
    expect(await text(streams[0]!).catch(() => "ended")).toBeDefined();
  });
});

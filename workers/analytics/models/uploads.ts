/** Large files come in parts, one after the other, and wait here until a version is made of them. */
import { analyticsProblem } from "../errors.ts";
import { registryLimits, uploadLimits } from "./models-limits.ts";

interface Upload {
  readonly parts: Uint8Array[];
  bytes: number;
  touchedMs: number;
}

export class Uploads {
  readonly #now: () => number;
  readonly #uploads = new Map<string, Upload>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * @param offset how many bytes came before; 0 begins anew
   * @returns bytes received so far
   * @throws UPLOAD_UNKNOWN, REGISTRY_FULL, MODEL_REFUSED
   */
  part(id: string, offset: number, bytes: Uint8Array): number {
    this.#forgetIdle();
    if (offset === 0) this.#uploads.delete(id);
    const known = this.#uploads.get(id);
    if (known === undefined && offset > 0) throw unknown(id);
    if (known === undefined && this.#uploads.size >= uploadLimits.uploadsMax) {
      throw analyticsProblem("REGISTRY_FULL", `${this.#uploads.size} uploads are under way.`);
    }
    const upload = known ?? { parts: [], bytes: 0, touchedMs: 0 };
    if (upload.bytes !== offset) {
      throw analyticsProblem(
        "MODEL_CONFLICT",
        `The next part of "${id}" begins at ${upload.bytes}, not at ${offset}.`,
      );
    }
    if (offset + bytes.length > registryLimits.fileBytesMax) {
      this.#uploads.delete(id);
      const detail = `The file has more than the ${registryLimits.fileBytesMax} bytes that are let in.`;
      throw analyticsProblem("MODEL_REFUSED", detail);
    }
    upload.parts.push(bytes);
    upload.bytes += bytes.length;
    upload.touchedMs = this.#now();
    this.#uploads.set(id, upload);
    return upload.bytes;
  }

  /** The whole file; it is no longer kept here. @throws UPLOAD_UNKNOWN */
  take(id: string): Uint8Array {
    this.#forgetIdle();
    const upload = this.#uploads.get(id);
    if (upload === undefined) throw unknown(id);
    this.#uploads.delete(id);
    return new Uint8Array(Buffer.concat(upload.parts));
  }

  #forgetIdle(): void {
    const now = this.#now();
    for (const [id, { touchedMs }] of this.#uploads) {
      if (now - touchedMs > uploadLimits.idleMs) this.#uploads.delete(id);
    }
  }
}

const unknown = (id: string) =>
  analyticsProblem("UPLOAD_UNKNOWN", `No upload "${id}" is under way.`);

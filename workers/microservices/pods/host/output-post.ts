/** Collects what the containers of a thread write and posts it together, a few times a second. */
import type { OutputChunk } from "../host-protocol.ts";
import { hostedLimits } from "../pod-limits.ts";

export class OutputPost {
  readonly #post: (chunks: readonly OutputChunk[]) => void;
  #chunks: OutputChunk[] = [];
  #bytes = 0;
  readonly #dropped = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(post: (chunks: readonly OutputChunk[]) => void) {
    this.#post = post;
  }

  write(chunk: OutputChunk): void {
    const bytes = chunk.text.length;
    if (this.#bytes + bytes > hostedLimits.outputBytesPerPostMax) {
      this.#dropped.set(chunk.container, (this.#dropped.get(chunk.container) ?? 0) + bytes);
    } else {
      this.#chunks.push(chunk);
      this.#bytes += bytes;
    }
    this.#timer ??= setTimeout(() => this.flush(), hostedLimits.outputPostMs);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const at = Date.now();
    for (const [container, bytes] of this.#dropped) {
      const text = `[${bytes} bytes were written too fast and dropped]\n`;
      this.#chunks.push({ container, stream: "stderr", at, text });
    }
    this.#dropped.clear();
    if (this.#chunks.length === 0) return;
    this.#post(this.#chunks);
    this.#chunks = [];
    this.#bytes = 0;
  }
}

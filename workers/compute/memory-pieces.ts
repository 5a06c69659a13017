/** Who holds which piece of a memory: first fit, pieces aligned to cache lines. */
interface Piece {
  readonly from: number;
  readonly to: number;
}

export class MemoryPieces {
  readonly #start: number;
  /** In the order of their addresses. */
  #pieces: readonly Piece[] = [];

  constructor(start: number) {
    this.#start = Math.ceil(start / 64) * 64;
  }

  /** Behind the last piece. */
  get end(): number {
    return this.#pieces.at(-1)?.to ?? this.#start;
  }

  take(bytes: number): number {
    const size = Math.ceil(bytes / 64) * 64;
    let from = this.#start;
    let place = 0;
    for (const piece of this.#pieces) {
      if (piece.from - from >= size) break;
      from = piece.to;
      place += 1;
    }
    this.#pieces = this.#pieces.toSpliced(place, 0, { from, to: from + size });
    return from;
  }

  free(address: number): void {
    this.#pieces = this.#pieces.filter(({ from }) => from !== address);
  }
}

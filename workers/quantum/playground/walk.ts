/** The way through a document's columns: which comes next, given the bits measured so far. */
import { type Bits, holds } from "../core/classical-bits.ts";
import { loopTurnsMax } from "../core/limits.ts";
import { CircuitError } from "../core/primitive.ts";
import type { Column } from "./document.ts";
import { bracketsOf } from "./edit-areas.ts";

interface Loop {
  readonly begin: number;
  /** Turns begun so far. */
  turn: number;
}

/** Brackets by their place, worked out once for many walks. */
export interface Way {
  readonly columns: readonly Column[];
  readonly brackets: ReadonlyMap<number, readonly number[]>;
}

export function wayOf(columns: readonly Column[]): Way {
  return { columns, brackets: bracketsOf(columns) };
}

export class Walk {
  readonly #way: Way;
  #at: number;
  readonly #loops: Loop[];

  constructor(way: Way, at = 0, loops: readonly Loop[] = []) {
    this.#way = way;
    this.#at = at;
    this.#loops = loops.map((loop) => ({ ...loop }));
  }

  copy(): Walk {
    return new Walk(this.#way, this.#at, this.#loops);
  }

  /** Turns of the loops around the present place, the outermost first. */
  get turns(): readonly number[] {
    return this.#loops.map(({ turn }) => turn);
  }

  /** The next column with items, or null at the end. */
  next(bits: Bits): number | null {
    const { columns, brackets } = this.#way;
    for (;;) {
      const at = this.#at;
      const column = columns[at];
      if (column === undefined) return null;
      if (column.kind === "items") {
        this.#at = at + 1;
        return at;
      }
      const group = brackets.get(at) ?? [];
      const [begin = at] = group;
      const end = group.at(-1) ?? at;
      if (column.kind === "begin") this.#enter(at, end, bits);
      else if (column.kind === "else") this.#at = end + 1;
      else this.#turn(begin, end, bits);
    }
  }

  #enter(begin: number, end: number, bits: Bits): void {
    const column = this.#way.columns[begin];
    if (column?.kind !== "begin") return;
    const { head } = column;
    switch (head.kind) {
      case "if": {
        const middle = this.#way.brackets.get(begin)?.[1] ?? end;
        this.#at = holds(head.condition, bits) ? begin + 1 : middle + 1;
        return;
      }
      case "while":
        this.#begin(begin, end, holds(head.condition, bits));
        return;
      default:
        this.#begin(begin, end, head.count > 0);
    }
  }

  #begin(begin: number, end: number, isEntered: boolean): void {
    if (isEntered) this.#loops.push({ begin, turn: 1 });
    this.#at = isEntered ? begin + 1 : end + 1;
  }

  #turn(begin: number, end: number, bits: Bits): void {
    const column = this.#way.columns[begin];
    const loop = this.#loops.at(-1);
    if (column?.kind !== "begin" || column.head.kind === "if" || loop?.begin !== begin) {
      this.#at = end + 1;
      return;
    }
    const { head } = column;
    const goesOn = head.kind === "while" ? holds(head.condition, bits) : loop.turn < head.count;
    if (!goesOn) {
      this.#loops.pop();
      this.#at = end + 1;
      return;
    }
    loop.turn += 1;
    if (loop.turn > loopTurnsMax) {
      throw new CircuitError(`a loop did not end within ${loopTurnsMax} turns`);
    }
    this.#at = begin + 1;
  }
}

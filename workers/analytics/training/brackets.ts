/** Sequences of brackets: whether they are in balance is known by what comes first and last alone. */
import type { Chance } from "../../compute/chance.ts";

export interface BracketSequence {
  /** 0 opens, 1 closes, 2 is nothing, at the end. */
  readonly symbols: readonly number[];
  readonly isBalanced: boolean;
}

/** Half of them are in balance; the others have the wrong order or one bracket turned. */
export function bracketSamples(count: number, length: number, chance: Chance): BracketSequence[] {
  return Array.from({ length: count }, (_, index) => {
    const pairs = 1 + chance.below(Math.floor(length / 2));
    const symbols = balanced(pairs, chance);
    if (index % 2 === 1) {
      const turned = chance.below(symbols.length);
      symbols[turned] = 1 - symbols[turned]!;
    }
    return {
      symbols: [...symbols, ...Array<number>(length - symbols.length).fill(2)],
      isBalanced: isBalanced(symbols),
    };
  });
}

function balanced(pairs: number, chance: Chance): number[] {
  const symbols: number[] = [];
  let [opened, depth] = [0, 0];
  while (symbols.length < 2 * pairs) {
    const mayOpen = opened < pairs;
    const opens = mayOpen && (depth === 0 || chance.below(2) === 0);
    symbols.push(opens ? 0 : 1);
    opened += Number(opens);
    depth += opens ? 1 : -1;
  }
  return symbols;
}

function isBalanced(symbols: readonly number[]): boolean {
  let depth = 0;
  for (const symbol of symbols) {
    depth += symbol === 0 ? 1 : -1;
    if (depth < 0) return false;
  }
  return depth === 0;
}

/** Errors on a code as the address and the text field have them: "X3 Z7", one Pauli for each qubit. */

export type Pauli = "X" | "Y" | "Z";

export interface PlacedError {
  readonly qubit: number;
  readonly basis: Pauli;
}

/** More would not fit an address. */
export const errorsMax = 200;

const next: Readonly<Record<Pauli | "none", Pauli | "none">> = {
  none: "X",
  X: "Z",
  Z: "Y",
  Y: "none",
};

export function textOfErrors(errors: readonly PlacedError[]): string {
  return errors.map(({ qubit, basis }) => `${basis}${qubit}`).join(" ");
}

/** The errors, by qubit, or what is wrong with the text. */
export function readErrors(text: string, qubits: number): readonly PlacedError[] | string {
  const words = text
    .trim()
    .split(/[\s,]+/)
    .filter((word) => word !== "");
  if (words.length > errorsMax)
    return `At most ${errorsMax} errors, and there are ${words.length}.`;
  const errors = new Map<number, PlacedError>();
  for (const word of words) {
    const match = /^([XYZ])(\d{1,6})$/i.exec(word);
    if (match === null) return `“${word}” is no error: write a Pauli and a qubit, such as X3.`;
    const qubit = Number(match[2]);
    if (qubit >= qubits) return `There is no qubit ${qubit}: they go up to ${qubits - 1}.`;
    if (errors.has(qubit)) return `Qubit ${qubit} is named twice: X and Z together are Y.`;
    errors.set(qubit, { qubit, basis: match[1]!.toUpperCase() as Pauli });
  }
  return [...errors.values()].toSorted((a, b) => a.qubit - b.qubit);
}

/** The next Pauli on the qubit: none, X, Z, Y and around; a bit-flip code has only X. */
export function cycled(
  errors: readonly PlacedError[],
  qubit: number,
  seesOnlyX: boolean,
): readonly PlacedError[] {
  const now = errors.find((error) => error.qubit === qubit)?.basis ?? "none";
  const basis = seesOnlyX && now === "X" ? "none" : next[now];
  const others = errors.filter((error) => error.qubit !== qubit);
  if (basis === "none") return others;
  return [...others, { qubit, basis }].toSorted((a, b) => a.qubit - b.qubit);
}

/** Each qubit has an error with the chance, X, Y and Z alike; `draw` returns numbers in [0, 1). */
export function drawnErrors(
  qubits: number,
  { chance, seesOnlyX, draw }: { chance: number; seesOnlyX: boolean; draw: () => number },
): readonly PlacedError[] {
  const errors: PlacedError[] = [];
  for (let qubit = 0; qubit < qubits && errors.length < errorsMax; qubit++) {
    if (draw() >= chance) continue;
    const basis = seesOnlyX ? "X" : (["X", "Y", "Z"] as const)[Math.floor(draw() * 3)]!;
    errors.push({ qubit, basis });
  }
  return errors;
}

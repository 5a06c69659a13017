/** Several diagonals as one, and several permutations as one. */
import type { Primitive } from "./primitive.ts";

type Sparse<Kind extends Primitive["kind"]> = Extract<Primitive, { kind: Kind }>;

/** @param places all qubits and controls of the members */
export function composeDiagonals(
  members: readonly Primitive[],
  places: readonly number[],
): Sparse<"diagonal"> {
  const size = 2 ** places.length;
  const factors = Float64Array.from({ length: 2 * size }, (_, at) => (at % 2 === 0 ? 1 : 0));
  for (const member of members) {
    if (member.kind !== "diagonal") throw new Error("a run of diagonals holds nothing else");
    const local = localPlaces(member, places);
    for (let basis = 0; basis < size; basis++) {
      const own = local(basis);
      if (own === null) continue;
      const [re, im] = [factors[2 * basis]!, factors[2 * basis + 1]!];
      const [byRe, byIm] = [member.factors[2 * own]!, member.factors[2 * own + 1]!];
      factors[2 * basis] = re * byRe - im * byIm;
      factors[2 * basis + 1] = re * byIm + im * byRe;
    }
  }
  return { kind: "diagonal", factors, qubits: places, controls: [] };
}

/** @param places all qubits and controls of the members */
export function composePermutations(
  members: readonly Primitive[],
  places: readonly number[],
): Sparse<"permutation"> {
  let images = Array.from({ length: 2 ** places.length }, (_, basis) => basis);
  for (const member of members) {
    if (member.kind !== "permutation") throw new Error("a run of permutations holds nothing else");
    const local = localPlaces(member, places);
    const targets = member.qubits.map((qubit) => places.indexOf(qubit));
    images = images.map((basis) => {
      const own = local(basis);
      if (own === null) return basis;
      return targets.reduce((image, target, place) => {
        const bit = (member.images[own]! >> place) & 1;
        return (image & ~(1 << target)) | (bit << target);
      }, basis);
    });
  }
  return { kind: "permutation", images, qubits: places, controls: [] };
}

/** The member's own basis state in one of all places; null where its controls forbid it. */
function localPlaces(
  { qubits, controls }: Primitive,
  places: readonly number[],
): (basis: number) => number | null {
  const targets = qubits.map((qubit) => places.indexOf(qubit));
  const conditions = controls.map(({ qubit, value }) => ({ at: places.indexOf(qubit), value }));
  return (basis) => {
    if (conditions.some(({ at, value }) => ((basis >> at) & 1) !== value)) return null;
    return targets.reduce((own, target, place) => own | (((basis >> target) & 1) << place), 0);
  };
}

/** Several diagonals as one, and several permutations as one. */
import type { Primitive } from "./primitive.ts";

type Sparse<Kind extends Primitive["kind"]> = Extract<Primitive, { kind: Kind }>;

/**
 * The table grows place by place, and each member is multiplied in with the highest of its own: most of
 * them pass over a small part of the table.
 * @param places all qubits and controls of the members
 */
export function composeDiagonals(
  members: readonly Primitive[],
  places: readonly number[],
): Sparse<"diagonal"> {
  const factors = new Float64Array(2 * 2 ** places.length);
  factors[0] = 1;
  const waiting = members.map((member) => {
    if (member.kind !== "diagonal") throw new Error("a run of diagonals holds nothing else");
    const local = localPlaces(member, places);
    return { member, ...local, highest: Math.max(-1, ...local.targets, ...local.controls) };
  });
  for (let place = -1; place < places.length; place++) {
    const size = 2 ** (place + 1);
    // With the new place at 1 the table is as it was at 0.
    if (place >= 0) factors.copyWithin(size, 0, size);
    for (const { member, targets, mask, wanted, highest } of waiting) {
      if (highest !== place) continue;
      for (let basis = 0; basis < size; basis++) {
        if ((basis & mask) !== wanted) continue;
        let own = 0;
        for (let at = 0; at < targets.length; at++) own |= ((basis >> targets[at]!) & 1) << at;
        const [re, im] = [factors[2 * basis]!, factors[2 * basis + 1]!];
        const [byRe, byIm] = [member.factors[2 * own]!, member.factors[2 * own + 1]!];
        factors[2 * basis] = re * byRe - im * byIm;
        factors[2 * basis + 1] = re * byIm + im * byRe;
      }
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
    const { targets, mask, wanted } = localPlaces(member, places);
    images = images.map((basis) => {
      if ((basis & mask) !== wanted) return basis;
      const own = targets.reduce((sum, target, at) => sum | (((basis >> target) & 1) << at), 0);
      return targets.reduce((image, target, place) => {
        const bit = (member.images[own]! >> place) & 1;
        return (image & ~(1 << target)) | (bit << target);
      }, basis);
    });
  }
  return { kind: "permutation", images, qubits: places, controls: [] };
}

/** A member's qubits and controls by their places, and which bits its controls want. */
function localPlaces({ qubits, controls }: Primitive, places: readonly number[]) {
  const at = controls.map(({ qubit }) => places.indexOf(qubit));
  return {
    targets: qubits.map((qubit) => places.indexOf(qubit)),
    controls: at,
    mask: at.reduce((sum, place) => sum | (1 << place), 0),
    wanted: at.reduce((sum, place, which) => sum | (controls[which]!.value << place), 0),
  };
}

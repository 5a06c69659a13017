/** The matrix of several primitives on few qubits, each applied to the rows of what came before. */
import { Matrix } from "./matrix.ts";
import type { Primitive } from "./primitive.ts";

/** @param places all qubits and controls of the members, the first the lowest bit of the matrix */
export function smallProduct(members: readonly Primitive[], places: readonly number[]): Matrix {
  const product = Matrix.identity(2 ** places.length);
  for (const member of members) applyToRows(product, member, places);
  return product;
}

function applyToRows(product: Matrix, member: Primitive, places: readonly number[]): void {
  const { size, data } = product;
  let mask = 0;
  let wanted = 0;
  for (const { qubit, value } of member.controls) {
    const bit = 1 << places.indexOf(qubit);
    mask |= bit;
    if (value === 1) wanted |= bit;
  }
  const offsets = [0];
  let own = 0;
  for (const qubit of member.qubits) {
    const bit = 1 << places.indexOf(qubit);
    own |= bit;
    const { length } = offsets;
    for (let at = 0; at < length; at++) offsets.push(offsets[at]! | bit);
  }
  const count = offsets.length;
  const before = new Float64Array(2 * count);
  for (let base = 0; base < size; base++) {
    if ((base & own) !== 0 || (base & mask) !== wanted) continue;
    for (let column = 0; column < size; column++) {
      for (let at = 0; at < count; at++) {
        const from = 2 * ((base | offsets[at]!) * size + column);
        before[2 * at] = data[from]!;
        before[2 * at + 1] = data[from + 1]!;
      }
      for (let at = 0; at < count; at++) {
        const to = 2 * ((base | offsets[targetOf(member, at)]!) * size + column);
        put(data, to, member, at, before, count);
      }
    }
  }
}

/** Where the value of one place goes, or which place is computed. */
function targetOf(member: Primitive, at: number): number {
  return member.kind === "permutation" ? member.images[at]! : at;
}

function put(
  data: Float64Array,
  to: number,
  member: Primitive,
  at: number,
  before: Float64Array,
  count: number,
): void {
  const [ownRe, ownIm] = [before[2 * at]!, before[2 * at + 1]!];
  if (member.kind === "permutation") {
    data[to] = ownRe;
    data[to + 1] = ownIm;
    return;
  }
  if (member.kind === "diagonal") {
    const [byRe, byIm] = [member.factors[2 * at]!, member.factors[2 * at + 1]!];
    data[to] = byRe * ownRe - byIm * ownIm;
    data[to + 1] = byRe * ownIm + byIm * ownRe;
    return;
  }
  const elements = member.matrix.data;
  let re = 0;
  let im = 0;
  for (let column = 0; column < count; column++) {
    const element = 2 * (at * count + column);
    const [byRe, byIm] = [elements[element]!, elements[element + 1]!];
    re += byRe * before[2 * column]! - byIm * before[2 * column + 1]!;
    im += byRe * before[2 * column + 1]! + byIm * before[2 * column]!;
  }
  data[to] = re;
  data[to + 1] = im;
}

/**
 * Steps written out as the program that the kernels read: sweeps, operation records, tables. The
 * records' words are those of kernels/lanes.as.
 */
import {
  byteBit,
  elementBits,
  type KernelStep,
  laneQubits,
  type StateLayout,
  vectorBits,
} from "./kernel-step.ts";
import { bitCount, type Sweep } from "./sweeps.ts";
import { TableWriter } from "./table-writer.ts";

const wordsOfRecord = 16;
const bytesOfSweep = 16;

/** Opcodes of kernels/index.as; the next one is the same for f32. */
const opcodes = {
  dense1High: 0,
  dense1Lane: 2,
  dense2High: 4,
  dense2Mixed: 6,
  denseMany: 8,
  diagonal: 10,
  permuteVectors: 12,
  permuteNumbers: 14,
} as const;

/** Bits of an index in bytes, as the kernels run over them. */
interface Places {
  readonly skipMask: number;
  readonly skipValue: number;
  /** Bits that are not run over. */
  readonly mask: number;
  readonly fixed: number;
  readonly count: number;
}

/** The program; it is to be moved to its address before it is copied there. */
export function kernelProgram(
  sweeps: readonly Sweep[],
  layout: StateLayout,
  scratch: number,
): TableWriter {
  const writer = new TableWriter();
  writer.reserve((sweeps.length + 1) * bytesOfSweep);
  for (const [at, { steps, inside }] of sweeps.entries()) {
    const ops = writer.reserve(steps.length * wordsOfRecord * 4);
    for (const [place, step] of steps.entries()) {
      const to = ops + place * wordsOfRecord * 4;
      writeStep(new OperationRecord(writer, to, layout, scratch), step, inside);
    }
    const outside = layout.qubits - bitCount(inside);
    const mask = ~(outsideBits(layout, inside) >>> 0) >>> 0;
    writer.words(at * bytesOfSweep, [steps.length, ops, mask, 2 ** outside]);
    writer.pointer(at * bytesOfSweep + 4);
  }
  return writer;
}

/** One operation record and the tables that it points to. */
class OperationRecord {
  readonly writer: TableWriter;
  readonly layout: StateLayout;
  readonly #at: number;
  readonly #scratch: number;

  constructor(writer: TableWriter, at: number, layout: StateLayout, scratch: number) {
    this.writer = writer;
    this.#at = at;
    this.layout = layout;
    this.#scratch = scratch;
  }

  write(
    opcode: number,
    { skipMask, skipValue, mask, fixed, count }: Places,
    tables: { table: number; offsets?: number; swizzles?: number; highs?: number; lanes?: number },
  ): void {
    const { table, offsets = 0, swizzles = 0, highs = 0, lanes = 0 } = tables;
    const { real, imaginary, precision } = this.layout;
    const variant = opcode === opcodes.permuteVectors || precision === "f64" ? 0 : 1;
    this.writer.words(this.#at, [
      opcode + variant,
      skipMask,
      skipValue,
      mask,
      fixed,
      count,
      table,
      offsets,
      swizzles,
      highs,
      lanes,
      real,
      imaginary,
      this.#scratch,
    ]);
    // Words 6 to 8; an operation reads no table that it was given none of.
    for (const word of [6, 7, 8]) this.writer.pointer(this.#at + 4 * word);
  }
}

function writeStep(record: OperationRecord, step: KernelStep, inside: number): void {
  switch (step.kind) {
    case "dense":
      return writeDense(record, step, step.matrix.data, inside);
    case "diagonal":
      return writeDiagonal(record, step, inside);
    default: {
      const lanes = laneQubits(record.layout.precision);
      const touchesLanes = [...step.qubits, ...step.controls.map(({ qubit }) => qubit)].some(
        (qubit) => qubit < lanes,
      );
      // Within vectors a small permutation is faster as a matrix than number by number.
      if (touchesLanes && step.qubits.length <= 2) {
        return writeDense(record, step, matrixOfImages(step.images), inside);
      }
      return writePermutation(record, step, touchesLanes, inside);
    }
  }
}

type Step<Kind extends KernelStep["kind"]> = Extract<KernelStep, { kind: Kind }>;
type Placing = Pick<KernelStep, "qubits" | "controls">;

function writeDense(
  record: OperationRecord,
  step: Placing,
  matrix: Float64Array,
  inside: number,
): void {
  const { layout, writer } = record;
  const lanes = step.qubits.filter((qubit) => qubit < laneQubits(layout.precision));
  const highs = step.qubits.filter((qubit) => qubit >= laneQubits(layout.precision));
  const vectors: Complex[][] = [];
  for (let row = 0; row < 2 ** highs.length; row++) {
    for (let column = 0; column < 2 ** step.qubits.length; column++) {
      vectors.push(factorsOf(step, matrix, { lanes, highs }, row, column, layout));
    }
  }
  const offsets = Array.from({ length: 2 ** highs.length }, (_, at) =>
    depositBytes(at, highs, layout),
  );
  const swizzles = Array.from({ length: 2 ** lanes.length }, (_, at) =>
    swizzleBytes(deposit(at, lanes), layout),
  );
  record.write(
    denseOpcode(highs.length, lanes.length),
    placesOf(step, inside, layout, vectorBits),
    {
      table: writer.vectors(vectors, layout.precision),
      offsets: writer.table(offsets),
      swizzles: writer.raw(Uint8Array.from(swizzles.flat())),
      highs: highs.length,
      lanes: lanes.length,
    },
  );
}

function denseOpcode(highs: number, lanes: number): number {
  if (highs + lanes === 1) return lanes === 0 ? opcodes.dense1High : opcodes.dense1Lane;
  if (highs === 2 && lanes === 0) return opcodes.dense2High;
  if (highs === 1 && lanes === 1) return opcodes.dense2Mixed;
  return opcodes.denseMany;
}

type Complex = readonly [number, number];
const one: Complex = [1, 0];
const zero: Complex = [0, 0];

/** By lane, what an input is multiplied with: the identity where a control within the vector says so. */
function factorsOf(
  { qubits, controls }: Placing,
  matrix: Float64Array,
  { lanes, highs }: { lanes: readonly number[]; highs: readonly number[] },
  row: number,
  column: number,
  { precision }: StateLayout,
): Complex[] {
  const size = 2 ** qubits.length;
  const order = column % 2 ** lanes.length;
  const high = Math.floor(column / 2 ** lanes.length);
  return Array.from({ length: 2 ** laneQubits(precision) }, (_, lane) => {
    if (!laneActs(controls, lane, precision)) return row === high && order === 0 ? one : zero;
    const from = lane ^ deposit(order, lanes);
    const target = localOf(qubits, deposit(row, highs) | lane);
    const source = localOf(qubits, deposit(high, highs) | from);
    const at = 2 * (target * size + source);
    return [matrix[at]!, matrix[at + 1]!];
  });
}

function laneActs(
  controls: Placing["controls"],
  lane: number,
  precision: StateLayout["precision"],
) {
  return controls.every(
    ({ qubit, value }) => qubit >= laneQubits(precision) || ((lane >> qubit) & 1) === value,
  );
}

/** Ten bits of a vector's number for each of the three tables of kernels/sparse.as. */
const placesBits = 10;

function writeDiagonal(record: OperationRecord, step: Step<"diagonal">, inside: number): void {
  const { layout, writer } = record;
  const { precision } = layout;
  const { qubits, controls, factors } = step;
  const highs = qubits.filter((qubit) => qubit >= laneQubits(precision));
  const vectors = Array.from({ length: 2 ** highs.length }, (_, high) =>
    Array.from({ length: 2 ** laneQubits(precision) }, (_unused, lane): Complex => {
      if (!laneActs(controls, lane, precision)) return one;
      const at = 2 * localOf(qubits, deposit(high, highs) | lane);
      return [factors[at]!, factors[at + 1]!];
    }),
  );
  const bytesOfFactor = 32;
  const places = Array.from({ length: 3 * 2 ** placesBits }, (_, at) => {
    const first = laneQubits(precision) + placesBits * (at >> placesBits);
    const number = at % 2 ** placesBits;
    return highs.reduce((sum, qubit, place) => {
      const bit = qubit - first;
      const isSet = bit >= 0 && bit < placesBits && ((number >> bit) & 1) === 1;
      return isSet ? sum + bytesOfFactor * 2 ** place : sum;
    }, 0);
  });
  record.write(opcodes.diagonal, placesOf({ qubits: [], controls }, inside, layout, vectorBits), {
    table: writer.vectors(vectors, precision),
    offsets: writer.table(places),
  });
}

function writePermutation(
  record: OperationRecord,
  step: Step<"permutation">,
  byNumber: boolean,
  inside: number,
): void {
  const { layout, writer } = record;
  const cycles = cyclesOf(step.images);
  const words = cycles.flatMap((cycle) => [
    cycle.length,
    ...cycle.map((local) => depositBytes(local, step.qubits, layout)),
  ]);
  const bits = byNumber ? elementBits(layout.precision) : vectorBits;
  const opcode = byNumber ? opcodes.permuteNumbers : opcodes.permuteVectors;
  record.write(opcode, placesOf(step, inside, layout, bits), {
    table: writer.table(words),
    highs: cycles.length,
  });
}

/** Which bits a kernel runs over within a block, and which are fixed by controls. */
function placesOf(step: Placing, inside: number, layout: StateLayout, unitBits: number): Places {
  const { precision } = layout;
  let free = 0;
  for (let qubit = 0; qubit < layout.qubits; qubit++) {
    const isFree = ((inside >> qubit) & 1) === 1 && !step.qubits.includes(qubit);
    if (isFree && qubit + elementBits(precision) >= unitBits) free += byteBit(qubit, precision);
  }
  let [skipMask, skipValue, fixed] = [0, 0, 0];
  for (const { qubit, value } of step.controls) {
    const bit = byteBit(qubit, precision);
    if (((inside >> qubit) & 1) === 0) {
      skipMask += bit;
      skipValue += value * bit;
    } else if (bit >= 2 ** unitBits) {
      free -= bit;
      fixed += value * bit;
    }
  }
  const mask = ~(free >>> 0) >>> 0;
  return { skipMask, skipValue, mask, fixed, count: 2 ** bitCount(free | 0) };
}

function outsideBits({ qubits, precision }: StateLayout, inside: number): number {
  let bits = 0;
  for (let qubit = 0; qubit < qubits; qubit++) {
    if (((inside >> qubit) & 1) === 0) bits += byteBit(qubit, precision);
  }
  return bits;
}

/** The bits of a number at the places of the qubits. */
function deposit(value: number, qubits: readonly number[]): number {
  return qubits.reduce((sum, qubit, place) => sum | (((value >> place) & 1) << qubit), 0);
}

function depositBytes(
  value: number,
  qubits: readonly number[],
  { precision }: StateLayout,
): number {
  return deposit(value, qubits) * 2 ** elementBits(precision);
}

/** The basis state of the qubits within a basis state of all. */
function localOf(qubits: readonly number[], basis: number): number {
  return qubits.reduce((sum, qubit, place) => sum | (((basis >> qubit) & 1) << place), 0);
}

/** The bytes of a vector whose lanes are taken from the lane with these bits flipped. */
export function swizzleBytes(flipped: number, { precision }: Pick<StateLayout, "precision">) {
  const bits = elementBits(precision);
  return Array.from({ length: 2 ** vectorBits }, (_, byte) => byte ^ (flipped << bits));
}

function matrixOfImages(images: readonly number[]): Float64Array {
  const matrix = new Float64Array(2 * images.length ** 2);
  for (const [column, row] of images.entries()) matrix[2 * (row * images.length + column)] = 1;
  return matrix;
}

/** The cycles of at least two states, each state followed by its image. */
function cyclesOf(images: readonly number[]): readonly (readonly number[])[] {
  const seen = new Uint8Array(images.length);
  const cycles: number[][] = [];
  for (const start of images.keys()) {
    const cycle: number[] = [];
    for (let at = start; seen[at] === 0; at = images[at]!) {
      seen[at] = 1;
      cycle.push(at);
    }
    if (cycle.length > 1) cycles.push(cycle);
  }
  return cycles;
}

/** Where a code is drawn: its places in pixels, and the shape of each check. */

export type Place = readonly [x: number, y: number];

export interface CodeView {
  readonly qubits: number;
  readonly places: readonly Place[];
  readonly stabilizers: readonly {
    readonly factors: readonly { readonly qubit: number; readonly basis: "X" | "Y" | "Z" }[];
    readonly place: Place;
  }[];
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly qubits: readonly Place[];
  readonly checks: readonly CheckShape[];
}

type Basis = "X" | "Z" | "mixed";

export interface CheckShape {
  readonly basis: Basis;
  readonly place: Place;
  /** Lines to its qubits, where areas would overlap. */
  readonly spokes: readonly { readonly to: Place; readonly basis: Basis }[];
  /** Corners of its area, around it; fewer than three are drawn as a line. */
  readonly corners: readonly Place[];
}

const pixelsPerUnit = 34;
const margin = 34;

/** On its lattice, or as two rows (its Tanner graph) when the areas of checks would overlap. */
export function pictureOf(code: CodeView): Picture {
  const places = new Set(code.stabilizers.map(({ place }) => place.join(" ")));
  const isMixed = code.stabilizers.some(({ factors }) => basisOf(factors) === "mixed");
  const overlaps = isMixed || places.size < code.stabilizers.length;
  return overlaps ? pictureInRows(code) : pictureOnLattice(code);
}

const rowsApart = 5;

function pictureInRows({ qubits, stabilizers }: CodeView): Picture {
  const step = 2.2;
  const columns = Math.max(qubits, stabilizers.length);
  const inRow =
    (count: number, y: number) =>
    (at: number): Place => [
      margin + ((columns - count) / 2 + at) * step * pixelsPerUnit,
      margin + y * pixelsPerUnit,
    ];
  const [qubitAt, checkAt] = [inRow(qubits, 0), inRow(stabilizers.length, rowsApart)];
  return {
    width: 2 * margin + (columns - 1) * step * pixelsPerUnit,
    height: 2 * margin + rowsApart * pixelsPerUnit,
    radius: 13,
    qubits: Array.from({ length: qubits }, (_, at) => qubitAt(at)),
    checks: stabilizers.map(({ factors }, at) => ({
      basis: basisOf(factors),
      place: checkAt(at),
      corners: [],
      spokes: factors.map(({ qubit, basis }) => ({
        to: qubitAt(qubit),
        basis: basis === "Y" ? "mixed" : basis,
      })),
    })),
  };
}

function basisOf(factors: CodeView["stabilizers"][number]["factors"]): Basis {
  const bases = new Set(factors.map(({ basis }) => basis));
  const [basis = "Z"] = bases;
  return bases.size > 1 || basis === "Y" ? "mixed" : basis;
}

function pictureOnLattice(code: CodeView): Picture {
  const all = [...code.places, ...code.stabilizers.map(({ place }) => place)];
  const [left, top] = [0, 1].map((axis) => Math.min(...all.map((place) => place[axis as 0 | 1])));
  const [right, bottom] = [0, 1].map((axis) =>
    Math.max(...all.map((place) => place[axis as 0 | 1])),
  );
  const at = ([x, y]: Place): Place => [
    margin + (x - left!) * pixelsPerUnit,
    margin + (y - top!) * pixelsPerUnit,
  ];
  const reach = reachOf(code);
  return {
    width: 2 * margin + (right! - left!) * pixelsPerUnit,
    height: 2 * margin + (bottom! - top!) * pixelsPerUnit,
    radius: 13,
    qubits: code.places.map(at),
    checks: code.stabilizers.map(({ factors, place }) => {
      // On a torus a check at the edge also holds qubits of the other side, which are not near.
      const near = factors
        .map(({ qubit }) => code.places[qubit]!)
        .filter((corner) => distance(corner, place) <= reach);
      const around = near.toSorted((a, b) => angle(a, place) - angle(b, place));
      return {
        basis: basisOf(factors),
        place: at(place),
        spokes: [],
        corners: around.map(at),
      };
    }),
  };
}

/** Checks of codes on a lattice reach one step; those of the small codes any distance. */
function reachOf({ places, stabilizers }: CodeView): number {
  const nearest = stabilizers.map(({ factors, place }) =>
    Math.min(...factors.map(({ qubit }) => distance(places[qubit]!, place))),
  );
  const isTorus =
    stabilizers.length > 0 && stabilizers.every(({ factors }) => factors.length === 4);
  const step = Math.max(...nearest);
  return isTorus && step <= 1.001 ? 1.001 : Number.POSITIVE_INFINITY;
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function angle(a: Place, around: Place): number {
  return Math.atan2(a[1] - around[1], a[0] - around[0]);
}

/** Where a line from a check to the boundary ends: past the qubit of it that is corrected. */
export function boundaryEnd(
  { place, corners }: CheckShape,
  corrected: readonly Place[],
  picture: Picture,
): Place {
  const through = corners.find(([x, y]) =>
    corrected.some((each) => each[0] === x && each[1] === y),
  );
  if (through === undefined) return nearestEdge(place, picture);
  return [2 * through[0] - place[0], 2 * through[1] - place[1]];
}

/** For a correction that leads elsewhere. */
function nearestEdge([x, y]: Place, { width, height }: Picture): Place {
  const ends: readonly Place[] = [
    [0, y],
    [width, y],
    [x, 0],
    [x, height],
  ];
  return ends.toSorted((a, b) => distance(a, [x, y]) - distance(b, [x, y]))[0]!;
}

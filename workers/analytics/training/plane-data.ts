/** Points of the plane in the patterns that every course on networks knows. */
import type { Chance } from "../../compute/chance.ts";
import type { DataSpecification } from "../contract-training-network.ts";

type Drawn = Extract<DataSpecification, { noise: number }>;

interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  /** The class, or the value of a regression. */
  readonly label: number;
}

type Maker = (share: number, label: 0 | 1, noise: number, chance: Chance) => LabelledPoint;

const between = (chance: Chance, least: number, most: number): number =>
  least + chance.float() * (most - least);

/** Sum of uniform numbers: close to a normal one, and the same on every machine. */
function normal(chance: Chance): number {
  let sum = -6;
  for (let count = 0; count < 12; count++) sum += chance.float();
  return sum;
}

const makers: Readonly<Record<Drawn["kind"], Maker>> = {
  circle(_, label, noise, chance) {
    const radius = label === 1 ? between(chance, 0, 2.5) : between(chance, 3.5, 5);
    return polar(radius, between(chance, 0, 2 * Math.PI), label, noise * 2, chance);
  },
  xor(_, label, noise, chance) {
    const side = () => between(chance, 0.3, 5);
    const sign = chance.below(2) === 0 ? -1 : 1;
    const [x, y] = [sign * side(), sign * (label === 1 ? 1 : -1) * side()];
    return { x: x + noise * 2 * normal(chance), y: y + noise * 2 * normal(chance), label };
  },
  gaussians(_, label, noise, chance) {
    const centre = label === 1 ? 2 : -2;
    const deviation = 0.7 + noise * 3;
    return {
      x: centre + deviation * normal(chance),
      y: centre + deviation * normal(chance),
      label,
    };
  },
  spiral(share, label, noise, chance) {
    const turn = 1.75 * share * 2 * Math.PI + (label === 1 ? 0 : Math.PI);
    return polar(5 * share, turn, label, noise * 2, chance);
  },
  moons(share, label, noise, chance) {
    const turn = Math.PI * share;
    const [x, y] =
      label === 1
        ? [Math.cos(turn) - 0.5, Math.sin(turn) - 0.25]
        : [0.5 - Math.cos(turn), 0.25 - Math.sin(turn)];
    return {
      x: 3 * x + noise * 3 * normal(chance),
      y: 3 * y + noise * 3 * normal(chance),
      label,
    };
  },
  plane: (_, __, noise, chance) => surface((x, y) => (x + y) / 12, noise, chance),
  sine: (_, __, noise, chance) => surface((x, y) => Math.sin(x) * Math.cos(y / 2), noise, chance),
};

/** `samples` points, the two classes in equal parts, in no order. */
export function planePoints({ kind, samples, noise }: Drawn, chance: Chance): LabelledPoint[] {
  const half = Math.ceil(samples / 2);
  return Array.from({ length: samples }, (_, index) =>
    makers[kind](Math.floor(index / 2) / half, index % 2 === 0 ? 1 : 0, noise, chance),
  ).map(({ x, y, label }) => ({ x: within(x), y: within(y), label }));
}

function polar(
  radius: number,
  turn: number,
  label: number,
  noise: number,
  chance: Chance,
): LabelledPoint {
  return {
    x: radius * Math.sin(turn) + noise * between(chance, -1, 1),
    y: radius * Math.cos(turn) + noise * between(chance, -1, 1),
    label,
  };
}

function surface(
  value: (x: number, y: number) => number,
  noise: number,
  chance: Chance,
): LabelledPoint {
  const [x, y] = [between(chance, -6, 6), between(chance, -6, 6)];
  return { x, y, label: value(x, y) + noise * normal(chance) };
}

const within = (coordinate: number): number => Math.max(-6, Math.min(6, coordinate));

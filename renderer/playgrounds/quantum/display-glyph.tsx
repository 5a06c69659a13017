/** Displays inside the circuit: what they show, drawn over the wires that they stand on. */
import { boxSize, cellHeight, cellWidth, yOf } from "./geometry.ts";
import type { Item, ShownDisplay } from "./kernel.worker.ts";
import classes from "./circuit.module.css";

interface DisplayGlyphProps {
  readonly item: Extract<Item, { kind: "display" }>;
  readonly x: number;
  /** Missing before the run has come by. */
  readonly shown: ShownDisplay | undefined;
}

export function DisplayGlyph({ item, x, shown }: DisplayGlyphProps) {
  const [top, bottom] = [Math.min(...item.qubits), Math.max(...item.qubits)];
  const width = cellWidth - 6;
  const height = (bottom - top) * cellHeight + boxSize + 4;
  const frame = { x: x - width / 2, y: yOf(top) - boxSize / 2 - 2, width, height };
  return (
    <g>
      <rect className={classes.display} {...frame} rx={3} />
      {shown === undefined || shown.note !== null ? (
        <text className={classes.tiny} x={x} y={frame.y + height / 2 + 3}>
          {shown === undefined ? item.display : shown.note}
        </text>
      ) : (
        <Content kind={item.display} values={shown.values} frame={frame} />
      )}
      <title>{describe(item, shown)}</title>
    </g>
  );
}

interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function Content(props: {
  readonly kind: ShownDisplay["kind"];
  readonly values: Float64Array;
  readonly frame: Frame;
}) {
  const { kind, values, frame } = props;
  switch (kind) {
    case "bloch":
      return (
        <BlochBall values={values} x={frame.x + frame.width / 2} y={frame.y + frame.height / 2} />
      );
    case "density":
      return <Disks values={values} side={Math.sqrt(values.length / 2)} frame={frame} />;
    case "amplitude":
      return <Disks values={values} side={values.length / 2} frame={frame} isColumn />;
    default:
      return <Bars values={values} frame={frame} isCount={kind === "sample"} />;
  }
}

function Bars(props: {
  readonly values: Float64Array;
  readonly frame: Frame;
  readonly isCount: boolean;
}) {
  const { values, frame, isCount } = props;
  const { x, y, width, height } = frame;
  const total = isCount ? values.reduce((sum, value) => sum + value, 0) : 1;
  if (values.length === 2) {
    // One wire: the share of 1, filled from below.
    const one = total === 0 ? 0 : values[1]! / total;
    return (
      <>
        <rect
          className={classes.fill}
          x={x}
          y={y + height * (1 - one)}
          width={width}
          height={height * one}
        />
        <text className={classes.small} x={x + width / 2} y={y + height / 2 + 3}>
          {isCount ? values[1] : percent(one)}
        </text>
      </>
    );
  }
  const step = height / values.length;
  let path = "";
  for (const [at, value] of values.entries()) {
    const length = total === 0 ? 0 : (value / total) * width;
    if (length > 0.05)
      path += `M${x} ${(y + at * step).toFixed(2)}h${length.toFixed(2)}v${(step * 0.85).toFixed(2)}h-${length.toFixed(2)}z`;
  }
  return <path className={classes.fill} d={path} />;
}

/** The area is the modulus; the line is the phase. */
function Disks(props: {
  readonly values: Float64Array;
  readonly side: number;
  readonly frame: Frame;
  readonly isColumn?: boolean;
}) {
  const { values, side, frame, isColumn = false } = props;
  const across = isColumn ? (side > 4 ? 2 ** Math.floor(Math.log2(side) / 2) : 1) : side;
  const down = isColumn ? side / across : side;
  const size = Math.min(frame.width / across, frame.height / down);
  const left = frame.x + (frame.width - across * size) / 2;
  const top = frame.y + (frame.height - down * size) / 2;
  let disks = "";
  let hands = "";
  for (let at = 0; at < values.length / 2; at++) {
    const [re, im] = [values[2 * at]!, values[2 * at + 1]!];
    const modulus = Math.min(1, Math.hypot(re, im));
    if (modulus < 0.01) continue;
    const x = left + ((at % across) + 0.5) * size;
    const y = top + (Math.floor(at / across) + 0.5) * size;
    const r = (Math.sqrt(modulus) * size) / 2.1;
    disks += `M${(x - r).toFixed(2)} ${y.toFixed(2)}a${r.toFixed(2)} ${r.toFixed(2)} 0 1 0 ${(2 * r).toFixed(2)} 0a${r.toFixed(2)} ${r.toFixed(2)} 0 1 0 ${(-2 * r).toFixed(2)} 0z`;
    hands += `M${x.toFixed(2)} ${y.toFixed(2)}l${((re / modulus) * r).toFixed(2)} ${((-im / modulus) * r).toFixed(2)}`;
  }
  return (
    <>
      <path className={classes.fill} d={disks} />
      <path className={classes.hand} d={hands} />
    </>
  );
}

/** Seen from the side: z upwards, x to the right; y towards the reader makes the dot larger. */
export function BlochBall(props: {
  readonly values: ArrayLike<number>;
  readonly x: number;
  readonly y: number;
  readonly r?: number;
}) {
  const { values, x, y, r = 15 } = props;
  const [bx, by, bz] = [values[0] ?? 0, values[1] ?? 0, values[2] ?? 0];
  // A slight turn keeps arrows along y from vanishing.
  const right = bx * 0.94 + by * 0.34;
  const up = bz * 0.96 - by * 0.2;
  return (
    <g>
      <circle className={classes.ball} cx={x} cy={y} r={r} />
      <ellipse className={classes.equator} cx={x} cy={y} rx={r} ry={r * 0.28} />
      <path className={classes.arrow} d={`M${x} ${y}l${right * r} ${-up * r}`} />
      <circle className={classes.tip} cx={x + right * r} cy={y - up * r} r={2.6} />
    </g>
  );
}

export const percent = (value: number): string =>
  value > 0.9995 ? "100 %" : `${(100 * value).toFixed(1)} %`;

function describe(item: DisplayGlyphProps["item"], shown: ShownDisplay | undefined): string {
  const wires = item.qubits.map((qubit) => `q${qubit}`).join(", ");
  if (shown === undefined) return `${item.display} of ${wires}: not reached yet`;
  if (shown.note !== null) return `${item.display} of ${wires}: ${shown.note}`;
  const numbers = Array.from(shown.values.slice(0, 16), (value) => value.toFixed(3)).join(", ");
  return `${item.display} of ${wires}: ${numbers}${shown.values.length > 16 ? ", …" : ""}`;
}

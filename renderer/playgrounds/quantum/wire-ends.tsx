/** At the ends of the wires: their names, and what each qubit is by itself at the moment shown. */
import { memo } from "react";
import { BlochBall } from "./display-glyph.tsx";
import { cellHeight, headHeight, yOf } from "./geometry.ts";
import classes from "./circuit.module.css";

const namesWidth = 62;
const endsWidth = 156;

export const WireNames = memo(function WireNames({ wires }: { readonly wires: number }) {
  return (
    <svg
      className={classes.names}
      width={namesWidth}
      height={headHeight + wires * cellHeight + 6}
      role="img"
      aria-label={`Wires q0 to q${wires - 1}; q0 is the least significant bit`}
    >
      {Array.from({ length: wires }, (_, wire) => (
        <g key={wire}>
          <text x={namesWidth - 8} y={yOf(wire) + 1}>
            q{wire} |0⟩
          </text>
          <text className={classes.weight} x={namesWidth - 8} y={yOf(wire) + 13}>
            bit {wire}
          </text>
        </g>
      ))}
    </svg>
  );
});

interface WireEndsProps {
  readonly wires: number;
  /** x, y and z of each wire in turn. */
  readonly bloch: Float64Array | null;
}

export const WireEnds = memo(function WireEnds({ wires, bloch }: WireEndsProps) {
  const isReady = bloch !== null && bloch.length === 3 * wires;
  return (
    <svg
      className={classes.ends}
      data-shown
      width={endsWidth}
      height={headHeight + wires * cellHeight + 6}
      role="img"
      aria-label="Probability of 1, Bloch vector and purity of each qubit; the tab Qubits has the same as a table"
    >
      <text className={classes.soft} x={34} y={13}>
        P(1)
      </text>
      <text className={classes.soft} x={84} y={13}>
        Bloch
      </text>
      <text className={classes.soft} x={130} y={13}>
        purity
      </text>
      {isReady &&
        Array.from({ length: wires }, (_, wire) => (
          <WireEnd key={wire} wire={wire} vector={bloch.subarray(3 * wire, 3 * wire + 3)} />
        ))}
    </svg>
  );
});

function WireEnd({ wire, vector }: { readonly wire: number; readonly vector: Float64Array }) {
  const { one, purity } = wireNumbers(vector);
  const y = yOf(wire);
  return (
    <g>
      <rect className={classes.track} x={8} y={y - 9} width={52} height={18} rx={2} />
      <rect className={classes.fill} x={8} y={y - 9} width={52 * one} height={18} rx={2} />
      <text x={34} y={y + 4}>
        {(100 * one).toFixed(1)}%
      </text>
      <BlochBall values={vector} x={84} y={y} />
      <text x={130} y={y + 4}>
        {purity.toFixed(3)}
      </text>
    </g>
  );
}

/** The probability of 1, tr(rho^2), and the length of the vector. */
export function wireNumbers(vector: ArrayLike<number>) {
  const length = Math.hypot(vector[0] ?? 0, vector[1] ?? 0, vector[2] ?? 0);
  const one = Math.min(1, Math.max(0, (1 - (vector[2] ?? 0)) / 2));
  return { one, length, purity: (1 + length * length) / 2 };
}

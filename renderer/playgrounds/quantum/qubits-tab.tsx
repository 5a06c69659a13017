import { numbered } from "./names.ts";
import type { Playground } from "./playground.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./playground.module.css";
import { wireNumbers } from "./wire-ends.tsx";
import { useSlice } from "./use-slice.ts";

const fields = ["picture", "settings"] as const;

/** The ends of the wires as a table. */
export function QubitsTab({ playground }: { readonly playground: Playground }) {
  const { picture, settings } = useSlice(playground, fields);
  const wires = settings?.wires ?? 0;
  if (picture === null || picture.bloch.length !== 3 * wires) {
    return <p className={classes.note}>No state yet.</p>;
  }
  return (
    <>
      <p className={classes.note}>
        Each qubit by itself. A vector of length 1 is a state of its own; a shorter one is shared
        with other qubits or noisy. Purity is (1 + length²) / 2.
      </p>
      <Scroller label="Qubits by themselves" className={classes.scroller}>
        <table className={classes.table} aria-label="Qubits">
          <thead>
            <tr>
              {["Qubit", "P(1)", "x", "y", "z", "Length", "Purity"].map((name) => (
                <th
                  key={name}
                  scope="col"
                  className={name === "Qubit" ? undefined : classes.number}
                >
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: wires }, (_, wire) => {
              const vector = picture.bloch.subarray(3 * wire, 3 * wire + 3);
              const { one, length, purity } = wireNumbers(vector);
              const numbers = [one, ...vector, length, purity];
              return (
                <tr key={wire}>
                  <td>q{wire}</td>
                  {numbered(numbers).map(({ value, at }) => (
                    <td key={at} className={classes.number}>
                      {(Math.abs(value) < 5e-6 ? 0 : value).toFixed(5)}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}

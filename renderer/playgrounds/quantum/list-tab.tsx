import { useStore } from "../../data/store.ts";
import { columnName, numbered } from "./names.ts";
import type { Playground } from "./playground.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["columns", "picture"] as const;

/** The circuit as a list: the same as the picture, for who reads rather than looks. */
export function ListTab(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { columns, picture } = useSlice(playground, fields);
  const { cursor } = useStore(playground.selection);
  const measurements = picture?.measurements ?? [];
  if (columns.length === 0) {
    return (
      <p className={classes.note}>
        The circuit is empty: drag a gate into it, or put the cursor on a wire and press H.
      </p>
    );
  }
  return (
    <Scroller label="Columns of the circuit" className={classes.scroller}>
      <table className={classes.table} aria-label="Operations">
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Operations</th>
            <th scope="col">In this run</th>
          </tr>
        </thead>
        <tbody>
          {numbered(columns).map(({ value: column, at }) => (
            <tr key={at}>
              <td>
                <button
                  type="button"
                  className="link"
                  aria-current={cursor.column === at || undefined}
                  onClick={() => playground.select({ column: at, wire: cursor.wire })}
                >
                  {at + 1}
                </button>
              </td>
              <td>
                {columnName(column)}
                {column.breakpoint === true && "; breakpoint"}
              </td>
              <td>
                {measurements
                  .filter((each) => each.column === at)
                  .map(
                    ({ qubit, outcome, probabilityOfOne }) =>
                      `q${qubit} was ${outcome}; P(1) = ${probabilityOfOne.toFixed(4)}`,
                  )
                  .join("; ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

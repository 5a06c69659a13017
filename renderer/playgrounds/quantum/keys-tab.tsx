import { Kbd } from "@mantine/core";
import { Keys } from "../../app/keys.tsx";
import { keyActions } from "./grid-keys.ts";
import classes from "./playground.module.css";

const others: readonly { readonly keys: readonly string[]; readonly title: string }[] = [
  { keys: ["←", "→", "↑", "↓"], title: "Move the cursor; with Shift, select" },
  { keys: ["Home", "End"], title: "To the first column, behind the last one" },
  { keys: ["Escape"], title: "Select the cursor's cell alone; break off a drag" },
];

/** What the keys do while the circuit has the focus. */
export function KeysTab() {
  return (
    <table className={classes.table} aria-label="Keys of the circuit">
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">While the circuit has the focus</th>
        </tr>
      </thead>
      <tbody>
        {others.map(({ keys, title }) => (
          <tr key={title}>
            <td>{keys.join(" ")}</td>
            <td>{title}</td>
          </tr>
        ))}
        {keyActions.map(({ keys, title }) => (
          <tr key={title}>
            <td>
              {keys.map((key) =>
                // The registry's notation joins keys by a plus sign.
                key === "+" ? (
                  <Kbd key={key} size="xs">
                    +
                  </Kbd>
                ) : (
                  <Keys key={key} keys={/^[A-Z]$/.test(key) ? `shift+${key}` : key} />
                ),
              )}
            </td>
            <td>{title}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

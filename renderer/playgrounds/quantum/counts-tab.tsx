import { Button, NumberInput } from "@mantine/core";
import { downloadText, fileName } from "../../components/download.ts";
import { percent } from "./display-glyph.tsx";
import type { Playground } from "./playground.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["counts", "countsProblem", "settings", "catalogue"] as const;

/** What many measurements find. */
export function CountsTab(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { counts, countsProblem, settings, catalogue } = useSlice(playground, fields);
  if (settings === null) return null;
  const most = counts?.values[0]?.count ?? 1;
  return (
    <div className={classes.body}>
      <div className={classes.row}>
        <NumberInput
          size="xs"
          label="Shots"
          w={110}
          value={settings.shots}
          min={1}
          max={catalogue?.shotsMax ?? 1}
          allowDecimal={false}
          clampBehavior="none"
          onChange={(value) => {
            if (typeof value === "number" && value !== settings.shots) {
              void playground.act({ kind: "shots", shots: value });
            }
          }}
        />
        <NumberInput
          size="xs"
          label="Seed"
          w={110}
          value={settings.seed}
          min={0}
          max={2 ** 32 - 1}
          allowDecimal={false}
          clampBehavior="none"
          onChange={(value) => {
            if (typeof value === "number" && value !== settings.seed) {
              void playground.act({ kind: "seed", seed: value });
            }
          }}
        />
        <Button
          variant="default"
          onClick={() => void playground.act({ kind: "seed", seed: (settings.seed + 1) % 2 ** 32 })}
        >
          Resample
        </Button>
        <Button
          variant="default"
          disabled={counts === null}
          onClick={() => {
            const rows = counts?.values.map(({ key, count }) => `${key},${count}`) ?? [];
            const text = ["value,count", ...rows, ""].join("\n");
            downloadText(fileName(`${settings.title} counts`, "csv"), text, "text/csv");
          }}
        >
          CSV
        </Button>
      </div>
      {countsProblem !== null && <p className={classes.note}>{countsProblem}</p>}
      {counts !== null && (
        <>
          <p className={classes.note}>
            {counts.shots.toLocaleString("en")} shots,{" "}
            {counts.method === "one-simulation"
              ? "all drawn from one simulation"
              : "each simulated"}
            {counts.shots < counts.wanted &&
              ` (fewer than the ${counts.wanted.toLocaleString("en")} asked for, which would take too long)`}
            ; {counts.different} {counts.different === 1 ? "value" : "different values"} of the{" "}
            {counts.of === "bits" ? "measured bits, bit 0 last" : "qubits, q0 last"}.
          </p>
          <Scroller label="Counted values" className={classes.scroller}>
            <table className={classes.table} aria-label="Counts">
              <thead>
                <tr>
                  <th scope="col">Value</th>
                  <th scope="col" className={classes.number}>
                    Count
                  </th>
                  <th scope="col" className={classes.grow}>
                    Share
                  </th>
                </tr>
              </thead>
              <tbody>
                {counts.values.map(({ key, count }) => (
                  <tr key={key}>
                    <td>{key}</td>
                    <td className={classes.number}>{count}</td>
                    <td className={classes.share}>
                      {percent(count / counts.shots)}
                      <span className={classes.meter}>
                        <span style={{ width: `${(100 * count) / most}%` }} />
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroller>
        </>
      )}
    </div>
  );
}

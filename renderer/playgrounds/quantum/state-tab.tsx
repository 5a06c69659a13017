import { Button } from "@mantine/core";
import { useState } from "react";
import { downloadText, fileName } from "../../components/download.ts";
import { percent } from "./display-glyph.tsx";
import type { ListedState, Picture } from "./kernel.worker.ts";
import { numbered } from "./names.ts";
import type { Playground } from "./playground.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

/** Every row costs time at every edit. */
const rowsAtFirst = 16;

const fields = ["picture", "settings"] as const;

/** The whole state: its amplitudes with their phases, and all probabilities as bars. */
export function StateTab({ playground }: { readonly playground: Playground }) {
  const { picture, settings } = useSlice(playground, fields);
  const [showsAll, setShowsAll] = useState(false);
  if (picture === null || settings === null) return <p className={classes.note}>No state yet.</p>;
  const { wires } = settings;
  const { listed, listsAll } = picture;
  const shown = showsAll ? listed : listed.slice(0, rowsAtFirst);
  return (
    <>
      <Bars picture={picture} wires={wires} />
      <p className={classes.note}>
        {listsAll
          ? `All ${2 ** wires} basis states`
          : `The ${listed.length} likeliest of ${(2 ** wires).toLocaleString("en")} basis states`}
        , q{wires - 1} first and q0 last: q0 is the least significant bit.
        {listed.some(({ amplitude }) => amplitude === null) &&
          " The state is a mixture, which has probabilities and no amplitudes."}
      </p>
      <Scroller label="Basis states" className={classes.scroller}>
        <table className={`${classes.table} ${classes.fixed}`} aria-label="Amplitudes">
          <thead>
            <tr>
              <th scope="col" style={{ width: `${wires + 7}ch` }}>
                State
              </th>
              <th scope="col" className={classes.number} style={{ width: "11ch" }}>
                Number
              </th>
              <th scope="col" className={classes.number} style={{ width: "24ch" }}>
                Amplitude
              </th>
              <th scope="col" style={{ width: 104 }}>
                Phase
              </th>
              <th scope="col">Probability</th>
            </tr>
          </thead>
          <tbody>
            {numbered(shown).map(({ value, at }) => (
              <StateRow key={at} state={value} wires={wires} />
            ))}
          </tbody>
        </table>
      </Scroller>
      <div className={`${classes.body} ${classes.row}`}>
        {shown.length < listed.length && (
          <Button size="compact-sm" variant="default" onClick={() => setShowsAll(true)}>
            Show all {listed.length} rows
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          onClick={() =>
            downloadText(fileName(`${settings.title} state`, "csv"), csvOf(listed), "text/csv")
          }
        >
          CSV
        </Button>
      </div>
    </>
  );
}

function StateRow({ state, wires }: { readonly state: ListedState; readonly wires: number }) {
  const { basis, probability, amplitude } = state;
  const shown = probability > 1e-10 ? amplitude : null;
  return (
    <tr>
      <td>|{basis.toString(2).padStart(wires, "0")}⟩</td>
      <td className={classes.number}>{basis}</td>
      <td className={classes.number}>{amplitude === null ? "–" : complexText(amplitude)}</td>
      <td>{shown !== null && <PhaseDial re={shown[0]} im={shown[1]} />}</td>
      <td className={classes.share}>
        {percent(probability)}
        <span className={classes.meter}>
          <span style={{ width: `${100 * Math.min(1, probability)}%` }} />
        </span>
      </td>
    </tr>
  );
}

function PhaseDial({ re, im }: { readonly re: number; readonly im: number }) {
  const degrees = (Math.atan2(im, re) * 180) / Math.PI;
  const modulus = Math.hypot(re, im);
  const rounded = Math.abs(degrees) < 0.05 ? 0 : degrees;
  return (
    <>
      <svg
        className={classes.phase}
        width="18"
        height="18"
        viewBox="-9 -9 18 18"
        aria-hidden="true"
      >
        <circle r={8} />
        <path d={`M0 0L${((8 * re) / modulus).toFixed(2)} ${((-8 * im) / modulus).toFixed(2)}`} />
      </svg>{" "}
      {rounded.toFixed(1)}°
    </>
  );
}

function complexText([re, im]: readonly [number, number]): string {
  const part = (value: number) => (Math.abs(value) < 5e-6 ? 0 : value).toFixed(5);
  const imaginary = part(Math.abs(im));
  return `${part(re).replace("-", "−")} ${im < -5e-6 ? "−" : "+"} ${imaginary}i`;
}

function Bars({ picture, wires }: { readonly picture: Picture; readonly wires: number }) {
  const { bars } = picture;
  const most = Math.max(1e-12, ...bars);
  const width = 1024 / bars.length;
  let path = "";
  for (const [at, value] of bars.entries()) {
    const height = (value / most) * 116;
    if (height < 0.05) continue;
    path += `M${(at * width).toFixed(2)} 120v${(-height).toFixed(2)}h${(width * 0.9).toFixed(2)}v${height.toFixed(2)}z`;
  }
  const each = 2 ** wires / bars.length;
  const words = each === 1 ? "a basis state" : `${each.toLocaleString("en")} basis states in a row`;
  return (
    <div className={classes.body}>
      <svg
        className={classes.bars}
        viewBox="0 0 1024 122"
        preserveAspectRatio="none"
        role="img"
        aria-label={`Probabilities of all basis states, from 0 to ${2 ** wires - 1}; the highest bar is ${percent(most)}`}
      >
        <path d="M0 120.5H1024" stroke="var(--line-strong)" />
        <path d={path} fill="var(--series-2)" />
      </svg>
      <p className={classes.note}>
        From |0⟩ on the left to |{(2 ** wires - 1).toLocaleString("en")}⟩; each bar is {words}, the
        highest {percent(most)}.
      </p>
    </div>
  );
}

function csvOf(listed: readonly ListedState[]): string {
  const rows = listed.map(({ basis, amplitude, probability }) =>
    [basis, amplitude?.[0] ?? "", amplitude?.[1] ?? "", probability].join(","),
  );
  return ["number,real,imaginary,probability", ...rows, ""].join("\n");
}

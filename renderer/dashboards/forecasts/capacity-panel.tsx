import { useMemo } from "react";
import type { ForecastOutput } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { duration, formatTime, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { usePreferences } from "../../data/preferences.ts";
import { capacitySentence, type Crossing, crossings, share } from "./capacity.ts";
import classes from "./forecasts.module.css";
import { valueTextOf } from "./value-text.ts";

/** When the limit of the series is reached, in plain words; nothing for a series without one. */
export function CapacityPanel({ data }: { readonly data: ForecastOutput }) {
  const { timeFormat } = usePreferences();
  const { reaches, points, resolutionMs, observations, model, history } = data;
  const found = useMemo(
    () => (reaches === null ? [] : crossings(points, reaches.limit)),
    [reaches, points],
  );
  if (reaches === null) return null;
  const valueText = valueTextOf(data);
  const when = ({ step, at }: Crossing) => {
    if (step === null) return "not within the horizon";
    if (at === null || resolutionMs === null) return `at step ${step}`;
    return `in ${text(duration(step * resolutionMs))}, at ${formatTime(at, timeFormat)}`;
  };
  const span =
    resolutionMs === null ? "" : ` over the last ${text(duration(observations * resolutionMs))}`;
  const columns: Column<Crossing>[] = [
    {
      id: "probability",
      header: "Probability",
      numeric: true,
      value: ({ probability }) => probability,
      cell: ({ probability }) => share(probability),
      width: "140px",
    },
    { id: "when", header: "The limit is reached", value: when },
  ];
  return (
    <Panel title="Capacity" id="capacity">
      <div className={classes.padded}>
        <p role="status" aria-label="Capacity">
          The limit is {valueText(reaches.limit)}: {reaches.name}. The newest value is{" "}
          {valueText(history.at(-1) ?? 0)}.{" "}
          {(history.at(-1) ?? 0) >= reaches.limit
            ? "It is beyond the limit already."
            : capacitySentence(found, points.length, when)}
        </p>
        <p className="soft">
          This rests on {observations} readings{span}, continued by {model.name}. It holds as long
          as what drives the series stays as it was.
        </p>
      </div>
      <DataTable
        label="When the limit is reached"
        columns={columns}
        rows={found}
        rowKey={({ probability }) => String(probability)}
        heightMax={260}
      />
    </Panel>
  );
}

import { Button, FileButton, NativeSelect, SegmentedControl, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { orpc } from "../../data/client.ts";
import { DatasetColumn } from "./dataset-column.tsx";
import classes from "./forecasts.module.css";
import { interpolated, readSeries, writeSeries } from "./read-series.ts";
import { samples } from "./sources.ts";

export const sourceKinds = ["sample", "series", "own"] as const;
export type SourceKind = (typeof sourceKinds)[number];

export interface SourceForm {
  readonly kind: SourceKind;
  readonly sample: string;
  readonly series: string;
  readonly text: string;
}

interface Props {
  readonly form: SourceForm;
  readonly onChange: (form: SourceForm) => void;
}

/** Larger files hold more than a forecast reads. */
const fileBytesMax = 4 << 20;

/** A sample, a series of the platform, or values that somebody brings. */
export function SourcePanel({ form, onChange }: Props) {
  return (
    <Panel title="Series" id="source">
      <div className={classes.padded}>
        <SegmentedControl
          aria-label="Where the values come from"
          value={form.kind}
          onChange={(value) =>
            onChange({ ...form, kind: sourceKinds.find((kind) => kind === value) ?? "sample" })
          }
          data={[
            { value: "sample", label: "Sample" },
            { value: "series", label: "Platform" },
            { value: "own", label: "Own values" },
          ]}
        />
        {form.kind === "sample" && <SampleChoice form={form} onChange={onChange} />}
        {form.kind === "series" && <PlatformChoice form={form} onChange={onChange} />}
        {form.kind === "own" && <OwnValues form={form} onChange={onChange} />}
      </div>
    </Panel>
  );
}

function SampleChoice({ form, onChange }: Props) {
  const sample = samples.find(({ id }) => id === form.sample);
  return (
    <>
      <NativeSelect
        label="Sample"
        value={form.sample}
        onChange={(event) => onChange({ ...form, sample: event.currentTarget.value })}
        data={samples.map(({ id, title, values }) => ({
          value: id,
          label: `${title} (${values.length})`,
        }))}
      />
      {sample && (
        <p className="soft">
          {sample.id}, {sample.unit}. {sample.source}.
        </p>
      )}
    </>
  );
}

function PlatformChoice({ form, onChange }: Props) {
  const list = useQuery(orpc.analytics.series.list.queryOptions({ input: {} }));
  if (list.error) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />;
  const series = list.data?.series ?? [];
  return (
    <>
      <NativeSelect
        label="Series of the platform"
        value={form.series}
        onChange={(event) => onChange({ ...form, series: event.currentTarget.value })}
        data={series.map(({ id, title }) => ({ value: id, label: title }))}
      />
      <p className="soft">
        Newest readings, live: forecasting again takes those that came meanwhile.
      </p>
    </>
  );
}

function OwnValues({ form, onChange }: Props) {
  const read = useMemo(() => readSeries(form.text), [form.text]);
  const setText = (text: string) => onChange({ ...form, text });
  const upload = async (file: File) => {
    const text = await file.slice(0, fileBytesMax).text();
    setText(text.replace(/^\uFEFF/, ""));
  };
  const isEmpty = form.text.trim() === "";
  return (
    <>
      <Textarea
        label="Values"
        description="Oldest first: numbers, or a CSV of dates and values"
        rows={8}
        value={form.text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <div className={classes.row}>
        <FileButton
          accept=".csv,.tsv,.txt"
          onChange={(file) => {
            if (file !== null) void upload(file);
          }}
        >
          {(file) => (
            <Button {...file} variant="default" size="compact-sm">
              Open a file
            </Button>
          )}
        </FileButton>
      </div>
      <DatasetColumn onText={setText} />
      {!isEmpty && "problem" in read && (
        <div className={classes.fault} role="alert">
          <p>{read.problem}</p>
          {read.fix && (
            <Button
              variant="default"
              size="compact-xs"
              onClick={() => setText(read.fix?.text ?? form.text)}
            >
              {read.fix.label}
            </Button>
          )}
        </div>
      )}
      {"series" in read && (
        <p role="status" aria-label="What was read">
          {read.series.values.length} values
          {read.series.name !== null && ` of “${read.series.name}”`}
          {read.series.isConstant && ", all the same: the forecast will be that value"}
          {read.series.gaps > 0 &&
            `, ${read.series.gaps} of them gaps${read.series.firstGapRow === null ? " where dates are missing" : `, the first in row ${read.series.firstGapRow}`}`}
          .
        </p>
      )}
      {"series" in read && read.series.gaps > 0 && (
        <div className={classes.row}>
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => setText(writeSeries(interpolated(read.series)))}
          >
            Interpolate gaps
          </Button>
          <span className="soft">Left as they are, the season fills them.</span>
        </div>
      )}
    </>
  );
}

import { Button, NativeSelect } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import {
  type KernelInput,
  kernelModes,
  type KernelResult,
} from "../../../workers/analytics/contract.ts";
import { CodeView } from "../../components/code-view.tsx";
import { duration, number, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import classes from "./devices.module.css";
import {
  exampleForm,
  exampleNames,
  type KernelForm,
  type KernelMode,
  readKernelForm,
} from "./kernel-form.ts";

const shownValues = 64;

/** A kernel of one's own: its text, its inputs, and what came out of which mode. */
export function KernelPanel({ mayRun }: { readonly mayRun: boolean }) {
  const [example, setExample] = useState(exampleNames[0]!);
  const [form, setForm] = useState<KernelForm>(() => exampleForm(example));
  const [wrong, setWrong] = useState<string | null>(null);
  const run = useMutation({
    mutationFn: async (input: KernelInput) => ({
      output: input.output,
      result: await client.analytics.devices.run(input),
    }),
  });
  const start = () => {
    const input = readKernelForm(form);
    setWrong(typeof input === "string" ? input : null);
    if (typeof input !== "string") run.mutate(input);
  };
  return (
    <div className={classes.halves}>
      <Panel title="Your kernel" id="kernel">
        <form
          className={classes.content}
          onSubmit={(event) => {
            event.preventDefault();
            start();
          }}
        >
          <div className={classes.fields}>
            <NativeSelect
              label="Example"
              data={exampleNames}
              value={example}
              onChange={(event) => {
                setExample(event.currentTarget.value);
                setForm(exampleForm(event.currentTarget.value));
              }}
            />
            <NativeSelect
              label="Mode"
              data={[...kernelModes]}
              value={form.mode}
              onChange={(event) =>
                setForm({ ...form, mode: event.currentTarget.value as KernelMode })
              }
            />
            <Button type="submit" disabled={!mayRun} loading={run.isPending}>
              Run kernel
            </Button>
          </div>
          <CodeView
            label="Kernel source"
            language="typescript"
            value={form.source}
            onChange={(source) => setForm((now) => ({ ...now, source }))}
            heightMin={160}
          />
          <CodeView
            label="Inputs, constants and output"
            language="json"
            value={form.settings}
            onChange={(settings) => setForm((now) => ({ ...now, settings }))}
            heightMin={96}
            heightMax={220}
          />
          <p className="soft">
            Each value of the output is one call, with its place in this.thread. A kernel sees its
            arguments, this.constants and Math alone. Sizes are x, then y, then z.
          </p>
          {wrong !== null && <p role="alert">{wrong}</p>}
        </form>
      </Panel>
      <Panel title="Result" id="result">
        <div className={classes.content}>
          {run.error !== null && <ProblemView error={run.error} />}
          {run.data === undefined ? (
            run.error === null && (
              <EmptyView>
                <p>“Run kernel” computes it, and says which mode really ran.</p>
              </EmptyView>
            )
          ) : (
            <Outcome result={run.data.result} output={run.data.output} />
          )}
        </div>
      </Panel>
    </div>
  );
}

function Outcome(props: { readonly result: KernelResult; readonly output: readonly number[] }) {
  const { result, output } = props;
  const { asked, mode, fallback, device, firstMs, secondMs, differenceFromCpu, values } = result;
  const first = values.slice(0, shownValues).map((value) => value?.toPrecision(6) ?? "not finite");
  return (
    <>
      <p role="status">
        {fallback === null
          ? `${mode} ran${asked === "auto" ? ", the fastest that was measured right" : ""}: ${device}.`
          : `${mode} ran instead of ${asked}: ${fallback}`}
      </p>
      <p>
        First run, with compiling, {text(duration(firstMs))}; second run {text(duration(secondMs))}.
        {differenceFromCpu === null
          ? " A value is no number on one side alone."
          : ` Largest difference from JavaScript: ${differenceFromCpu.toPrecision(2)}.`}
      </p>
      {output.length === 2 && <Image values={values} width={output[0]!} height={output[1]!} />}
      <p>
        {number(values.length)} values
        {values.length > shownValues ? `, of which the first ${shownValues}` : ""}:
      </p>
      <p className="mono">{first.join(", ")}</p>
    </>
  );
}

interface ImageProps {
  readonly values: readonly (number | null)[];
  readonly width: number;
  readonly height: number;
}

/** The smallest value black, the largest white. */
function Image({ values, width, height }: ImageProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const known = values.filter((value) => value !== null);
  const low = known.reduce((least, value) => Math.min(least, value), Infinity);
  const high = known.reduce((most, value) => Math.max(most, value), -Infinity);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(width, height);
    values.forEach((value, at) => {
      const share = value === null || high === low ? 0 : (value - low) / (high - low);
      image.data.fill(Math.round(share * 255), at * 4, at * 4 + 3);
      image.data[at * 4 + 3] = 255;
    });
    context.putImageData(image, 0, 0);
  }, [values, width, height, low, high]);
  return (
    <figure className={classes.figure}>
      <canvas
        ref={canvas}
        width={width}
        height={height}
        className={classes.image}
        role="img"
        aria-label={`The output as an image of ${width} x ${height}, from ${low} (black) to ${high} (white)`}
      />
    </figure>
  );
}

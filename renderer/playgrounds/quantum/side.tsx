import { memo } from "react";
import { NativeSelect } from "@mantine/core";
import { Panel } from "../../components/page-frame.tsx";
import { Inspector } from "./inspector.tsx";
import type { NoiseKind } from "./kernel.worker.ts";
import type { Playground } from "./playground.ts";
import { useSlice } from "./use-slice.ts";
import classes from "./playground.module.css";

const noiseFields = ["settings"] as const;
const costFields = ["picture", "pictureMs", "catalogue"] as const;

interface SideProps {
  readonly playground: Playground;
}

export const Side = memo(function Side({ playground }: SideProps) {
  return (
    <div className={classes.side}>
      <Inspector playground={playground} />
      <NoisePanel playground={playground} />
      <CostPanel playground={playground} />
    </div>
  );
});

const noises: Readonly<Record<NoiseKind, string>> = {
  depolarising: "Depolarising",
  "amplitude-damping": "Amplitude damping (T1)",
  "phase-damping": "Phase damping (T2)",
  "bit-flip": "Bit flip",
};

/** The slider is finer where noise is weak, as real noise is. */
const toSlider = (level: number): number => Math.cbrt(level);
const fromSlider = (place: number): number => Math.round(place ** 3 * 1e5) / 1e5;

function NoisePanel({ playground }: SideProps) {
  const { settings } = useSlice(playground, noiseFields);
  if (settings === null) return null;
  const { noise } = settings;
  const set = (kind: NoiseKind, level: number) =>
    void playground.act({ kind: "noise", noise: kind, level });
  return (
    <Panel title="Noise after each gate">
      <div className={classes.form}>
        <NativeSelect
          size="xs"
          aria-label="Kind of noise"
          value={noise.kind}
          data={Object.entries(noises).map(([value, label]) => ({ value, label }))}
          onChange={(event) => set(event.currentTarget.value as NoiseKind, noise.level)}
        />
        <label className={classes.slider}>
          <span>Chance</span>
          <input
            type="range"
            aria-label="Noise after each gate, on each of its qubits"
            min={0}
            max={0.8}
            step={0.01}
            value={toSlider(noise.level)}
            onChange={(event) => set(noise.kind, fromSlider(Number(event.currentTarget.value)))}
          />
          <output>{(100 * noise.level).toFixed(3)} %</output>
        </label>
      </div>
    </Panel>
  );
}

export function bytesText(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  const power = bytes < 1 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${value >= 10 ? value.toFixed(0) : value.toFixed(1).replace(/\.0$/, "")} ${units[power]}`;
}

function CostPanel({ playground }: SideProps) {
  const { picture, pictureMs, catalogue } = useSlice(playground, costFields);
  if (picture === null) return null;
  const { cost } = picture;
  const facts: readonly (readonly [string, string])[] = [
    ["Method", picture.method],
    ["Engine", catalogue?.engine ?? ""],
    ["Precision", picture.precision === "f64" ? "double (f64)" : "single (f32)"],
    ["State", bytesText(picture.stateBytes)],
    ["Computed in", `${pictureMs.toFixed(1)} ms`],
    ["Columns computed again", `${picture.carriedOut} of ${picture.way.length}`],
    ["Qubits", String(cost.qubits)],
    ["Operations", String(cost.operations)],
    ["On two qubits or more", String(cost.onTwoOrMore)],
    ["Depth", String(cost.depth)],
    ["T gates", String(cost.tGates)],
    ["Measurements", String(cost.measurements)],
  ];
  return (
    <Panel title="Method and cost">
      <dl className={classes.facts}>
        {facts.map(([name, value]) => (
          <Fact key={name} name={name} value={value} />
        ))}
      </dl>
      {picture.precision === "f32" && (
        <p className={classes.note}>
          From 22 qubits on amplitudes have single precision: half the memory, errors of some 1e-6.
        </p>
      )}
      {catalogue !== null && catalogue.engineRefusal !== null && (
        <p className={classes.note} data-warning>
          WebAssembly is refused here ({catalogue.engineRefusal}): plain JavaScript is slower.
        </p>
      )}
    </Panel>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

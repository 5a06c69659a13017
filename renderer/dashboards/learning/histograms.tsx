/** Histograms of a layer over time: a column a frame, darker where more values are. */
import { NativeSelect } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { Specification, TrainingFrame } from "../../../workers/analytics/contract.ts";
import classes from "./learning.module.css";
import { mix, palette } from "./paint.ts";

const kinds = ["weights", "gradients", "activations"] as const;
const rows = 48;

interface HistogramsProps {
  readonly frames: readonly TrainingFrame[];
  readonly layers: Specification["layers"];
}

export function Histograms({ frames, layers }: HistogramsProps) {
  const [kind, setKind] = useState<(typeof kinds)[number]>("weights");
  const shown = layers
    .map(({ type }, index) => ({ type, index }))
    .filter(({ index }) => frames.at(-1)?.layers[index]?.[kind]);
  return (
    <div className={classes.content}>
      <NativeSelect
        size="xs"
        w={160}
        aria-label="What is counted"
        value={kind}
        data={[...kinds]}
        onChange={(event) => setKind(event.currentTarget.value as (typeof kinds)[number])}
      />
      <div className={classes.heatmaps}>
        {shown.map(({ type, index }) => (
          <HeatMap
            key={index}
            frames={frames}
            layer={index}
            kind={kind}
            title={`${index + 1} ${type}`}
          />
        ))}
      </div>
    </div>
  );
}

interface HeatMapProps {
  readonly frames: readonly TrainingFrame[];
  readonly layer: number;
  readonly kind: (typeof kinds)[number];
  readonly title: string;
}

function HeatMap({ frames, layer, kind, title }: HeatMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const histograms = frames.map((frame) => frame.layers[layer]?.[kind] ?? null);
  const known = histograms.filter((each) => each !== null);
  const min = Math.min(...known.map((each) => each.min));
  const max = Math.max(...known.map((each) => each.max));
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !Number.isFinite(max - min)) return;
    const colors = palette();
    const image = context.createImageData(histograms.length, rows);
    const span = max - min || 1;
    histograms.forEach((histogram, column) => {
      const density = histogram === null ? null : densityOf(histogram, min, span);
      for (let row = 0; row < rows; row++) {
        const color = mix(colors, density?.[rows - 1 - row] ?? 0);
        image.data.set([...color, 255], 4 * (row * histograms.length + column));
      }
    });
    canvas.current!.width = histograms.length;
    canvas.current!.height = rows;
    context.putImageData(image, 0, 0);
  });
  return (
    <figure
      className={classes.heatmap}
      role="img"
      aria-label={`${kind} of layer ${title} over time, now from ${known.at(-1)?.min.toPrecision(3)} to ${known.at(-1)?.max.toPrecision(3)}`}
    >
      <figcaption>
        {title}{" "}
        <span className="soft">
          {min.toPrecision(2)} to {max.toPrecision(2)}
        </span>
      </figcaption>
      <canvas ref={canvas} />
    </figure>
  );
}

interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly counts: readonly number[];
}

/** From 0 to 1 over rows of the whole range; the fullest row is 1. */
function densityOf({ min, max, counts }: Histogram, from: number, span: number): number[] {
  const density = Array<number>(rows).fill(0);
  const width = (max - min) / counts.length;
  counts.forEach((count, bin) => {
    const [start, end] = [min + bin * width, min + (bin + 1) * width].map((value) =>
      Math.min(rows - 1, Math.max(0, Math.floor(((value - from) / span) * rows))),
    ) as [number, number];
    for (let row = start; row <= end; row++) density[row]! += count / (end - start + 1);
  });
  const most = Math.max(...density, 1e-9);
  return density.map((each) => Math.sqrt(each / most));
}

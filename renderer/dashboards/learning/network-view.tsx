/** The network drawn: columns of neurons with their pictures, weights as lines, everything a button. */
import { Button, NativeSelect } from "@mantine/core";
import { memo, useEffect, useRef } from "react";
import type { Specification, TrainingFrame } from "../../../workers/analytics/contract.ts";
import {
  type Layer,
  type LayerType,
  layerTypes,
  newLayer,
  withHiddenLayer,
  withSetting,
} from "./lab-document.ts";
import classes from "./learning.module.css";
import { type Column, drawnNeuronsMax, featureAt } from "./network-model.ts";
import { cssColor, mix, paintCells, palette, signedBytes } from "./paint.ts";
import type { Change } from "./use-lab.ts";

const neuronSide = 36;
const neuronGap = 6;
const headHeight = 58;
const columnWidth = 132;
const featureSide = 20;
const extent = 6;

export interface ChosenNeuron {
  readonly layer: number;
  readonly output: number;
}

interface NetworkViewProps {
  readonly specification: Specification;
  readonly columns: readonly Column[];
  /** null: not this network, or it has not been trained. */
  readonly frame: TrainingFrame | null;
  readonly onChange: Change;
  readonly onChoose: (neuron: ChosenNeuron) => void;
}

export function NetworkView(props: NetworkViewProps) {
  const { specification, columns, frame, onChange, onChoose } = props;
  const { layers } = specification;
  const features = "features" in specification.data ? specification.data.features : [];
  const change = (next: readonly Layer[]) => onChange({ layers: [...next] });
  const height =
    headHeight +
    Math.max(3, ...columns.map(({ neurons }) => neurons)) * (neuronSide + neuronGap) +
    8;
  return (
    <div className={classes.network}>
      <div className={classes.bar}>
        <Button
          size="xs"
          variant="default"
          onClick={() => change(withHiddenLayer(layers))}
          disabled={layers.length + 2 > 24}
        >
          Add hidden layer
        </Button>
        <NativeSelect
          size="xs"
          aria-label="Add a layer at the end"
          value=""
          data={[
            { value: "", label: "Add at the end…" },
            ...layerTypes.map((type) => ({ value: type, label: type })),
          ]}
          onChange={(event) => {
            const type = event.currentTarget.value;
            if (type !== "") change([...layers, newLayer(type as LayerType)]);
          }}
        />
        <span className="soft">
          Lines are weights: width is size, colour is sign. Click a neuron to enlarge it.
        </span>
      </div>
      <div className={classes.columns} role="group" aria-label="Network">
        <div style={{ width: columns.length * columnWidth, height, position: "relative" }}>
          <Links columns={columns} frame={frame} height={height} />
          {columns.map((column, at) => (
            <section
              key={column.layer ?? "inputs"}
              className={classes.column}
              style={{ left: at * columnWidth, width: columnWidth, height }}
              aria-label={`Column ${at + 1}: ${column.title}`}
              data-wrong={column.problem !== null || undefined}
            >
              <ColumnHead column={column} layers={layers} onChange={change} />
              {column.layer === null
                ? features.map((feature) => <FeatureThumb key={feature} feature={feature} />)
                : Array.from({ length: column.neurons }, (_, output) => (
                    <NeuronThumb
                      key={output}
                      layer={column.layer!}
                      output={output}
                      picture={frame?.layers[column.layer!]?.neurons[output]}
                      onChoose={onChoose}
                    />
                  ))}
              {column.neurons === 0 && (
                <div className={classes.box}>
                  {column.title} {column.shape}
                </div>
              )}
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

interface ColumnHeadProps {
  readonly column: Column;
  readonly layers: readonly Layer[];
  readonly onChange: (layers: readonly Layer[]) => void;
}

function ColumnHead({
  column: { layer: at, title, followers },
  layers,
  onChange,
}: ColumnHeadProps) {
  if (at === null) return <div className={classes.columnHead}>{title}</div>;
  const layer = layers[at]!;
  const units = layer.type === "Linear" ? layer.outFeatures : null;
  const name = `layer ${at + 1} ${title}`;
  const resize = (to: number) => onChange(layers.with(at, withSetting(layer, "outFeatures", to)));
  return (
    <div className={classes.columnHead}>
      <span>
        {at + 1} {title}
        {followers.map(({ index, type }) => (
          <span key={index} className="soft">
            {" "}
            · {type}
          </span>
        ))}
      </span>
      <span className={classes.columnTools}>
        {units !== null && (
          <>
            <button
              type="button"
              aria-label={`Remove a neuron from ${name}`}
              disabled={units <= 1}
              onClick={() => resize(units - 1)}
            >
              −
            </button>
            <span aria-label={`Neurons of ${name}`}>{units}</span>
            <button
              type="button"
              aria-label={`Add a neuron to ${name}`}
              disabled={units >= drawnNeuronsMax}
              onClick={() => resize(units + 1)}
            >
              +
            </button>
          </>
        )}
        <button
          type="button"
          aria-label={`Remove ${name}`}
          disabled={layers.length === 1}
          onClick={() => onChange(layers.toSpliced(at, 1 + followers.length))}
        >
          ×
        </button>
      </span>
    </div>
  );
}

const FeatureThumb = memo(function FeatureThumb({ feature }: { readonly feature: string }) {
  const paint = (canvas: HTMLCanvasElement | null) => {
    const colors = palette();
    paintCells(canvas, featureSide, (cell) => {
      const at = (place: number) => ((place + 0.5) / featureSide) * 2 * extent - extent;
      const value = featureAt(feature, at(cell % featureSide), -at(Math.floor(cell / featureSide)));
      return mix(colors, value / (feature.startsWith("sin") ? 1 : extent));
    });
  };
  return (
    <div className={classes.feature} style={{ height: neuronSide, marginBottom: neuronGap }}>
      <span className="mono">{feature}</span>
      <canvas ref={paint} aria-hidden="true" width={featureSide} height={featureSide} />
    </div>
  );
});

interface NeuronThumbProps {
  readonly layer: number;
  readonly output: number;
  readonly picture: string | undefined;
  readonly onChoose: (neuron: ChosenNeuron) => void;
}

const NeuronThumb = memo(function NeuronThumb(props: NeuronThumbProps) {
  const { layer, output, picture, onChoose } = props;
  return (
    <button
      type="button"
      className={classes.neuron}
      style={{ width: neuronSide, height: neuronSide, marginBottom: neuronGap }}
      aria-label={`Neuron ${output + 1} of layer ${layer + 1}`}
      onClick={() => onChoose({ layer, output })}
    >
      <NeuronPicture picture={picture} />
    </button>
  );
});

/** What a neuron gives over the plane. */
export function NeuronPicture({ picture }: { readonly picture: string | undefined }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (picture === undefined) {
      canvas.current?.getContext("2d")?.clearRect(0, 0, 400, 400);
      return;
    }
    const values = signedBytes(picture);
    const colors = palette();
    paintCells(canvas.current, Math.sqrt(values.length), (cell) =>
      mix(colors, values[cell]! / 127),
    );
  }, [picture]);
  return <canvas ref={canvas} aria-hidden="true" width={20} height={20} />;
}

interface LinksProps {
  readonly columns: readonly Column[];
  readonly frame: TrainingFrame | null;
  readonly height: number;
}

/** On one canvas, since there may be thousands. */
function Links({ columns, frame, height }: LinksProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = columns.length * columnWidth;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const colors = palette();
    const middle = (row: number) => headHeight + row * (neuronSide + neuronGap) + neuronSide / 2;
    columns.forEach((column, at) => {
      const before = columns[at - 1];
      if (before === undefined || before.neurons === 0 || column.neurons === 0) return;
      const matrix = column.layer === null ? null : (frame?.layers[column.layer]?.matrix ?? null);
      const from = at * columnWidth - (columnWidth - neuronSide) / 2;
      const to = at * columnWidth + (columnWidth - neuronSide) / 2;
      for (let output = 0; output < column.neurons; output++) {
        for (let input = 0; input < before.neurons; input++) {
          const weight = matrix?.[output]?.[input] ?? 0;
          context.strokeStyle = cssColor(weight < 0 ? colors.low : colors.high);
          context.globalAlpha = matrix === null ? 0.15 : 0.2 + 0.6 * Math.min(1, Math.abs(weight));
          context.lineWidth = matrix === null ? 1 : Math.min(6, 0.5 + 2 * Math.abs(weight));
          context.beginPath();
          context.moveTo(from, middle(input));
          context.bezierCurveTo(
            (from + to) / 2,
            middle(input),
            (from + to) / 2,
            middle(output),
            to,
            middle(output),
          );
          context.stroke();
        }
      }
    });
  }, [columns, frame, width, height]);
  return (
    <canvas
      ref={canvas}
      className={classes.links}
      width={width}
      height={height}
      aria-hidden="true"
    />
  );
}

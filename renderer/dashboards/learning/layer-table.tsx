/** The layers as a list: the twin of the drawing, where every setting can be reached. */
import { NativeSelect, NumberInput } from "@mantine/core";
import { memo } from "react";
import type { TrainingPlan } from "../../../workers/analytics/contract.ts";
import { number, text, bytes } from "../../components/format.ts";
import {
  type Layer,
  type LayerType,
  layerTypes,
  newLayer,
  widthSetting,
  withSetting,
} from "./lab-document.ts";
import classes from "./learning.module.css";
import { Scrolled } from "./scrolled.tsx";
import type { Change } from "./use-lab.ts";

interface LayerTableProps {
  readonly layers: readonly Layer[];
  readonly plan: TrainingPlan | null;
  readonly onChange: Change;
}

export const LayerTable = memo(function LayerTable(props: LayerTableProps) {
  const { layers, plan } = props;
  const onChange = (next: readonly Layer[]) => props.onChange({ layers: [...next] });
  const numbered = layers.map((layer, index) => ({ layer, index }));
  return (
    <Scrolled label="Layers as a list">
      <table className={classes.table}>
        <caption className="visually-hidden">Layers with their shapes and costs</caption>
        <thead>
          <tr>
            {["Layer", "Setting", "In", "Out", "Parameters", "FLOPs", "Memory", ""].map((name) => (
              <th key={name} scope="col">
                {name === "" ? <span className="visually-hidden">Actions</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbered.map(({ layer, index }) => (
            <LayerRow
              key={index}
              layer={layer}
              index={index}
              planned={plan?.layers[index]}
              problem={plan?.problem?.layer === index ? plan.problem.message : null}
              isOnly={layers.length === 1}
              onChange={(next) => onChange(layers.with(index, next))}
              onRemove={() => onChange(layers.toSpliced(index, 1))}
              onUp={
                index === 0
                  ? null
                  : () => onChange(layers.toSpliced(index - 1, 2, layer, layers[index - 1]!))
              }
            />
          ))}
        </tbody>
        {plan !== null && (
          <tfoot>
            <tr>
              <th scope="row" colSpan={4}>
                Together
              </th>
              <td>{number(plan.parameters)}</td>
              <td>{number(plan.flops)}</td>
              <td colSpan={2}>{text(bytes(plan.memoryBytes))}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </Scrolled>
  );
});

interface LayerRowProps {
  readonly layer: Layer;
  readonly index: number;
  readonly planned: TrainingPlan["layers"][number] | undefined;
  readonly problem: string | null;
  readonly isOnly: boolean;
  readonly onChange: (layer: Layer) => void;
  readonly onRemove: () => void;
  readonly onUp: (() => void) | null;
}

function LayerRow(props: LayerRowProps) {
  const { layer, index, planned, problem, isOnly, onChange, onRemove, onUp } = props;
  const name = `layer ${index + 1} ${layer.type}`;
  const width = widthSetting(layer);
  return (
    <tr data-wrong={problem !== null || undefined}>
      <td>
        <NativeSelect
          size="xs"
          aria-label={`Type of layer ${index + 1}`}
          value={layer.type}
          data={[...layerTypes]}
          onChange={(event) => onChange(newLayer(event.currentTarget.value as LayerType))}
        />
      </td>
      <td>
        <div className={classes.settings}>
          {width !== null && (
            <Setting
              name={width.name}
              of={name}
              value={width.value}
              layer={layer}
              onChange={onChange}
            />
          )}
          {layer.type === "Linear" && (
            <Setting
              name="inFeatures"
              of={name}
              value={layer.inFeatures}
              layer={layer}
              onChange={onChange}
            />
          )}
          {layer.type === "Conv2d" &&
            (["kernelSize", "stride", "padding"] as const).map((each) => (
              <Setting
                key={each}
                name={each}
                of={name}
                value={layer[each]}
                layer={layer}
                onChange={onChange}
              />
            ))}
          {layer.type === "Residual" && layer.layers.map(({ type }) => type).join(", ")}
        </div>
      </td>
      <td className="mono">{planned === undefined ? "" : `[${planned.input.join(", ")}]`}</td>
      <td className="mono">
        {planned === undefined ? (problem ?? "") : `[${planned.output.join(", ")}]`}
      </td>
      <td>{planned === undefined ? "" : number(planned.parameters)}</td>
      <td>{planned === undefined ? "" : number(planned.flops)}</td>
      <td>{planned === undefined ? "" : text(bytes(planned.memoryBytes))}</td>
      <td>
        <div className={classes.columnTools}>
          <button
            type="button"
            aria-label={`Move ${name} up`}
            disabled={onUp === null}
            onClick={() => onUp?.()}
          >
            ↑
          </button>
          <button type="button" aria-label={`Delete ${name}`} disabled={isOnly} onClick={onRemove}>
            ×
          </button>
        </div>
      </td>
    </tr>
  );
}

const settingLabels: Readonly<Record<string, string>> = {
  outFeatures: "out",
  inFeatures: "in",
  outChannels: "channels",
  kernelSize: "kernel",
  embeddingDim: "width",
  hiddenSize: "hidden",
};

interface SettingProps {
  readonly name: string;
  readonly of: string;
  readonly value: number | null;
  readonly layer: Layer;
  readonly onChange: (layer: Layer) => void;
}

function Setting({ name, of, value, layer, onChange }: SettingProps) {
  const isShare = name === "p";
  return (
    <NumberInput
      size="xs"
      w={104}
      aria-label={`${name} of ${of}`}
      placeholder={settingLabels[name] ?? name}
      prefix={`${settingLabels[name] ?? name} `}
      value={value ?? ""}
      min={isShare ? 0 : name === "padding" ? 0 : 1}
      max={isShare ? 0.95 : 2_048}
      step={isShare ? 0.1 : 1}
      allowDecimal={isShare}
      onChange={(next) => {
        if (typeof next === "number") onChange(withSetting(layer, name, next));
        else if (next === "" && name.startsWith("in")) onChange(withSetting(layer, name, null));
      }}
    />
  );
}

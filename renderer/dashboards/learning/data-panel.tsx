/** What is learned from: data set, noise, split, features, drawn points, a table. */
import { Button, Checkbox, NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import { memo } from "react";
import type { DataSpecification, Specification } from "../../../workers/analytics/contract.ts";
import { dataKinds, withData } from "./lab-document.ts";
import classes from "./learning.module.css";
import type { Change } from "./use-lab.ts";

const titles: Readonly<Record<DataSpecification["kind"], string>> = {
  circle: "Circle",
  xor: "Exclusive or",
  gaussians: "Two clouds",
  spiral: "Spiral",
  moons: "Moons",
  plane: "Plane (regression)",
  sine: "Wave (regression)",
  points: "Points of your own",
  table: "Table of your own",
  digits: "Handwritten digits",
  brackets: "Brackets in balance",
};
const allFeatures = ["x", "y", "x^2", "y^2", "xy", "sin x", "sin y"] as const;

interface DataPanelProps {
  readonly specification: Specification;
  readonly onChange: Change;
  readonly drawnClass: number;
  readonly onDrawnClass: (label: number) => void;
  readonly showsValidation: boolean;
  readonly onShowsValidation: (shows: boolean) => void;
}

export const DataPanel = memo(function DataPanel(props: DataPanelProps) {
  const { specification, onChange } = props;
  const { data } = specification;
  const set = (to: object) => onChange({ data: { ...data, ...to } });
  const setNumber = (name: string) => (value: string | number) => {
    if (typeof value === "number") set({ [name]: value });
  };
  return (
    <div className={classes.content}>
      <NativeSelect
        label="Data set"
        size="xs"
        value={data.kind}
        data={dataKinds.map((kind) => ({ value: kind, label: titles[kind] }))}
        onChange={(event) =>
          onChange(withData(specification, event.currentTarget.value as DataSpecification["kind"]))
        }
      />
      {"samples" in data && (
        <NumberInput
          label="Samples"
          size="xs"
          value={data.samples}
          min={data.kind === "digits" ? 100 : 20}
          max={data.kind === "digits" ? 6_000 : 2_000}
          step={100}
          allowDecimal={false}
          onChange={setNumber("samples")}
        />
      )}
      {"noise" in data && (
        <NumberInput
          label="Noise"
          size="xs"
          value={data.noise}
          min={0}
          max={0.5}
          step={0.05}
          onChange={setNumber("noise")}
        />
      )}
      <NumberInput
        label="Held back to validate"
        size="xs"
        value={Math.round(100 * data.validationShare)}
        min={5}
        max={90}
        step={5}
        suffix=" %"
        onChange={(value) => {
          if (typeof value === "number") set({ validationShare: value / 100 });
        }}
      />
      {"features" in data && <Features data={data} onSet={set} {...props} />}
      {data.kind === "table" && (
        <>
          <Textarea
            label="Table as CSV with a header"
            size="xs"
            rows={8}
            value={data.csv}
            onChange={(event) => set({ csv: event.currentTarget.value })}
          />
          <TextInput
            label="Column to predict"
            size="xs"
            value={data.target}
            onChange={(event) => set({ target: event.currentTarget.value })}
          />
        </>
      )}
    </div>
  );
});

interface FeaturesProps extends DataPanelProps {
  readonly data: Extract<DataSpecification, { features: unknown }>;
  readonly onSet: (to: object) => void;
}

function Features(props: FeaturesProps) {
  const { data, onSet, drawnClass, onDrawnClass, showsValidation, onShowsValidation } = props;
  const chosen: readonly string[] = data.features;
  return (
    <>
      <fieldset className={classes.features}>
        <legend>What the network sees</legend>
        {allFeatures.map((feature) => (
          <Checkbox
            key={feature}
            size="sm"
            label={feature}
            checked={chosen.includes(feature)}
            disabled={chosen.length === 1 && chosen.includes(feature)}
            onChange={(event) =>
              onSet({
                features: allFeatures.filter((each) =>
                  each === feature ? event.currentTarget.checked : chosen.includes(each),
                ),
              })
            }
          />
        ))}
      </fieldset>
      <Checkbox
        size="sm"
        label="Show what is held back (squares)"
        checked={showsValidation}
        onChange={(event) => onShowsValidation(event.currentTarget.checked)}
      />
      {data.kind === "points" && (
        <>
          <NativeSelect
            label="Class of the points that you click"
            size="xs"
            value={String(drawnClass)}
            data={["0", "1", "2", "3"]}
            onChange={(event) => onDrawnClass(Number(event.currentTarget.value))}
          />
          <p className="soft">
            Click into the plane to add a point; {data.points.length} are there.
          </p>
          <Button
            size="xs"
            variant="default"
            disabled={data.points.length <= 4}
            onClick={() => onSet({ points: data.points.slice(0, -1) })}
          >
            Remove the last point
          </Button>
        </>
      )}
    </>
  );
}

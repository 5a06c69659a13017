import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Parameter, Sweep } from "./kernel.worker.ts";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { wireNumbers } from "./wire-ends.tsx";
import { useSlice } from "./use-slice.ts";

const fields = ["settings", "sweep", "sweepOf", "sweepProblem"] as const;

interface ParametersTabProps {
  readonly playground: Playground;
}

/** Named angles with sliders, and what they do over their whole range. */
export function ParametersTab({ playground }: ParametersTabProps) {
  const { settings, sweep, sweepOf, sweepProblem } = useSlice(playground, fields);
  if (settings === null) return null;
  const { parameters } = settings;
  return (
    <div className={classes.form}>
      <p className={classes.note}>
        A parameter is a name that angles may use, such as theta / 2 + pi: select a rotation and
        write it there.
      </p>
      {parameters.map((parameter) => (
        <ParameterRow key={parameter.name} playground={playground} parameter={parameter} />
      ))}
      <NewParameter playground={playground} />
      {parameters.length > 0 && (
        <NativeSelect
          size="xs"
          w={220}
          label="Sweep"
          value={sweepOf ?? ""}
          data={[
            { value: "", label: "none" },
            ...parameters.map(({ name }) => ({ value: name, label: `over ${name}` })),
          ]}
          onChange={(event) => {
            const name = event.currentTarget.value;
            playground.sweepParameter(name === "" ? null : name);
          }}
        />
      )}
      {sweepProblem !== null && <p className={classes.note}>{sweepProblem}</p>}
      {sweep !== null && (
        <SweepPlot sweep={sweep} now={parameters.find(({ name }) => name === sweep.parameter)} />
      )}
    </div>
  );
}

function ParameterRow(props: { readonly playground: Playground; readonly parameter: Parameter }) {
  const { playground, parameter } = props;
  const { name, value, min, max } = parameter;
  const set = (next: number) =>
    void playground.act({ kind: "parameter", parameter: { ...parameter, value: next } });
  return (
    <div className={classes.row}>
      <label className={classes.slider} style={{ flex: 1 }}>
        <span className="mono">{name}</span>
        <input
          type="range"
          aria-label={name}
          min={min}
          max={max}
          step={(max - min) / 720}
          value={value}
          onChange={(event) => set(Number(event.currentTarget.value))}
        />
        <output>{value.toFixed(4)}</output>
      </label>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => void playground.act({ kind: "forget-parameter", name })}
      >
        Forget {name}
      </Button>
    </div>
  );
}

function NewParameter({ playground }: { readonly playground: Playground }) {
  const [name, setName] = useState("theta");
  const [min, setMin] = useState<number | string>(0);
  const [max, setMax] = useState<number | string>(6.2832);
  return (
    <form
      className={classes.row}
      onSubmit={(event) => {
        event.preventDefault();
        const least = Number(min);
        void playground.act({
          kind: "parameter",
          parameter: { name, value: least, min: least, max: Number(max) },
        });
      }}
    >
      <TextInput
        size="xs"
        label="New parameter"
        w={130}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <NumberInput size="xs" label="from" w={80} hideControls value={min} onChange={setMin} />
      <NumberInput size="xs" label="to" w={80} hideControls value={max} onChange={setMax} />
      <Button type="submit" size="xs" variant="default" disabled={name === ""}>
        Add
      </Button>
    </form>
  );
}

const quantities = {
  one: "P(1)",
  x: "x of the Bloch vector",
  y: "y of the Bloch vector",
  z: "z of the Bloch vector",
  purity: "purity",
} as const;
type Quantity = keyof typeof quantities;

function quantityOf(vector: Float64Array, quantity: Quantity): number {
  const { one, purity } = wireNumbers(vector);
  const [x, y, z] = vector;
  return { one, purity, x: x ?? 0, y: y ?? 0, z: z ?? 0 }[quantity];
}

function SweepPlot({ sweep, now }: { readonly sweep: Sweep; readonly now: Parameter | undefined }) {
  const [wire, setWire] = useState(0);
  const [quantity, setQuantity] = useState<Quantity>("one");
  const { values, bloch, wires, parameter } = sweep;
  const shown = Math.min(wire, wires - 1);
  const lowest = quantity === "one" || quantity === "purity" ? 0 : -1;
  const points = Array.from(values, (value, at) => {
    const start = 3 * (at * wires + shown);
    return { value, result: quantityOf(bloch.subarray(start, start + 3), quantity) };
  });
  const [from, to] = [values[0] ?? 0, values.at(-1) ?? 1];
  const x = (value: number) => ((value - from) / (to - from)) * 1000;
  const y = (result: number) => 100 - ((result - lowest) / (1 - lowest)) * 100;
  const path = points
    .map(
      ({ value, result }, at) =>
        `${at === 0 ? "M" : "L"}${x(value).toFixed(1)} ${y(result).toFixed(2)}`,
    )
    .join("");
  const results = points.map(({ result }) => result);
  const [least, most] = [Math.min(...results), Math.max(...results)];
  const best = points.find(({ result }) => result === most)?.value ?? from;
  return (
    <div>
      <div className={classes.row}>
        <NativeSelect
          size="xs"
          label="Of"
          value={String(shown)}
          data={Array.from({ length: wires }, (_, at) => ({ value: String(at), label: `q${at}` }))}
          onChange={(event) => setWire(Number(event.currentTarget.value))}
        />
        <NativeSelect
          size="xs"
          label="Quantity"
          value={quantity}
          data={Object.entries(quantities).map(([value, label]) => ({ value, label }))}
          onChange={(event) => setQuantity(event.currentTarget.value as Quantity)}
        />
      </div>
      <svg
        className={classes.plot}
        viewBox="-4 -4 1008 108"
        preserveAspectRatio="none"
        role="img"
        aria-label={`${quantities[quantity]} of q${shown} over ${parameter}: from ${least.toFixed(4)} to ${most.toFixed(4)}`}
      >
        <line x1={0} x2={1000} y1={100} y2={100} />
        <line x1={0} x2={1000} y1={0} y2={0} />
        {lowest < 0 && <line x1={0} x2={1000} y1={50} y2={50} />}
        {now !== undefined && (
          <line className={classes.now} x1={x(now.value)} x2={x(now.value)} y1={0} y2={100} />
        )}
        <path d={path} />
      </svg>
      <p className={classes.note}>
        {quantities[quantity]} of q{shown}, from {lowest} to 1, over {parameter} from{" "}
        {from.toFixed(3)} to {to.toFixed(3)} in {values.length} steps. Least {least.toFixed(4)},
        most {most.toFixed(4)} at {parameter} = {best.toFixed(4)}.
      </p>
    </div>
  );
}

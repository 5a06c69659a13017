/** One neuron enlarged, with its weights to be edited by hand. */
import { NumberInput } from "@mantine/core";
import type { TrainingControl, TrainingFrame } from "../../../workers/analytics/contract.ts";
import { SideDrawer } from "../../components/side-drawer.tsx";
import classes from "./learning.module.css";
import { type ChosenNeuron, NeuronPicture } from "./network-view.tsx";

interface NeuronDrawerProps {
  readonly neuron: ChosenNeuron | null;
  readonly frame: TrainingFrame | null;
  readonly inputNames: readonly string[];
  readonly mayEdit: boolean;
  readonly onClose: () => void;
  readonly onCommand: (command: TrainingControl) => void;
}

export function NeuronDrawer(props: NeuronDrawerProps) {
  const { neuron, frame, inputNames, mayEdit, onClose, onCommand } = props;
  const layer = neuron === null ? undefined : frame?.layers[neuron.layer];
  const weights = neuron === null ? undefined : layer?.matrix?.[neuron.output];
  const bias = neuron === null ? undefined : layer?.bias?.[neuron.output];
  const edit = (input: number | null, value: number) => {
    if (neuron !== null)
      onCommand({ action: "edit", layer: neuron.layer, output: neuron.output, input, value });
  };
  return (
    <SideDrawer
      opened={neuron !== null}
      onClose={onClose}
      title={neuron === null ? "" : `Neuron ${neuron.output + 1} of layer ${neuron.layer + 1}`}
    >
      {neuron !== null && (
        <div className={classes.content}>
          {layer === undefined ? (
            <p>This network has not been trained yet: train it, or take one step.</p>
          ) : (
            <>
              <div className={classes.enlarged}>
                <NeuronPicture picture={layer.neurons[neuron.output]} />
              </div>
              <p className="soft">
                What it gives over the plane, after its activation; the strongest colour is{" "}
                {layer.scale[neuron.output]?.toPrecision(3) ?? "unknown"}.
              </p>
              <h3>Weights</h3>
              {numbered(weights ?? []).map(({ value: weight, index: input }) => (
                <Weight
                  key={input}
                  label={
                    neuron.layer === 0 ? (inputNames[input] ?? String(input)) : `From ${input + 1}`
                  }
                  value={weight}
                  mayEdit={mayEdit}
                  onEdit={(value) => edit(input, value)}
                />
              ))}
              {bias !== undefined && (
                <Weight
                  label="Bias"
                  value={bias}
                  mayEdit={mayEdit}
                  onEdit={(value) => edit(null, value)}
                />
              )}
            </>
          )}
        </div>
      )}
    </SideDrawer>
  );
}

function numbered<T>(values: readonly T[]): { value: T; index: number }[] {
  return values.map((value, index) => ({ value, index }));
}

interface WeightProps {
  readonly label: string;
  readonly value: number;
  readonly mayEdit: boolean;
  readonly onEdit: (value: number) => void;
}

function Weight({ label, value, mayEdit, onEdit }: WeightProps) {
  const commit = (text: string) => {
    const next = Number(text);
    if (text.trim() !== "" && Number.isFinite(next) && next !== value) onEdit(next);
  };
  return (
    <NumberInput
      key={value}
      size="xs"
      label={label}
      defaultValue={value}
      step={0.1}
      min={-1e6}
      max={1e6}
      disabled={!mayEdit}
      onBlur={(event) => commit(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") commit(event.currentTarget.value);
      }}
    />
  );
}

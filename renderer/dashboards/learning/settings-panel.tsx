/** How it is learned: loss, optimiser, schedule, batches. */
import { NativeSelect, NumberInput, Switch } from "@mantine/core";
import { memo } from "react";
import type { Specification } from "../../../workers/analytics/contract.ts";
import classes from "./learning.module.css";
import type { Change } from "./use-lab.ts";

const losses = ["CrossEntropyLoss", "BCEWithLogitsLoss", "MSELoss", "L1Loss", "HuberLoss"] as const;
const optimisers = ["SGD", "Adam", "AdamW", "RMSprop"] as const;
const schedules: Readonly<Record<Specification["schedule"]["type"], Specification["schedule"]>> = {
  constant: { type: "constant" },
  StepLR: { type: "StepLR", stepSize: 50, gamma: 0.5 },
  CosineAnnealingLR: { type: "CosineAnnealingLR" },
  LinearLR: { type: "LinearLR", startFactor: 0.1, totalIters: 10 },
  OneCycleLR: { type: "OneCycleLR", pctStart: 0.3 },
};

interface SettingsPanelProps {
  readonly specification: Specification;
  readonly onChange: Change;
}

export const SettingsPanel = memo(function SettingsPanel({
  specification,
  onChange,
}: SettingsPanelProps) {
  const { loss, optimiser, schedule, clipNorm, batchSize, epochs, earlyStopping, seed } =
    specification;
  const setOptimiser = (to: Partial<Specification["optimiser"]>) =>
    onChange({ optimiser: { ...optimiser, ...to } });
  const usesMomentum = optimiser.type === "SGD" || optimiser.type === "RMSprop";
  return (
    <div className={classes.fields}>
      <Choice label="Loss" value={loss} of={losses} onChange={(to) => onChange({ loss: to })} />
      <Choice
        label="Optimiser"
        value={optimiser.type}
        of={optimisers}
        onChange={(type) => setOptimiser({ type })}
      />
      <Amount
        label="Learning rate"
        value={optimiser.lr}
        max={100}
        step={0.01}
        onChange={(lr) => setOptimiser({ lr })}
      />
      {usesMomentum && (
        <Amount
          label="Momentum"
          value={optimiser.momentum}
          max={0.999}
          step={0.1}
          onChange={(momentum) => setOptimiser({ momentum })}
        />
      )}
      <Amount
        label="Weight decay"
        value={optimiser.weightDecay}
        max={10}
        step={0.001}
        onChange={(weightDecay) => setOptimiser({ weightDecay })}
      />
      <Choice
        label="Schedule"
        value={schedule.type}
        of={Object.keys(schedules) as (keyof typeof schedules)[]}
        onChange={(type) => onChange({ schedule: schedules[type] })}
      />
      {schedule.type === "StepLR" && (
        <>
          <Amount
            label="Epochs a stair"
            isWhole
            value={schedule.stepSize}
            min={1}
            max={10_000}
            step={10}
            onChange={(stepSize) => onChange({ schedule: { ...schedule, stepSize } })}
          />
          <Amount
            label="Gamma"
            value={schedule.gamma}
            min={0.001}
            max={1}
            step={0.1}
            onChange={(gamma) => onChange({ schedule: { ...schedule, gamma } })}
          />
        </>
      )}
      {schedule.type === "LinearLR" && (
        <Amount
          label="Epochs of warm-up"
          isWhole
          value={schedule.totalIters}
          min={1}
          max={10_000}
          step={1}
          onChange={(totalIters) => onChange({ schedule: { ...schedule, totalIters } })}
        />
      )}
      <Amount
        label="Batch size"
        isWhole
        value={batchSize}
        min={1}
        max={512}
        step={8}
        onChange={(to) => onChange({ batchSize: to })}
      />
      <Amount
        label="Epochs"
        isWhole
        value={epochs}
        min={1}
        max={10_000}
        step={50}
        onChange={(to) => onChange({ epochs: to })}
      />
      <Amount
        label="Seed"
        isWhole
        value={seed}
        max={2 ** 31 - 1}
        step={1}
        onChange={(to) => onChange({ seed: to })}
      />
      <Switch
        size="xs"
        label="Clip gradients to a norm of 1"
        checked={clipNorm !== null}
        onChange={(event) => onChange({ clipNorm: event.currentTarget.checked ? 1 : null })}
      />
      <Switch
        size="xs"
        label="Stop early, after 20 epochs without a better validation"
        checked={earlyStopping !== null}
        onChange={(event) =>
          onChange({ earlyStopping: event.currentTarget.checked ? { patience: 20 } : null })
        }
      />
    </div>
  );
});

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly of: readonly T[];
  readonly onChange: (value: T) => void;
}

function Choice<T extends string>({ label, value, of, onChange }: ChoiceProps<T>) {
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      data={[...of]}
      onChange={(event) => onChange(event.currentTarget.value as T)}
    />
  );
}

interface AmountProps {
  readonly label: string;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly step: number;
  readonly isWhole?: boolean;
  readonly onChange: (value: number) => void;
}

function Amount({ label, value, min = 0, max, step, isWhole = false, onChange }: AmountProps) {
  return (
    <NumberInput
      size="xs"
      label={label}
      value={value}
      min={min}
      max={max}
      step={step}
      allowDecimal={!isWhole}
      decimalScale={6}
      onChange={(next) => {
        if (typeof next === "number" && next >= min && next <= max) onChange(next);
      }}
    />
  );
}

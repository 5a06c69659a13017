/** Train, pause, step, stop; the rate and the pace while it runs; undo, examples, links. */
import { Button, Menu, NativeSelect, NumberInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { memo } from "react";
import type {
  Experiment,
  Specification,
  TrainingControl,
} from "../../../workers/analytics/contract.ts";
import { downloadText } from "../../components/download.ts";
import { encodeRun, linkLengthMax } from "../../playgrounds/consensus/share.ts";
import { AddToRegistry } from "./add-to-registry.tsx";
import { exampleNames, exampleOf, type LabDocument } from "./lab-document.ts";
import classes from "./learning.module.css";
import type { Dispatch } from "./use-lab.ts";

interface RunBarProps {
  readonly document: LabDocument;
  readonly dispatch: Dispatch;
  readonly experiment: Experiment | null;
  /** The network has not been changed since the run began. */
  readonly isSame: boolean;
  readonly canTrain: boolean;
  readonly mayRun: boolean;
  readonly onTrain: (paused: boolean) => void;
  readonly onCommand: (command: TrainingControl) => void;
  readonly onJson: () => void;
  readonly onOnnx: () => void;
}

export const RunBar = memo(function RunBar(props: RunBarProps) {
  const { document, dispatch, experiment, isSame, canTrain, mayRun, onTrain, onCommand } = props;
  const isActive = experiment?.state === "running" || experiment?.state === "queued";
  const canResume =
    experiment !== null &&
    isSame &&
    ["paused", "stopped", "interrupted"].includes(experiment.state);
  const step = () => (canResume ? onCommand({ action: "step" }) : onTrain(true));
  return (
    <div className={classes.bar} role="group" aria-label="Training">
      {isActive ? (
        <Button disabled={!mayRun} onClick={() => onCommand({ action: "pause" })}>
          Pause
        </Button>
      ) : canResume ? (
        <Button disabled={!mayRun} onClick={() => onCommand({ action: "resume" })}>
          Resume
        </Button>
      ) : (
        <Button disabled={!mayRun || !canTrain} onClick={() => onTrain(false)}>
          Train
        </Button>
      )}
      <Button
        variant="default"
        disabled={!mayRun || isActive || !(canResume || canTrain)}
        onClick={step}
      >
        {canResume ? "Step once" : "Open untrained"}
      </Button>
      <Button
        variant="default"
        disabled={!mayRun || !isActive}
        onClick={() => onCommand({ action: "stop" })}
      >
        Stop
      </Button>
      {canResume && (
        <Button variant="default" disabled={!mayRun || !canTrain} onClick={() => onTrain(false)}>
          Train anew
        </Button>
      )}
      <Live experiment={experiment} mayRun={mayRun} onCommand={onCommand} />
      <Button
        variant="default"
        disabled={document.past.length === 0}
        onClick={() => dispatch({ kind: "undo" })}
      >
        Undo
      </Button>
      <Button
        variant="default"
        disabled={document.future.length === 0}
        onClick={() => dispatch({ kind: "redo" })}
      >
        Redo
      </Button>
      {experiment !== null && (
        <AddToRegistry
          key={experiment.id}
          source="training"
          id={experiment.id}
          name={experiment.name}
          disabled={isActive || !experiment.hasCheckpoint}
        />
      )}
      <More {...props} />
    </div>
  );
});

function Live({
  experiment,
  mayRun,
  onCommand,
}: Pick<RunBarProps, "experiment" | "mayRun" | "onCommand">) {
  if (experiment === null || experiment.state === "done" || experiment.state === "failed")
    return null;
  return (
    <>
      <NumberInput
        key={experiment.id}
        size="xs"
        w={120}
        label="Rate now"
        defaultValue={experiment.specification.optimiser.lr}
        min={0}
        max={100}
        step={0.005}
        decimalScale={6}
        disabled={!mayRun}
        onChange={(value) => {
          if (typeof value === "number") onCommand({ action: "rate", learningRate: value });
        }}
      />
      <NativeSelect
        key={`pace ${experiment.id}`}
        size="xs"
        label="Pace"
        defaultValue=""
        disabled={!mayRun}
        data={[
          { value: "", label: "as fast as it can" },
          { value: "200", label: "200 steps/s" },
          { value: "30", label: "30 steps/s" },
          { value: "5", label: "5 steps/s" },
        ]}
        onChange={(event) => {
          const text = event.currentTarget.value;
          onCommand({ action: "pace", stepsPerSecond: text === "" ? null : Number(text) });
        }}
      />
    </>
  );
}

function More({ document, dispatch, experiment, onJson, onOnnx }: RunBarProps) {
  const load = (specification: Specification) => dispatch({ kind: "load", specification });
  return (
    <Menu>
      <Menu.Target>
        <Button variant="default">Examples and files</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Begin with</Menu.Label>
        {exampleNames.map((name) => (
          <Menu.Item key={name} onClick={() => load(exampleOf(name))}>
            {name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={() => void copyLink(document.present)}>Copy a link to it</Menu.Item>
        <Menu.Item onClick={onJson}>Read and edit as JSON</Menu.Item>
        <Menu.Item
          onClick={() => {
            const json = JSON.stringify(document.present, null, 2);
            downloadText("network.json", json, "application/json");
          }}
        >
          Save as JSON
        </Menu.Item>
        <Menu.Item disabled={experiment === null} onClick={onOnnx}>
          Save the trained network as ONNX
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

async function copyLink(specification: Specification): Promise<void> {
  const link = `${location.origin}/learning/lab#${await encodeRun(specification)}`;
  if (link.length > linkLengthMax) {
    notifications.show({ message: "The network is too long for a link: save it as a file." });
    return;
  }
  await navigator.clipboard.writeText(link);
  notifications.show({ message: "The link to this network is copied." });
}

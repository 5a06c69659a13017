/** The training lab: a network drawn, edited, trained in sight and asked. */
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useCommands } from "../../app/commands.ts";
import type {
  Experiment,
  Specification,
  TrainingPlan,
} from "../../../workers/analytics/contract.ts";
import { download } from "../../components/download.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr, QueryBoundary } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { decodeRun } from "../../playgrounds/consensus/share.ts";
import { DataPanel } from "./data-panel.tsx";
import { Confusion, DigitPanel } from "./digit-panel.tsx";
import { Histograms } from "./histograms.tsx";
import { JsonDrawer } from "./json-drawer.tsx";
import { LayerTable } from "./layer-table.tsx";
import { readSpecification } from "./lab-document.ts";
import classes from "./learning.module.css";
import { LiveCurves } from "./live-curves.tsx";
import { columnsOf, framesNetwork } from "./network-model.ts";
import { type ChosenNeuron, NetworkView } from "./network-view.tsx";
import { NeuronDrawer } from "./neuron-drawer.tsx";
import { RunBar } from "./run-bar.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { Surface } from "./surface.tsx";
import { type Change, useControl, useLabDocument, useRun } from "./use-lab.ts";

const route = getRouteApi("/learning/lab");
const specificationLengthMax = 1_000_000;

export function LabPage(): React.JSX.Element {
  const { run: runId } = route.useSearch();
  const navigate = route.useNavigate();
  const mayRun = useMay("operator");
  const { document, dispatch, plan, data, isChecked } = useLabDocument();
  const run = useRun(runId);
  const control = useControl(runId);
  const [chosen, setChosen] = useState<ChosenNeuron | null>(null);
  const [showsJson, setShowsJson] = useState(false);
  const [drawnClass, setDrawnClass] = useState(1);
  const [showsValidation, setShowsValidation] = useState(true);
  const { present } = document;
  const change: Change = useCallback((to) => dispatch({ kind: "change", to }), [dispatch]);
  const linkProblem = useLinkedDocument(run.experiment, dispatch);

  const known = plan.data ?? null;
  const columns = useMemo(() => columnsOf(present, known), [present, known]);
  const trained = run.experiment?.specification ?? null;
  const isShown = framesNetwork(run.frame, trained, present);
  const frame = isShown ? run.frame : null;
  const isSame = useMemo(
    () => trained !== null && JSON.stringify(trained) === JSON.stringify(present),
    [trained, present],
  );
  const canTrain = isChecked && known !== null && known.problem === null;
  const train = useCallback(
    async (paused: boolean) => {
      const started = await control.attempt(() =>
        client.analytics.training.start({ name: "", specification: present, paused }),
      );
      if (started !== null) void navigate({ search: { run: started.id }, replace: true });
    },
    [control, present, navigate],
  );
  const saveOnnx = () =>
    void control.attempt(async () => {
      const file = await client.analytics.training.onnx({ id: runId ?? "" });
      const bytes = Uint8Array.from(atob(file.base64), (each) => each.codePointAt(0) ?? 0);
      download(file.fileName, new Blob([bytes]));
    });
  useCommands(
    useMemo(
      () => [
        {
          id: "lab:train",
          title: "Train this network",
          group: "This page",
          run: () => void train(false),
        },
        {
          id: "lab:pause",
          title: "Pause training",
          group: "This page",
          run: () => control.command({ action: "pause" }),
        },
        {
          id: "lab:undo",
          title: "Undo the last edit",
          group: "This page",
          run: () => dispatch({ kind: "undo" }),
        },
      ],
      [train, control, dispatch],
    ),
  );
  const isPlane = "features" in present.data;
  const isDigits = present.data.kind === "digits";
  const draw = (x: number, y: number) => {
    if (present.data.kind !== "points") return;
    const points = [...present.data.points, { x, y, label: drawnClass }];
    change({ data: { ...present.data, points } });
  };
  const problem = control.problem ?? run.problem ?? linkProblem;
  return (
    <PageFrame
      title="Training lab"
      health={healthOf(run.experiment)}
      verdict={verdictOf(run.experiment, known)}
    >
      <RunBar
        document={document}
        dispatch={dispatch}
        experiment={run.experiment}
        isSame={isSame}
        canTrain={canTrain}
        mayRun={mayRun}
        onTrain={(paused) => void train(paused)}
        onCommand={control.command}
        onJson={() => setShowsJson(true)}
        onOnnx={saveOnnx}
      />
      {problem !== null && problem !== undefined && (
        <OfflineOr thread="analytics">
          <ProblemView error={problem} />
        </OfflineOr>
      )}
      {known?.problem && (
        <p className={classes.problem} role="alert">
          {known.problem.message}
        </p>
      )}
      <div className={classes.layout}>
        <Panel title="Data">
          <DataPanel
            specification={present}
            onChange={change}
            drawnClass={drawnClass}
            onDrawnClass={setDrawnClass}
            showsValidation={showsValidation}
            onShowsValidation={setShowsValidation}
          />
        </Panel>
        <Panel title="Network">
          <NetworkView
            specification={present}
            columns={columns}
            frame={frame}
            onChange={change}
            onChoose={setChosen}
          />
        </Panel>
        <Panel title={isPlane ? "Answer over the plane" : isDigits ? "Draw a digit" : "Samples"}>
          {isPlane ? (
            <QueryBoundary query={data} thread="analytics">
              {({ points }) => (
                <Surface
                  surface={frame?.surface ?? null}
                  points={points}
                  task={known?.task ?? "classification"}
                  classCount={known?.classes.length ?? 0}
                  showsValidation={showsValidation}
                  onDraw={present.data.kind === "points" ? draw : null}
                />
              )}
            </QueryBoundary>
          ) : isDigits ? (
            <DigitPanel run={isShown ? (runId ?? null) : null} />
          ) : (
            <ul className={classes.rows}>
              {[...new Set(data.data?.rows)].map((row) => (
                <li key={row} className="mono">
                  {row}
                </li>
              ))}
            </ul>
          )}
        </Panel>
      </div>
      <div className={classes.pair}>
        <Panel title="Loss, accuracy, gradients">
          <LiveCurves curve={run.curve} layers={trained?.layers ?? present.layers} />
        </Panel>
        <Panel title="How it learns">
          <SettingsPanel specification={present} onChange={change} />
        </Panel>
      </div>
      <Panel title="Layers">
        <LayerTable
          layers={present.layers}
          plan={known}
          onChange={(layers) => change({ layers: [...layers] })}
        />
      </Panel>
      {run.frames.length > 0 && trained !== null && (
        <Panel title="Weights, gradients and activations over time">
          <Histograms frames={run.frames} layers={trained.layers} />
        </Panel>
      )}
      {run.frame?.confusion && isShown && (
        <Panel title="What is confused">
          <Confusion confusion={run.frame.confusion} labels={known?.classes ?? []} />
        </Panel>
      )}
      <NeuronDrawer
        neuron={chosen}
        frame={frame}
        inputNames={known?.inputs ?? []}
        mayEdit={mayRun}
        onClose={() => setChosen(null)}
        onCommand={control.command}
      />
      <JsonDrawer
        opened={showsJson}
        specification={present}
        onClose={() => setShowsJson(false)}
        onLoad={(specification) => dispatch({ kind: "load", specification })}
      />
    </PageFrame>
  );
}

/** What the address says is loaded once: a network in a link, or that of a run. */
function useLinkedDocument(
  experiment: Experiment | null,
  dispatch: (action: { kind: "load"; specification: Specification }) => void,
): unknown {
  const [problem, setProblem] = useState<unknown>(null);
  const [loaded, setLoaded] = useState<string | null>(null);
  useEffect(() => {
    const read = async () => {
      try {
        const text = await decodeRun(location.hash, specificationLengthMax);
        if (text === null) return;
        const specification = readSpecification(text);
        if (typeof specification === "string") throw new Error(specification);
        dispatch({ kind: "load", specification });
        setLoaded("link");
      } catch (error) {
        setProblem(error);
      }
    };
    void read();
  }, [dispatch]);
  if (experiment !== null && loaded === null) {
    setLoaded(experiment.id);
    dispatch({ kind: "load", specification: experiment.specification });
  }
  return problem;
}

function healthOf(experiment: Experiment | null) {
  if (experiment === null) return "unknown";
  if (experiment.state === "failed") return "failed";
  return experiment.state === "interrupted" ? "degraded" : "healthy";
}

function verdictOf(experiment: Experiment | null, plan: TrainingPlan | null): string {
  if (experiment === null) {
    return plan === null || plan.problem !== null
      ? "This network does not fit yet"
      : `Nothing trained yet: ${plan.parameters.toLocaleString("en-US")} parameters are ready`;
  }
  const { state, result, message } = experiment;
  if (state === "failed") return `Failed: ${message ?? "unknown"}`;
  if (result === null) return `${experiment.name} is ${state}`;
  const accuracy =
    result.validationAccuracy === null
      ? `validation loss ${result.validationLoss?.toPrecision(3) ?? "unknown"}`
      : `validation accuracy ${(100 * result.validationAccuracy).toFixed(1)} %`;
  return `${experiment.name} is ${state}: epoch ${Math.floor(result.epoch)}, ${accuracy}, ${experiment.samplesPerSecond.toLocaleString("en-US")} samples/s`;
}

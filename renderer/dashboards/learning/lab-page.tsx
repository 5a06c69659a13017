/** The training lab: a network drawn, edited, trained in sight and asked. */
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useCommands } from "../../app/commands.ts";
import { download } from "../../components/download.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { AnswerPanel } from "./answer-panel.tsx";
import { DataPanel } from "./data-panel.tsx";
import { CurvesPanel, Evidence } from "./evidence.tsx";
import { JsonDrawer } from "./json-drawer.tsx";
import { LayerTable } from "./layer-table.tsx";
import classes from "./learning.module.css";
import { columnsOf, framesNetwork } from "./network-model.ts";
import { type ChosenNeuron, NetworkView } from "./network-view.tsx";
import { NeuronDrawer } from "./neuron-drawer.tsx";
import { RunBar } from "./run-bar.tsx";
import { SettingsPanel } from "./settings-panel.tsx";
import { type Change, useControl, useLabDocument, useRun } from "./use-lab.ts";
import { useLinkedDocument } from "./use-linked-document.ts";
import { healthOf, verdictOf } from "./verdict.ts";

const route = getRouteApi("/learning/lab");
const noClasses: readonly string[] = [];

export function LabPage(): React.JSX.Element {
  const lab = useLabPage();
  const { document, run, known, control, frame, mayRun, isShown } = lab;
  const { present } = document;
  return (
    <PageFrame
      title="Training lab"
      health={healthOf(run.experiment)}
      verdict={verdictOf(run.experiment, known)}
    >
      <RunBar
        document={document}
        dispatch={lab.dispatch}
        experiment={run.experiment}
        isSame={lab.isSame}
        canTrain={lab.canTrain}
        mayRun={mayRun}
        onTrain={lab.train}
        onCommand={control.command}
        onJson={lab.showJson}
        onOnnx={lab.saveOnnx}
      />
      <Problems error={lab.problem} message={known?.problem?.message ?? null} />
      <Bench lab={lab} />
      <div className={classes.pair}>
        <CurvesPanel run={run} />
        <Panel title="How it learns">
          <SettingsPanel specification={present} onChange={lab.change} />
        </Panel>
      </div>
      <Panel title="Layers">
        <LayerTable layers={present.layers} plan={known} onChange={lab.change} />
      </Panel>
      <Evidence run={run} classes={isShown ? (known?.classes ?? noClasses) : noClasses} />
      <NeuronDrawer
        neuron={lab.chosen}
        frame={frame}
        inputNames={known?.inputs ?? noClasses}
        mayEdit={mayRun}
        onClose={() => lab.choose(null)}
        onCommand={control.command}
      />
      <JsonDrawer
        opened={lab.showsJson}
        specification={present}
        onClose={lab.hideJson}
        onLoad={(specification) => lab.dispatch({ kind: "load", specification })}
      />
    </PageFrame>
  );
}

type Lab = ReturnType<typeof useLabPage>;

/** Data, network and answer side by side. */
function Bench({ lab }: { readonly lab: Lab }) {
  const { document, known, frame, change, columns } = lab;
  const { present } = document;
  const [drawnClass, setDrawnClass] = useState(1);
  const [showsValidation, setShowsValidation] = useState(true);
  const { data } = present;
  const draw = useCallback(
    (x: number, y: number) => {
      if (data.kind !== "points") return;
      change({ data: { ...data, points: [...data.points, { x, y, label: drawnClass }] } });
    },
    [data, change, drawnClass],
  );
  return (
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
          onChoose={lab.choose}
        />
      </Panel>
      <AnswerPanel
        data={data}
        samples={lab.samples}
        plan={known}
        surface={frame?.surface ?? null}
        run={lab.isShown ? (lab.runId ?? null) : null}
        showsValidation={showsValidation}
        onDraw={draw}
      />
    </div>
  );
}

function Problems({
  error,
  message,
}: {
  readonly error: unknown;
  readonly message: string | null;
}) {
  return (
    <>
      {error !== null && error !== undefined && (
        <OfflineOr thread="analytics">
          <ProblemView error={error} />
        </OfflineOr>
      )}
      {message !== null && (
        <p className={classes.problem} role="alert">
          {message}
        </p>
      )}
    </>
  );
}

/** Everything that the page holds: the address, the document, the run, and what can be done. */
function useLabPage() {
  const { run: runId } = route.useSearch();
  const navigate = route.useNavigate();
  const mayRun = useMay("operator");
  const { document, dispatch, plan, data: samples, isChecked } = useLabDocument();
  const run = useRun(runId);
  const { command, attempt, problem } = useControl(runId);
  const [chosen, choose] = useState<ChosenNeuron | null>(null);
  const [showsJson, setShowsJson] = useState(false);
  const { present } = document;
  const change: Change = useCallback((to) => dispatch({ kind: "change", to }), [dispatch]);
  const linkProblem = useLinkedDocument(run.experiment, dispatch);
  const known = plan.data ?? null;
  const columns = useMemo(() => columnsOf(present, known), [present, known]);
  const trained = run.experiment?.specification ?? null;
  const isSame = useMemo(
    () => trained !== null && JSON.stringify(trained) === JSON.stringify(present),
    [trained, present],
  );
  const isShown = isSame || framesNetwork(run.frame, trained, present);
  const train = useCallback(
    async (paused: boolean) => {
      const started = await attempt(() =>
        client.analytics.training.start({ name: "", specification: present, paused }),
      );
      if (started !== null) void navigate({ search: { run: started.id }, replace: true });
    },
    [attempt, present, navigate],
  );
  const saveOnnx = useCallback(
    () =>
      void attempt(async () => {
        const file = await client.analytics.training.onnx({ id: runId ?? "" });
        const bytes = Uint8Array.from(atob(file.base64), (each) => each.codePointAt(0) ?? 0);
        download(file.fileName, new Blob([bytes]));
      }),
    [attempt, runId],
  );
  useCommands(
    useMemo(() => {
      const group = "This page";
      return [
        { id: "lab:train", title: "Train this network", group, run: () => void train(false) },
        {
          id: "lab:pause",
          title: "Pause training",
          group,
          run: () => command({ action: "pause" }),
        },
        {
          id: "lab:undo",
          title: "Undo the last edit",
          group,
          run: () => dispatch({ kind: "undo" }),
        },
      ];
    }, [train, command, dispatch]),
  );
  return {
    runId,
    mayRun,
    document,
    dispatch,
    known,
    samples,
    run,
    columns,
    isSame,
    isShown,
    chosen,
    choose,
    change,
    saveOnnx,
    showsJson,
    control: { command },
    frame: isShown ? run.frame : null,
    canTrain: isChecked && known !== null && known.problem === null,
    problem: problem ?? run.problem ?? linkProblem,
    train: useCallback((paused: boolean) => void train(paused), [train]),
    showJson: useCallback(() => setShowsJson(true), []),
    hideJson: useCallback(() => setShowsJson(false), []),
  };
}

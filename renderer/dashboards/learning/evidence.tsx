/** What the run that is followed shows of itself: curves, histograms, what it confuses. */
import { memo } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { Confusion } from "./digit-panel.tsx";
import { Histograms } from "./histograms.tsx";
import { LiveCurves } from "./live-curves.tsx";
import type { Layer } from "./lab-document.ts";
import type { Run } from "./use-lab.ts";

const none: Layer[] = [];

export const CurvesPanel = memo(function CurvesPanel({ run }: { readonly run: Run }) {
  return (
    <Panel title="Loss, accuracy, gradients">
      <LiveCurves curve={run.curve} layers={run.experiment?.specification.layers ?? none} />
    </Panel>
  );
});

interface EvidenceProps {
  readonly run: Run;
  /** Names of the classes of the network that is shown. */
  readonly classes: readonly string[];
}

export const Evidence = memo(function Evidence({ run, classes }: EvidenceProps) {
  const { experiment, frame, frames } = run;
  if (experiment === null || frame === null) return null;
  const { confusion } = frame;
  return (
    <>
      <Panel title="Weights, gradients and activations over time">
        <Histograms frames={frames} layers={experiment.specification.layers} />
      </Panel>
      {confusion !== null && (
        <Panel title="What is confused">
          <Confusion
            confusion={confusion}
            labels={confusion.map((_, label) => classes[label] ?? String(label))}
          />
        </Panel>
      )}
    </>
  );
});

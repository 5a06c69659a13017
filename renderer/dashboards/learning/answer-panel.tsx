/** What the network answers: over the plane, to a drawing, or the samples that it learns from. */
import { memo } from "react";
import type {
  DataSpecification,
  TrainingFrame,
  TrainingPlan,
} from "../../../workers/analytics/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { DigitPanel } from "./digit-panel.tsx";
import classes from "./learning.module.css";
import { Surface } from "./surface.tsx";
import type { useLabDocument } from "./use-lab.ts";

interface AnswerPanelProps {
  readonly data: DataSpecification;
  readonly samples: ReturnType<typeof useLabDocument>["data"];
  readonly plan: TrainingPlan | null;
  readonly surface: TrainingFrame["surface"];
  /** Of the network that is shown; null: it has not been trained. */
  readonly run: string | null;
  readonly showsValidation: boolean;
  readonly onDraw: (x: number, y: number) => void;
}

export const AnswerPanel = memo(function AnswerPanel(props: AnswerPanelProps) {
  const { data, samples, plan, surface, run, showsValidation, onDraw } = props;
  if (data.kind === "digits") {
    return (
      <Panel title="Draw a digit">
        <DigitPanel run={run} />
      </Panel>
    );
  }
  if (!("features" in data)) {
    return (
      <Panel title="Samples">
        <ul className={classes.rows}>
          {[...new Set(samples.data?.rows)].map((row) => (
            <li key={row} className="mono">
              {row}
            </li>
          ))}
        </ul>
      </Panel>
    );
  }
  return (
    <Panel title="Answer over the plane">
      <QueryBoundary query={samples} thread="analytics">
        {({ points }) => (
          <Surface
            surface={surface}
            points={points}
            task={plan?.task ?? "classification"}
            classCount={plan?.classes.length ?? 0}
            showsValidation={showsValidation}
            onDraw={data.kind === "points" ? onDraw : null}
          />
        )}
      </QueryBoundary>
    </Panel>
  );
});

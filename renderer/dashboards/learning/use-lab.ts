/** What the training lab is about: the document, its plan, and the run that is followed. */
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { startTransition, useCallback, useEffect, useReducer, useRef, useState } from "react";
import type {
  CurvePoint,
  Experiment,
  Specification,
  TrainingControl,
  TrainingFrame,
} from "../../../workers/analytics/contract.ts";
import { client, orpc } from "../../data/client.ts";
import { toProblemError } from "../../data/problem.ts";
import { exampleOf, type LabAction, labReducer } from "./lab-document.ts";

/** How long typing may go on before the network is checked. */
const checkDelayMs = 150;
const framesKeptMax = 120;

export interface Run {
  readonly experiment: Experiment | null;
  readonly frame: TrainingFrame | null;
  readonly curve: readonly CurvePoint[];
  /** The newest frames, for histograms over time. */
  readonly frames: readonly TrainingFrame[];
  readonly problem: unknown;
}

const noRun: Run = { experiment: null, frame: null, curve: [], frames: [], problem: null };

/** @param id of the run to follow; undefined: none yet */
export function useRun(id: string | undefined): Run {
  const [run, setRun] = useState<{ readonly id: string; readonly run: Run } | null>(null);
  useEffect(() => {
    if (id === undefined) return undefined;
    const ending = new AbortController();
    const update = (change: (run: Run) => Run) =>
      startTransition(() => {
        setRun((now) => ({ id, run: change(now?.id === id ? now.run : noRun) }));
      });
    void follow(id, ending.signal, update);
    return () => ending.abort();
  }, [id]);
  return run !== null && run.id === id ? run.run : noRun;
}

async function follow(
  id: string,
  signal: AbortSignal,
  update: (change: (run: Run) => Run) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { experiment, curve, frame } = await client.analytics.training.get({ id }, { signal });
      update((run) => ({
        ...run,
        experiment,
        curve,
        frame,
        frames: frame === null ? [] : [frame],
        problem: null,
      }));
      const events = await client.analytics.training.watch({ id }, { signal });
      for await (const event of events) update((run) => withEvent(run, event));
    } catch (error) {
      if (signal.aborted) return;
      const problem = toProblemError(error);
      update((run) => ({ ...run, problem }));
      if (problem.data.code === "EXPERIMENT_UNKNOWN") return;
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 1_000);
    });
  }
}

function withEvent(
  run: Run,
  { experiment, frame }: { readonly experiment: Experiment; readonly frame: TrainingFrame | null },
): Run {
  const isNew = frame !== null && frame.step !== run.frame?.step;
  const point = experiment.result;
  const curve =
    isNew && point !== null && point.step > (run.curve.at(-1)?.step ?? -1)
      ? [...run.curve, point].slice(-400)
      : run.curve;
  const frames = isNew ? [...run.frames, frame].slice(-framesKeptMax) : run.frames;
  return { experiment, frame, curve, frames, problem: null };
}

/** The document with undo, and its plan from the server. */
export function useLabDocument() {
  const [document, dispatch] = useReducer(labReducer, null, () => ({
    present: exampleOf("spiral"),
    past: [],
    future: [],
  }));
  const checked = useDelayed(document.present, checkDelayMs);
  const plan = useQuery(
    orpc.analytics.training.validate.queryOptions({
      input: { specification: checked },
      staleTime: Infinity,
      placeholderData: keepPreviousData,
    }),
  );
  const data = useQuery({
    ...orpc.analytics.training.data.queryOptions({
      input: { specification: { ...checked, layers: exampleOf("circle").layers } },
      staleTime: Infinity,
      placeholderData: keepPreviousData,
    }),
    // What is wrong with the data is told by the plan.
    enabled: plan.data !== undefined && plan.data.samples.training > 0,
  });
  const isChecked = checked === document.present && !plan.isPlaceholderData;
  return { document, dispatch, plan, data, isChecked };
}

function useDelayed<T>(value: T, delayMs: number): T {
  const [delayed, setDelayed] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setDelayed(value), delayMs);
    return () => clearTimeout(timer);
  }, [value, delayMs]);
  return delayed;
}

export type Change = (to: Partial<Specification>) => void;
export type Dispatch = (action: LabAction) => void;

/** Commands to a run, with the problem of the newest one. */
export function useControl(id: string | undefined) {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<unknown>(null);
  const latest = useRef(id);
  useEffect(() => {
    latest.current = id;
  }, [id]);
  const attempt = useCallback(
    async <T>(work: () => Promise<T>): Promise<T | null> => {
      setProblem(null);
      try {
        const outcome = await work();
        void queries.invalidateQueries({ queryKey: orpc.analytics.training.list.key() });
        return outcome;
      } catch (error) {
        setProblem(toProblemError(error));
        return null;
      }
    },
    [queries],
  );
  const command = useCallback(
    (control: TrainingControl) => {
      const current = latest.current;
      if (current === undefined) return;
      void attempt(() => client.analytics.training.control({ id: current, command: control }));
    },
    [attempt],
  );
  return { command, attempt, problem };
}

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { useCommands } from "../../app/commands.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr, QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { AnswerPanel } from "./answer-panel.tsx";
import { CodeBar } from "./code-bar.tsx";
import { CodePicture } from "./code-picture.tsx";
import classes from "./error-correction.module.css";
import { cycled, drawnErrors, type PlacedError, readErrors, textOfErrors } from "./errors-text.ts";
import { Legend } from "./legend.tsx";
import { pictureOf } from "./picture.ts";
import { TaskList } from "./task-list.tsx";
import { ThresholdPanel } from "./threshold-panel.tsx";

const route = getRouteApi("/playgrounds/error-correction");
const standard = { code: "rotated-surface", distance: 3 } as const;

export function ErrorCorrectionPage(): React.JSX.Element {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [pointsDone, setPointsDone] = useState(0);
  const codes = useQuery(orpc.quantum.codes.queryOptions({ input: {}, staleTime: Infinity }));
  const family = codes.data?.codes.find(({ id }) => id === (search.code ?? standard.code));
  const distance = withinRange(search.distance ?? standard.distance, family?.distances);
  const code = useQuery({
    ...orpc.quantum.codeExperiment.queryOptions({
      input: { id: family?.id ?? standard.code, distance, noise: "code-capacity" },
      staleTime: Infinity,
      placeholderData: keepPreviousData,
    }),
    enabled: family !== undefined,
    select: (data) => data.code,
  });
  const errors = useMemo(() => {
    const read = code.data === undefined ? [] : readErrors(search.errors ?? "", code.data.qubits);
    return typeof read === "string" ? [] : read;
  }, [search.errors, code.data]);
  const decoding = useQuery({
    ...orpc.quantum.decodeErrors.queryOptions({
      input: {
        id: family?.id ?? standard.code,
        distance,
        errors: errors.map((error) => ({ ...error })),
        ...(search.decoder === undefined ? {} : { decoder: search.decoder }),
      },
      staleTime: Infinity,
      placeholderData: keepPreviousData,
    }),
    enabled: code.data !== undefined,
  });
  const change = useCallback(
    (to: Partial<typeof search>) =>
      void navigate({ search: (now) => ({ ...now, ...to }), replace: true }),
    [navigate],
  );
  const place = useCallback(
    (list: readonly PlacedError[]) =>
      change({ errors: list.length === 0 ? undefined : textOfErrors(list) }),
    [change],
  );
  const picture = useMemo(
    () => (code.data === undefined ? null : pictureOf(code.data)),
    [code.data],
  );
  const seesOnlyX = code.data?.seesOnlyX ?? false;
  const qubits = code.data?.qubits ?? 0;
  const draw = useCallback(
    () => place(drawnErrors(qubits, { chance: 0.1, seesOnlyX, draw: Math.random })),
    [place, qubits, seesOnlyX],
  );
  useCommands(
    useMemo(
      () => [
        { id: "codes:clear", title: "Remove all errors", group: "This page", run: () => place([]) },
        { id: "codes:draw", title: "Draw random errors", group: "This page", run: draw },
      ],
      [place, draw],
    ),
  );
  const answer = decoding.isPlaceholderData ? undefined : decoding.data;
  return (
    <PageFrame
      title="Error correction"
      health={answer === undefined ? "unknown" : answer.isCorrected ? "healthy" : "failed"}
      verdict={verdictOf(errors, answer?.isCorrected)}
    >
      <div className={classes.layout}>
        <div className={classes.main}>
          <Panel title="The code and its errors">
            <div className={classes.content}>
              <QueryBoundary query={codes} thread="quantum">
                {({ codes: families }) => (
                  <CodeBar
                    families={families}
                    code={family?.id ?? standard.code}
                    distance={distance}
                    decoder={search.decoder}
                    errorsText={search.errors ?? ""}
                    qubits={qubits}
                    onChange={change}
                    onDraw={draw}
                  />
                )}
              </QueryBoundary>
              {code.error && (
                <OfflineOr thread="quantum">
                  <ProblemView error={code.error} onRetry={() => void code.refetch()} />
                </OfflineOr>
              )}
              {picture !== null && code.data !== undefined && (
                <>
                  <CodePicture
                    picture={picture}
                    label={`${family?.title ?? "Code"}, ${qubits} qubits, distance ${code.data.distance}`}
                    errors={errors}
                    decoding={answer ?? null}
                    onClick={(qubit) => place(cycled(errors, qubit, seesOnlyX))}
                  />
                  <Legend isMixed={picture.checks.some(({ basis }) => basis === "mixed")} />
                </>
              )}
            </div>
          </Panel>
          <ThresholdPanel key={family?.id} code={family ?? null} onProgress={setPointsDone} />
        </div>
        <div className={classes.side}>
          <TaskList
            tried={{
              code: family?.id ?? standard.code,
              distance,
              errors,
              isCorrected: answer?.isCorrected ?? false,
              pointsDone,
            }}
            isKnown={answer !== undefined}
          />
          <Panel title="What the decoder answers">
            <div className={classes.content}>
              {decoding.error && (
                <OfflineOr thread="quantum">
                  <ProblemView error={decoding.error} onRetry={() => void decoding.refetch()} />
                </OfflineOr>
              )}
              {answer !== undefined && <AnswerPanel answer={answer} errors={errors} />}
            </div>
          </Panel>
        </div>
      </div>
    </PageFrame>
  );
}

function verdictOf(errors: readonly PlacedError[], isCorrected: boolean | undefined): string {
  if (errors.length === 0) return "No errors: click a qubit to make one";
  const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
  if (isCorrected === undefined) return `${count}, decoding`;
  return isCorrected ? `${count}, corrected` : `${count}: the correction completes a logical error`;
}

/** The nearest distance that the code has. */
function withinRange(
  distance: number,
  range: { readonly min: number; readonly max: number; readonly step: number } | undefined,
): number {
  if (range === undefined) return distance;
  const bounded = Math.min(range.max, Math.max(range.min, distance));
  return range.min + Math.round((bounded - range.min) / range.step) * range.step;
}

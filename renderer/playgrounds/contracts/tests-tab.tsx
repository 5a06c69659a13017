import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { duration, number, text } from "../../components/format.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, OfflineOr } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { ProblemError, toProblemError } from "../../data/problem.ts";
import { useStore } from "../../data/store.ts";
import type { TestResult } from "./answers.ts";
import { useBench } from "./context.ts";
import { FailureView } from "./explanation-view.tsx";
import { hasErrors, isStale } from "./workshop.ts";
import { Scroller } from "../consensus/scroller.tsx";
import classes from "./workshop.module.css";

/** The tests that the sources have, written in Solidity. */
export function TestsTab() {
  const { workshop } = useBench();
  const snapshot = useStore(workshop.store);
  const mayRun = useMay("operator");
  const [results, setResults] = useState<readonly TestResult[]>([]);
  const [running, setRunning] = useState<AbortController | null>(null);
  const [error, setError] = useState<unknown>(null);
  const latest = useRef<AbortController | null>(null);
  useEffect(() => () => latest.current?.abort(), []);

  const run = async (only?: TestResult) => {
    const ending = new AbortController();
    latest.current = ending;
    setRunning(ending);
    setError(null);
    try {
      const now = workshop.snapshot;
      const known = now.compiled !== null && !isStale(now) ? now.compiled.compilation : null;
      const compilation = known ?? (await workshop.compile());
      if (compilation === null || hasErrors(compilation)) return;
      if (only === undefined) setResults([]);
      const filter = only === undefined ? {} : { filter: `${only.contract}.${only.name}` };
      const events = await client.blockchain.runTests(
        { id: compilation.id, ...filter },
        { signal: ending.signal },
      );
      for await (const event of events) {
        if (event.kind === "failed") throw new ProblemError(event.problem);
        setResults((before) => merged(only === undefined ? [] : before, event.results));
        if (event.kind === "done") {
          workshop.showProfile({
            title: only === undefined ? "All tests" : `${only.contract}.${only.name}`,
            profile: event.profile,
          });
        }
      }
    } catch (failure) {
      if (!ending.signal.aborted) setError(toProblemError(failure));
    } finally {
      setRunning(null);
    }
  };

  const failed = results.filter(({ passed }) => !passed).length;
  const tests = (snapshot.compiled?.compilation.contracts ?? []).reduce(
    (sum, each) => sum + each.tests,
    0,
  );
  return (
    <div className={classes.content}>
      <div className={classes.actions}>
        {running === null ? (
          <Button disabled={!mayRun} onClick={() => void run()}>
            Run all tests
          </Button>
        ) : (
          <Button variant="default" onClick={() => running.abort()}>
            Stop tests
          </Button>
        )}
        <span role="status">
          {results.length > 0 &&
            `${results.length - failed} passed, ${failed} failed${running === null ? "" : ", running"}`}
        </span>
      </div>
      {error !== null && (
        <OfflineOr thread="blockchain">
          <ProblemView error={error} />
        </OfflineOr>
      )}
      {results.length === 0 && running === null && error === null && (
        <EmptyView>
          <p>
            {snapshot.compiled !== null && tests === 0
              ? 'The sources have no tests: a test is a function test… of a contract that is a Test of "lab/Test.sol".'
              : "No test was run yet."}
          </p>
        </EmptyView>
      )}
      <ul className={classes.tests} aria-label="Tests">
        {results.map((result) => (
          <li key={`${result.contract}.${result.name}`}>
            <div className={classes.deedHead}>
              <StatusMark
                health={result.passed ? "healthy" : "failed"}
                word={result.passed ? "passed" : "failed"}
              />
              <span className="mono">
                {result.contract}.{result.name}
              </span>
              <span className="soft">
                {number(result.gasUsed)} gas, {text(duration(result.durationMs))}
              </span>
              <Button
                size="compact-xs"
                variant="subtle"
                aria-label={`Run again ${result.name}`}
                disabled={!mayRun || running !== null}
                onClick={() => void run(result)}
              >
                Run again
              </Button>
            </div>
            {result.console.length > 0 && (
              <Scroller className={classes.code} label={`Console of ${result.name}`}>
                {result.console.join("\n")}
              </Scroller>
            )}
            {result.failure !== null && <FailureView failure={result.failure} />}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The new results in the places of the same tests before. */
function merged(before: readonly TestResult[], news: readonly TestResult[]): TestResult[] {
  const keyOf = ({ contract, name }: TestResult) => `${contract}.${name}`;
  const all = new Map([...before, ...news].map((result) => [keyOf(result), result]));
  return [...all.values()];
}

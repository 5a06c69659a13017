import { Button, Checkbox } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { YamlProblem } from "../../../workers/microservices/contract.ts";
import { lazily } from "../../components/lazily.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, QueryBoundary } from "../../components/query-boundary.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./cluster.module.css";
import { Difference } from "./difference.tsx";
import { type Reference, referenceInput } from "./references.ts";

const CodeEditor = lazily(() => import("../../components/code-editor.tsx"));

export function YamlTab({ object }: { readonly object: Reference }) {
  const query = useQuery({
    ...orpc.microservices.cluster.object.queryOptions({ input: referenceInput(object) }),
    staleTime: 0,
  });
  return (
    <QueryBoundary query={query} thread="microservices">
      {({ yaml }) => <YamlEditor name={object.name} text={yaml} />}
    </QueryBoundary>
  );
}

type Mode = "apply" | "replace";

/** What is tried is shown as a difference before anything is kept. */
export function YamlEditor({ name, text }: { readonly name: string; readonly text: string }) {
  const mayAct = useMay("operator");
  /** null: as it was read. */
  const [edited, setEdited] = useState<string | null>(null);
  const [force, setForce] = useState(false);
  const yaml = edited ?? text;
  const send = useMutation({
    mutationFn: ({ dryRun, mode }: { readonly dryRun: boolean; readonly mode: Mode }) =>
      client.microservices.cluster.apply({ yaml, dryRun, mode, force }),
    onSuccess: async ({ dryRun, problems, refusal }) => {
      if (dryRun || problems.length > 0 || refusal !== null) return;
      await queryClient.invalidateQueries({ queryKey: orpc.microservices.key() });
      setEdited(null);
    },
  });
  const act = (dryRun: boolean, mode: Mode) => () => send.mutate({ dryRun, mode });
  const off = !mayAct || yaml === "";
  return (
    <div className={classes.stack}>
      <Suspense fallback={<LoadingSkeleton rows={8} />}>
        <CodeEditor
          label={`YAML of ${name}`}
          language="yaml"
          value={yaml}
          onChange={setEdited}
          heightMin={240}
          heightMax={420}
        />
      </Suspense>
      <div className={classes.row}>
        <Button variant="default" disabled={off} onClick={act(true, "apply")}>
          Try without keeping
        </Button>
        <Button disabled={off} loading={send.isPending} onClick={act(false, "apply")}>
          Apply
        </Button>
        <Button variant="default" disabled={off} onClick={act(false, "replace")}>
          Replace
        </Button>
        <Checkbox
          label="Take over fields of others"
          checked={force}
          onChange={(event) => setForce(event.currentTarget.checked)}
        />
        {edited !== null && (
          <Button variant="subtle" onClick={() => setEdited(null)}>
            Undo edits
          </Button>
        )}
      </div>
      {send.error && <ProblemView error={send.error} />}
      {send.data && <Result {...send.data} />}
    </div>
  );
}

interface ResultProps {
  readonly dryRun: boolean;
  readonly problems: readonly YamlProblem[];
  readonly refusal: string | null;
  readonly applied: readonly {
    readonly resource: string;
    readonly name: string;
    readonly outcome: string;
    readonly before: string;
    readonly after: string;
  }[];
}

function Result({ dryRun, problems, refusal, applied }: ResultProps) {
  return (
    <section aria-label="Outcome" className={classes.stack}>
      {(problems.length > 0 || refusal !== null) && (
        <div role="alert">
          <h3>Refused: nothing of it was kept</h3>
          <ul className={classes.list}>
            {problems.map(({ line, field, message }) => (
              <li key={`${line} ${field} ${message}`}>
                {line !== null && <strong>Line {line}: </strong>}
                {field !== "" && <span className="mono">{field} </span>}
                {message}
              </li>
            ))}
          </ul>
        </div>
      )}
      {applied.map(({ resource, name, outcome, before, after }) => (
        <div key={`${resource} ${name}`} className={classes.stack}>
          <p role="status">
            {resource}/{name} {outcome}
            {dryRun ? " (dry run: nothing was kept)" : ""}
          </p>
          <Difference name={name} before={before} after={after} />
        </div>
      ))}
    </section>
  );
}

import { Button, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation, type UseQueryResult } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import type { GatewayConfig } from "../../../workers/microservices/contract.ts";
import { lazily } from "../../components/lazily.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, QueryBoundary } from "../../components/query-boundary.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { Difference } from "../cluster/difference.tsx";
import { type Language, languages, readConfig, textOf } from "./config-text.ts";
import classes from "./gateway.module.css";
import { VersionsPanel } from "./versions-panel.tsx";

const CodeEditor = lazily(() => import("../../components/code-editor.tsx"));

interface Current extends GatewayConfig {
  readonly version: number;
}

/** The configuration as a text, tried with its difference before it is kept, and its versions. */
export default function ConfigPanel({
  query,
}: {
  readonly query: UseQueryResult<Current, unknown>;
}) {
  return (
    <QueryBoundary query={query} thread="microservices">
      {(current) => <Editor current={current} />}
    </QueryBoundary>
  );
}

interface Draft {
  readonly text: string;
  readonly note: string;
  /** The version that it was begun on. */
  readonly onVersion: number;
}

interface Outcome {
  readonly applied: boolean;
  readonly version: number;
  readonly warnings: readonly string[];
  readonly before: string;
  readonly after: string;
}

function useSending(current: Current, language: Language, onApplied: () => void) {
  return useMutation({
    mutationFn: async (input: {
      readonly config: GatewayConfig;
      readonly dryRun: boolean;
      readonly note: string;
      readonly onVersion: number;
    }): Promise<Outcome> => {
      const { config, dryRun, note, onVersion } = input;
      const before = textOf(current, language);
      const { routes, policies } = config;
      const answer = await client.microservices.gateway.configure({
        routes,
        policies,
        dryRun,
        note,
        expectedVersion: onVersion,
      });
      return { ...answer, before, after: textOf(config, language) };
    },
    onSuccess: async ({ applied }) => {
      if (!applied) return;
      await queryClient.invalidateQueries({ queryKey: orpc.microservices.gateway.key() });
      onApplied();
    },
  });
}

function Editor({ current }: { readonly current: Current }) {
  const mayAct = useMay("operator");
  const [language, setLanguage] = useState<Language>("yaml");
  /** null: as it is in force. */
  const [draft, setDraft] = useState<Draft | null>(null);
  const text = draft?.text ?? textOf(current, language);
  const { config, problems } = readConfig(text, language);
  const send = useSending(current, language, () => setDraft(null));
  const edit = (next: string, note = draft?.note ?? "") =>
    setDraft({ text: next, note, onVersion: draft?.onVersion ?? current.version });
  const act = (dryRun: boolean) => () => {
    if (config === null) return;
    const { note = "", onVersion = current.version } = draft ?? {};
    send.mutate({ config, dryRun, note, onVersion });
  };
  const off = !mayAct || config === null;
  return (
    <>
      <Panel
        title="Configuration"
        id="configuration"
        tools={
          <SegmentedControl
            aria-label="Language of the configuration"
            value={language}
            disabled={draft !== null && config === null}
            onChange={(next) => {
              if (draft !== null && config !== null) edit(textOf(config, next));
              setLanguage(next);
            }}
            data={languages.map((value) => ({ value, label: value.toUpperCase() }))}
          />
        }
      >
        <div className={classes.padded}>
          <Suspense fallback={<LoadingSkeleton rows={8} />}>
            <CodeEditor
              label="Configuration of the gateway"
              language={language}
              value={text}
              onChange={(next) => edit(next)}
              heightMin={160}
              heightMax={420}
            />
          </Suspense>
          {problems !== null && (
            <div role="alert">
              <h3>This is no configuration yet</h3>
              <ul className={classes.list}>
                {problems.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </div>
          )}
          {draft !== null && draft.onVersion !== current.version && (
            <p role="alert">
              Version {current.version} came into force while this was edited on version{" "}
              {draft.onVersion}.{" "}
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => setDraft({ ...draft, onVersion: current.version })}
              >
                Edit on version {current.version}
              </Button>
            </p>
          )}
          <div className={classes.row}>
            <TextInput
              className={classes.grow ?? ""}
              label="Note for the history"
              maxLength={200}
              value={draft?.note ?? ""}
              onChange={(event) => edit(text, event.currentTarget.value)}
            />
            <Button variant="default" disabled={off} onClick={act(true)}>
              Try without keeping
            </Button>
            <Button disabled={off || draft === null} loading={send.isPending} onClick={act(false)}>
              Apply
            </Button>
            {draft !== null && (
              <Button variant="subtle" onClick={() => setDraft(null)}>
                Undo edits
              </Button>
            )}
          </div>
          {send.error && <ProblemView error={send.error} />}
          {send.data && <Result {...send.data} />}
        </div>
      </Panel>
      <VersionsPanel
        current={current.version}
        onShow={({ version, ...kept }) => edit(textOf(kept, language), `As version ${version}`)}
      />
    </>
  );
}

function Result({ applied, version, warnings, before, after }: Outcome) {
  return (
    <section aria-label="Outcome" className={classes.stack}>
      <p role="status">
        {applied
          ? `Version ${version} is in force.`
          : "The gateway would take it (dry run: nothing was kept)."}
      </p>
      {warnings.length > 0 && (
        <ul className={classes.list} aria-label="Warnings">
          {warnings.map((warning) => (
            <li key={warning}>{warning}</li>
          ))}
        </ul>
      )}
      <Difference name="the configuration" before={before} after={after} />
    </section>
  );
}

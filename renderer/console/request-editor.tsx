import { Button, Select } from "@mantine/core";
import { Link, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { useCommands } from "../app/commands.ts";
import { CopyButton } from "../components/copy-button.tsx";
import { Icon } from "../components/icon.tsx";
import { CodeView } from "../components/code-view.tsx";
import { Panel } from "../components/page-frame.tsx";
import { useLive, useMay } from "../data/hooks.ts";
import { connection, hasToken } from "../data/session.ts";
import { freeProperties, type Operation } from "./catalogue.ts";
import classes from "./console.module.css";
import { ParameterFields } from "./parameter-fields.tsx";
import { buildRequest, hasBody, toCurl } from "./request.ts";
import { ResponseView } from "./response-view.tsx";
import { SchemaView } from "./schema-view.tsx";
import { type Drafts, exampleDraft } from "./use-drafts.ts";
import { useExchange } from "./use-exchange.ts";

interface RequestEditorProps {
  readonly operation: Operation;
  readonly exampleName: string | undefined;
  readonly drafts: Drafts;
}

export function RequestEditor({ operation, exampleName, drafts }: RequestEditorProps) {
  const draft = drafts.of(operation, exampleName);
  const request = buildRequest(operation, draft);
  const { state, pending, send, cancel } = useExchange(operation, draft, request);
  const allowed = useMay(operation.role === "public" ? "viewer" : operation.role);
  const base = useBase();
  const missing = operation.pathParameters.filter((name) => (draft.path[name] ?? "") === "");
  const sendable = missing.length === 0 && !pending;

  useCommands(
    useMemo(
      () => [
        {
          id: "console:send",
          title: "Send the request",
          group: "This page",
          keys: ["mod+Enter"],
          run: () => {
            if (sendable) send();
          },
        },
      ],
      [sendable, send],
    ),
  );

  return (
    <>
      <Panel
        title="Request"
        tools={
          <div className={classes.tools}>
            <ExampleSelect operation={operation} drafts={drafts} selected={exampleName} />
            <CopyButton text={toCurl(base, request, hasToken())} name="Copy as curl" />
            {pending ? (
              <Button color="red" onClick={cancel} leftSection={<Icon name="close" />}>
                Cancel
              </Button>
            ) : (
              <Button
                onClick={send}
                disabled={!sendable}
                leftSection={<Icon name="send" />}
                aria-keyshortcuts="Control+Enter Meta+Enter"
              >
                Send
              </Button>
            )}
          </div>
        }
      >
        <div className={classes.request}>
          <p className={classes.line}>
            <span className={classes.method} data-method={request.method}>
              {request.method}
            </span>{" "}
            <span className="mono">{request.path}</span>
          </p>
          <p className="soft">
            {operation.summary}. {operation.description}{" "}
            {operation.role === "public" ? "Needs no role" : `Needs the role ${operation.role}`}
            {allowed ? "." : ", which you do not have: the server will refuse it."}{" "}
            {operation.streaming && "Answers with a stream of events. "}
            <Link to="/docs" search={{ op: operation.id }}>
              Read the reference
            </Link>
          </p>
          <ParameterFields
            operation={operation}
            draft={draft}
            onChange={(changed) => drafts.set(operation.id, changed)}
          />
          {missing.length > 0 && <p role="status">Fill in {missing.join(", ")} to send.</p>}
          {hasBody(operation) && freeProperties(operation).length > 0 && (
            <CodeView
              label="Request body"
              value={draft.body}
              onChange={(body) => drafts.set(operation.id, { ...draft, body })}
              heightMax={240}
            />
          )}
          <details className={classes.details}>
            <summary>Input and output schema</summary>
            <h3>Input</h3>
            <SchemaView schema={operation.input()} />
            <h3>{operation.streaming ? "Each event" : "Output"}</h3>
            <SchemaView schema={operation.output()} />
          </details>
        </div>
      </Panel>
      <ResponseView state={state} />
    </>
  );
}

function ExampleSelect(props: {
  readonly operation: Operation;
  readonly drafts: Drafts;
  readonly selected: string | undefined;
}) {
  const navigate = useNavigate();
  const names = Object.keys(props.operation.examples);
  const [first] = names;
  if (first === undefined) return null;
  return (
    <Select
      aria-label="Example"
      data={names}
      value={props.selected ?? first}
      allowDeselect={false}
      w={180}
      onChange={(name) => {
        if (name === null) return;
        props.drafts.set(props.operation.id, exampleDraft(props.operation, name));
        void navigate({ to: "/console", search: { op: props.operation.id, example: name } });
      }}
    />
  );
}

/** The address for commands: of the thread that answers here, also inside Electron. */
function useBase(): string {
  const [base, setBase] = useState(location.origin);
  const { receivedAt } = useLive();
  const known = receivedAt !== null;
  useEffect(() => {
    let current = true;
    void connection().then((found) => {
      if (current && known) setBase(found.base);
    });
    return () => {
      current = false;
    };
  }, [known]);
  return base;
}

import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { catalogue } from "../catalogue.ts";
import classes from "../console.module.css";
import type { JsonSchema } from "../json-schema.ts";
import { SchemaView } from "../schema-view.tsx";
import { type DocumentedOperation, type OpenApi, resolveSchema } from "./open-api.ts";

interface OperationReferenceProps {
  readonly operation: DocumentedOperation;
  readonly document: OpenApi;
  /** Whether its fields are shown from the start. */
  readonly chosen: boolean;
}

/** One operation; its fields are drawn when they are asked for, since all of them together are many. */
export function OperationReference({ operation, document, chosen }: OperationReferenceProps) {
  const [opened, setOpened] = useState(chosen);
  const known = catalogue.find(
    ({ method, path }) => method === operation.method && path === operation.path,
  );
  return (
    <Panel
      id={`op-${operation.id}`}
      title={`${operation.method} ${operation.path}`}
      tools={
        known && (
          <Button
            variant="default"
            renderRoot={(props) => <Link {...props} to="/console" search={{ op: known.id }} />}
          >
            Try in console
          </Button>
        )
      }
    >
      <div className={classes.referenceOperation}>
        <p>{operation.summary}</p>
        {operation.description && <p className="soft">{operation.description}</p>}
        {known && (
          <p className="soft">
            {known.role === "public" ? "Needs no role." : `Needs the role ${known.role}.`}
          </p>
        )}
        <details
          className={classes.details}
          open={opened}
          onToggle={({ currentTarget }) => setOpened(currentTarget.open)}
        >
          <summary>Fields and answers</summary>
          {opened && <Fields operation={operation} document={document} />}
        </details>
        {Object.entries(known?.examples ?? {}).map(([name, example]) => (
          <details key={name} className={classes.details}>
            <summary>Example: {name}</summary>
            <pre className={classes.example}>{JSON.stringify(example, null, 2)}</pre>
          </details>
        ))}
      </div>
    </Panel>
  );
}

function Fields({ operation, document }: Omit<OperationReferenceProps, "chosen">) {
  const parameters: JsonSchema = {
    properties: Object.fromEntries(
      (operation.parameters ?? []).map(({ name, schema = {}, description, in: place }) => [
        name,
        { ...resolveSchema(schema, document), description: description ?? `In the ${place}` },
      ]),
    ),
    required: (operation.parameters ?? []).flatMap(({ name, required }) => (required ? name : [])),
  };
  const body = Object.entries(operation.requestBody?.content ?? {});
  const responses = Object.entries(operation.responses ?? {});
  return (
    <>
      {Object.keys(parameters.properties ?? {}).length > 0 && (
        <>
          <h3>Parameters</h3>
          <SchemaView schema={parameters} />
        </>
      )}
      {body.map(([type, { schema }]) => (
        <div key={type}>
          <h3>
            Request body <span className="soft">{type}</span>
          </h3>
          <SchemaView schema={resolveSchema(schema ?? {}, document)} />
        </div>
      ))}
      {responses.map(([status, response]) => (
        <details key={status} className={classes.details}>
          <summary>
            Response {status} {response.description}
          </summary>
          {Object.entries(response.content ?? {}).map(([type, { schema }]) => (
            <div key={type}>
              <h3 className="soft">{type}</h3>
              <SchemaView schema={resolveSchema(schema ?? {}, document)} />
            </div>
          ))}
        </details>
      ))}
    </>
  );
}

import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { Icon } from "../../components/icon.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { localProblem, parseProblem, ProblemError } from "../../data/problem.ts";
import { authorizationHeaders, connection } from "../../data/session.ts";
import classes from "../console.module.css";
import { BreakablePath } from "../operation-list.tsx";
import { type DocumentedOperation, type OpenApi, openApiSchema, operationsOf } from "./open-api.ts";
import { OperationReference } from "./operation-reference.tsx";
import { ProblemReference } from "./problem-reference.tsx";

const route = getRouteApi("/docs");

async function fetchDocument({ signal }: { readonly signal: AbortSignal }): Promise<OpenApi> {
  const { base } = await connection();
  const response = await fetch(new URL("/openapi.json", base), {
    headers: authorizationHeaders(),
    signal,
  });
  const body: unknown = await response.json();
  if (!response.ok) {
    throw new ProblemError(parseProblem(body) ?? localProblem("UNEXPECTED_ANSWER"));
  }
  return openApiSchema.parse(body);
}

export function ReferencePage(): React.JSX.Element {
  const query = useQuery({ queryKey: ["openapi"], queryFn: fetchDocument, staleTime: 60_000 });
  const count = query.data ? operationsOf(query.data).length : null;
  return (
    <PageFrame
      title="API reference"
      verdict={
        query.data
          ? `${count} operations, OpenAPI ${query.data.openapi}, version ${query.data.info.version}`
          : "Read from /openapi.json of this port"
      }
      action={
        <Button component="a" href="/openapi.json" target="_blank" variant="default">
          Open openapi.json
        </Button>
      }
    >
      <QueryBoundary query={query}>{(document) => <Reference document={document} />}</QueryBoundary>
    </PageFrame>
  );
}

function Reference({ document }: { readonly document: OpenApi }) {
  const { op, problem, query = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const operations = useMemo(() => operationsOf(document), [document]);
  const shown = operations.filter((operation) => matches(operation, query));
  const groups = [...new Set(shown.map(({ group }) => group))];

  useEffect(() => {
    if (op !== undefined) window.document.getElementById(`op-${op}`)?.scrollIntoView();
  }, [op]);

  return (
    <div className={classes.reference}>
      <Panel title="Operations">
        <nav aria-label="Operations" className={classes.list}>
          <TextInput
            aria-label="Search the reference"
            placeholder="Search the reference"
            value={query}
            leftSection={<Icon name="search" />}
            onChange={(event) => {
              const text = event.currentTarget.value;
              void navigate({ search: text === "" ? {} : { query: text }, replace: true });
            }}
          />
          {groups.map((group) => (
            <section key={group} aria-label={group}>
              <h3>{group}</h3>
              <ul>
                {shown
                  .filter((operation) => operation.group === group)
                  .map((operation) => (
                    <li key={operation.id}>
                      <Link
                        to="/docs"
                        search={(previous) => ({ ...previous, op: operation.id })}
                        resetScroll={false}
                        className={classes.operation}
                        aria-current={operation.id === op ? "true" : undefined}
                      >
                        <span className={classes.method} data-method={operation.method}>
                          {operation.method}
                        </span>
                        <span className={classes.path}>
                          <BreakablePath path={operation.path} />
                        </span>
                      </Link>
                    </li>
                  ))}
              </ul>
            </section>
          ))}
        </nav>
      </Panel>
      <div className={classes.referenceBody}>
        {query === "" && <ProblemReference problems={document["x-problems"]} selected={problem} />}
        {shown.length === 0 && (
          <EmptyView>
            <p>No operation matches “{query}”.</p>
          </EmptyView>
        )}
        {shown.map((operation) => (
          <OperationReference
            // Choosing it opens it, also after it was closed by hand.
            key={`${operation.id} ${operation.id === op}`}
            operation={operation}
            document={document}
            chosen={operation.id === op}
          />
        ))}
      </div>
    </div>
  );
}

function matches(operation: DocumentedOperation, query: string): boolean {
  const { method, path, summary, description, id, group } = operation;
  const text = [method, path, summary, description, id, group].join(" ").toLowerCase();
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

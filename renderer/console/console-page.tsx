import { getRouteApi } from "@tanstack/react-router";
import { useCallback } from "react";
import { EmptyView } from "../components/query-boundary.tsx";
import { PageFrame, Panel } from "../components/page-frame.tsx";
import { catalogue, findOperation } from "./catalogue.ts";
import classes from "./console.module.css";
import { ConsoleHistory } from "./console-history.tsx";
import type { HistoryEntry } from "./history.ts";
import { OperationList } from "./operation-list.tsx";
import { RequestEditor } from "./request-editor.tsx";
import { useDrafts } from "./use-drafts.ts";

const route = getRouteApi("/console");

export function ConsolePage(): React.JSX.Element {
  const { op, example } = route.useSearch();
  const navigate = route.useNavigate();
  const drafts = useDrafts();
  const operation = findOperation(op ?? "platform.state");
  const reopen = useCallback(
    (entry: HistoryEntry) => {
      drafts.set(entry.operation, entry.draft);
      void navigate({ search: { op: entry.operation } });
    },
    [drafts, navigate],
  );
  return (
    <PageFrame
      title="API console"
      verdict={`${catalogue.length} endpoints of this platform, as their contracts describe them`}
    >
      <div className={classes.layout}>
        <Panel title="Endpoints">
          <OperationList selected={operation?.id} />
        </Panel>
        <div className={classes.work}>
          {operation ? (
            <RequestEditor
              key={operation.id}
              operation={operation}
              exampleName={example}
              drafts={drafts}
            />
          ) : (
            <Panel title="Unknown endpoint">
              <EmptyView>
                <p>
                  No endpoint is called <span className="mono">{op}</span>. Choose one from the
                  list.
                </p>
              </EmptyView>
            </Panel>
          )}
          <ConsoleHistory onReopen={reopen} />
        </div>
      </div>
    </PageFrame>
  );
}

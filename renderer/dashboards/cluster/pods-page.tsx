import { ActionIcon, Button, Select, TextInput, Tooltip } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { CopyButton } from "../../components/copy-button.tsx";
import { toCsv } from "../../components/csv.ts";
import { downloadText } from "../../components/download.ts";
import { number } from "../../components/format.ts";
import { Icon } from "../../components/icon.tsx";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { useMay } from "../../data/hooks.ts";
import classes from "./cluster.module.css";
import { DeleteObjects } from "./delete-objects.tsx";
import { ObjectDrawer } from "./object-drawer.tsx";
import { PodGrid } from "./pod-grid.tsx";
import { type PodColumnId, podColumns, type PodView } from "./pod-table.ts";
import { type DrawerTab, kubectlLine, type Reference, referenceText } from "./references.ts";
import { podTable, useFollowPods, useNamespaces, usePodCount, usePodKeys } from "./use-pods.ts";

const route = getRouteApi("/cluster/pods");

function podReference(key: string): Reference {
  const slash = key.indexOf("/");
  return { resource: "pods", namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}

export function PodsPage(): React.JSX.Element {
  const {
    filter = "",
    namespace = null,
    open,
    tab,
    sort = "name",
    desc = false,
  } = route.useSearch();
  const navigate = route.useNavigate();
  const following = useFollowPods();
  const count = usePodCount();
  // Typing goes first; the list follows when there is time for it.
  const wanted = useDeferredValue(filter);
  const view = useMemo<PodView>(
    () => ({ filter: wanted, namespace, sort, descending: desc }),
    [wanted, namespace, sort, desc],
  );
  const keys = usePodKeys(view);
  const [deleting, setDeleting] = useState<readonly Reference[]>([]);
  const change = useCallback(
    (next: Record<string, unknown>) =>
      void navigate({
        search: (search) => ({ ...search, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  const choice = useChoice(keys);
  const onOpen = useCallback(
    (key: string, next?: DrawerTab) =>
      change({ open: referenceText(podReference(key)), ...(next && { tab: next }) }),
    [change],
  );
  const selected = open?.startsWith("pods/") ? open.slice("pods/".length) : null;
  return (
    <PageFrame
      title="Pods"
      live
      health={following.problem === null && count > 0 ? "healthy" : "unknown"}
      verdict={
        podTable.loaded
          ? `${number(count)} pods${keys.length === count ? "" : `, ${number(keys.length)} pass the filter`}`
          : following.problem === null
            ? "Waiting for the list of pods"
            : "The list of pods cannot be had"
      }
    >
      <Panel title="All pods" id="pods">
        <div className={classes.tools}>
          <TextInput
            className={classes.grow}
            aria-label="Filter pods"
            placeholder="Filter: words, status:crash, restarts>3, node:node-7"
            value={filter}
            onChange={(event) => change({ filter: event.currentTarget.value || undefined })}
            leftSection={<Icon name="search" />}
          />
          <NamespacePicker value={namespace} onChange={(value) => change({ namespace: value })} />
          <BulkBar chosen={choice.chosen} onClear={choice.clear} onDelete={setDeleting} />
          <Tooltip label="Export as CSV">
            <ActionIcon
              className={classes.end}
              aria-label="Export pods as CSV"
              onClick={() => exportCsv(keys)}
            >
              <Icon name="download" />
            </ActionIcon>
          </Tooltip>
        </div>
        {following.problem !== null && (
          <OfflineOr thread="microservices">
            <ProblemView error={following.problem} onRetry={following.retry} />
          </OfflineOr>
        )}
        {!podTable.loaded && following.problem === null && <LoadingSkeleton rows={8} />}
        {podTable.loaded && count > 0 && (
          <PodGrid
            keys={keys}
            view={view}
            chosen={choice.chosen}
            selectedKey={selected}
            onSort={(column: PodColumnId) =>
              change({ sort: column, desc: sort === column && !desc ? true : undefined })
            }
            onChoose={choice.choose}
            onChooseAll={choice.chooseAll}
            onOpen={onOpen}
            onDelete={(key) => setDeleting([podReference(key)])}
          />
        )}
        {podTable.loaded && keys.length === 0 && (
          <p className={classes.hint}>
            {count === 0
              ? "No pod runs: apply a deployment under Workloads, or kubectl create deployment web --image=nginx."
              : "No pod passes the filter."}
          </p>
        )}
        <p className={classes.hint}>
          Keys in the list: j and k move, Enter or l logs, e events, y YAML, s shell, d delete.
        </p>
      </Panel>
      <ObjectDrawer
        open={open}
        tab={tab}
        onChange={change}
        onDelete={(object) => setDeleting([object])}
      />
      <DeleteObjects
        objects={deleting}
        onClose={() => {
          setDeleting([]);
          choice.clear();
        }}
      />
    </PageFrame>
  );
}

export function NamespacePicker(props: {
  readonly value: string | null;
  readonly onChange: (value: string | undefined) => void;
}) {
  const namespaces = useNamespaces();
  return (
    <Select
      aria-label="Namespace"
      placeholder="All namespaces"
      clearable
      searchable
      data={[...namespaces]}
      value={props.value}
      onChange={(value) => props.onChange(value ?? undefined)}
    />
  );
}

function BulkBar(props: {
  readonly chosen: ReadonlySet<string>;
  readonly onClear: () => void;
  readonly onDelete: (objects: readonly Reference[]) => void;
}) {
  const mayAct = useMay("operator");
  const { chosen, onClear, onDelete } = props;
  if (chosen.size === 0) return null;
  const objects = [...chosen].map(podReference);
  return (
    <>
      <span role="status">{number(chosen.size)} chosen</span>
      <Button
        variant="default"
        disabled={!mayAct || chosen.size > 500}
        title={chosen.size > 500 ? "At most 500 at once" : undefined}
        onClick={() => onDelete(objects)}
      >
        Delete {number(chosen.size)} pods…
      </Button>
      <CopyButton
        name="Copy kubectl lines"
        text={objects.map((object) => kubectlLine("logs", object)).join("\n")}
      />
      <Button variant="subtle" onClick={onClear}>
        Clear
      </Button>
    </>
  );
}

function useChoice(keys: readonly string[]) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const last = useRef<string | null>(null);
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  }, [keys]);
  const choose = useCallback((key: string, through: boolean) => {
    setChosen((before) => {
      const next = new Set(before);
      const from = through && last.current !== null ? latest.current.indexOf(last.current) : -1;
      const to = latest.current.indexOf(key);
      if (from >= 0) {
        const range = latest.current.slice(Math.min(from, to), Math.max(from, to) + 1);
        for (const each of range) next.add(each);
      } else if (!next.delete(key)) {
        next.add(key);
      }
      return next;
    });
    if (!through) last.current = key;
  }, []);
  return {
    chosen,
    choose,
    chooseAll: (all: boolean) => setChosen(new Set(all ? keys : [])),
    clear: () => setChosen(new Set()),
  };
}

function exportCsv(keys: readonly string[]): void {
  const header = [...podColumns.map((column) => column.header), "Owner"];
  const rows = keys.flatMap((key) => {
    const row = podTable.row(key);
    if (row === undefined) return [];
    return [
      [
        ...podColumns.map(({ id }) =>
          id === "age" ? new Date(row.createdAt).toISOString() : podTable.value(row, id),
        ),
        row.owner,
      ],
    ];
  });
  downloadText("pods.csv", toCsv(header, rows), "text/csv");
}

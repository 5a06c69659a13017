import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { RelativeAge } from "../../components/relative-age.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { useMay } from "../../data/hooks.ts";
import { circuitHealth, instanceHealth } from "../microservices/health.ts";
import { InstanceDrawer } from "./instance-drawer.tsx";
import { RegisterForm } from "./register-form.tsx";
import { useRegistryChanges } from "./registry-changes.ts";
import { countsOf, type RegistryCounts, type RegistryRow } from "./registry-rows.ts";
import classes from "./registry.module.css";
import { ResolvePanel } from "./resolve-panel.tsx";
import { useRegistry } from "./use-registry.ts";

const route = getRouteApi("/cluster/registry");
const chipsMax = 3;

const columns: readonly Column<RegistryRow>[] = [
  { id: "service", header: "Service", value: ({ service }) => service },
  { id: "instance", header: "Instance", value: ({ id }) => id },
  {
    id: "health",
    header: "Check",
    value: ({ health }) => health,
    cell: ({ health }) => <StatusMark health={instanceHealth[health]} word={health} />,
    width: "104px",
  },
  {
    id: "since",
    header: "Since",
    value: ({ healthSince }) => healthSince,
    cell: ({ healthSince }) => <RelativeAge at={healthSince} />,
    width: "104px",
  },
  { id: "why", header: "Why", value: ({ detail }) => detail },
  { id: "address", header: "Address", value: ({ host, port }) => `${host}:${port}` },
  {
    id: "tags",
    header: "Tags",
    value: ({ tagText }) => tagText,
    cell: ({ tags }) => <Chips texts={tags} />,
  },
  {
    id: "metadata",
    header: "Metadata",
    value: ({ metadataText }) => metadataText,
    cell: ({ metadata }) => (
      <Chips texts={Object.entries(metadata).map(([key, value]) => `${key}=${value}`)} />
    ),
  },
  { id: "source", header: "From", value: ({ source }) => source, width: "92px" },
  {
    id: "circuit",
    header: "Circuit",
    value: ({ circuit }) => circuit,
    cell: ({ circuit }) => <StatusMark health={circuitHealth[circuit]} word={circuit} />,
    width: "92px",
  },
];

/** Every service and instance as the registry has it now. */
export function RegistryPage(): React.JSX.Element {
  const { filter = "", instance, name = "" } = route.useSearch();
  const navigate = route.useNavigate();
  const { rows, problem, retry } = useRegistry();
  const list = useMemo(() => [...(rows?.values() ?? [])], [rows]);
  const counts = useMemo(() => countsOf(list), [list]);
  const changes = useRegistryChanges((key) => rows?.get(key));
  const change = useCallback(
    (next: Record<string, unknown>) =>
      void navigate({
        search: (search) => ({ ...search, ...next }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
  return (
    <PageFrame title="Service registry" live {...verdictOf(rows === null ? null : counts)}>
      <Panel title="Services and instances" id="instances">
        <LastChange changes={changes} />
        {problem !== null && (
          <OfflineOr thread="microservices">
            <ProblemView error={problem} onRetry={retry} />
          </OfflineOr>
        )}
        {rows === null && problem === null && <LoadingSkeleton rows={8} />}
        {rows !== null && (
          <DataTable
            label="Registered instances"
            columns={columns}
            rows={list}
            rowKey={({ key }) => key}
            onOpen={({ key }) => change({ instance: key })}
            selectedKey={instance}
            filter={{ value: filter, onChange: (next) => change({ filter: next || undefined }) }}
            heightMax={520}
            empty="No instance yet: register one below, or kubectl create deployment web --image=nginx."
          />
        )}
        <p className={classes.hint}>
          Filters: health:critical, tags:canary, metadata:version=2, service:shop; words are looked
          for everywhere.
        </p>
      </Panel>
      <div className={classes.columns}>
        <ResolvePanel name={name} onChange={(next) => change({ name: next || undefined })} />
        <RegisterForm register={changes.register} />
      </div>
      <InstanceDrawer
        row={instance === undefined ? undefined : rows?.get(instance)}
        isKnown={rows !== null}
        instance={instance}
        onClose={() => change({ instance: undefined })}
        onDeregister={(row) =>
          changes.deregister.mutate(row, { onSuccess: () => change({ instance: undefined }) })
        }
        onResolve={(next) => change({ name: next, instance: undefined })}
      />
    </PageFrame>
  );
}

function verdictOf(counts: RegistryCounts | null) {
  if (counts === null) {
    return { health: "unknown", verdict: "Waiting for the registry" } as const;
  }
  const { services, instances, byHealth } = counts;
  const said = `${number(instances)} ${instances === 1 ? "instance" : "instances"} of ${number(services)} ${services === 1 ? "service" : "services"}`;
  const bad = [
    byHealth.critical > 0 ? `${number(byHealth.critical)} critical` : "",
    byHealth.warning > 0 ? `${number(byHealth.warning)} warning` : "",
    byHealth.unchecked > 0 ? `${number(byHealth.unchecked)} unchecked` : "",
  ].filter((words) => words !== "");
  const health =
    byHealth.critical > 0
      ? "failed"
      : byHealth.warning > 0
        ? "degraded"
        : instances === 0
          ? "unknown"
          : "healthy";
  const figure = (label: string, count: number, note: string) => ({
    label,
    quantity: { value: number(count), unit: "" },
    note,
    evidence: "instances",
  });
  return {
    health,
    verdict: `${said}${bad.length === 0 ? (instances === 0 ? "" : ", all passing") : `: ${bad.join(", ")}`}`,
    figures: [
      figure("Services", services, "with an instance"),
      figure("Passing", byHealth.passing, "of all instances"),
      figure("Warning", byHealth.warning, "still asked; 0 is normal"),
      figure("Critical", byHealth.critical, "not asked; 0 is normal"),
      figure("Unchecked", byHealth.unchecked, "not asked before their first check"),
    ],
  } as const;
}

function LastChange({ changes }: { readonly changes: ReturnType<typeof useRegistryChanges> }) {
  const mayAct = useMay("operator");
  const { last, undo } = changes;
  if (last === null) return null;
  return (
    <p className={classes.undo} role="status">
      {last.sentence}
      <Button
        variant="default"
        size="compact-xs"
        disabled={!mayAct}
        loading={undo.isPending}
        onClick={() => undo.mutate(last)}
      >
        {last.undoWord}
      </Button>
    </p>
  );
}

function Chips({ texts }: { readonly texts: readonly string[] }) {
  const beyond = texts.length - chipsMax;
  return (
    <span className={classes.chips} title={texts.join(", ")}>
      {texts.slice(0, chipsMax).map((each) => (
        <span key={each} className={classes.chip}>
          {each}
        </span>
      ))}
      {beyond > 0 && <span className="soft">+{beyond}</span>}
    </span>
  );
}

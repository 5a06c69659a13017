import { useMemo, useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { LoadingSkeleton, OfflineOr } from "../../components/query-boundary.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { radiusInWords, radiusOf } from "./blast-radius.ts";
import { ChaosForm, type ChaosProps } from "./chaos-form.tsx";
import classes from "./cluster.module.css";
import type { PodRow, PodView } from "./pod-table.ts";
import { podTable, useFollowPods, usePodKeys, usePodRow } from "./use-pods.ts";

const everyPod: PodView = { filter: "", namespace: null, sort: "name", descending: false };

type Choice = PodRow & { readonly zone: string };

const columns: readonly Column<Choice>[] = [
  { id: "namespace", header: "Namespace", value: ({ namespace }) => namespace },
  { id: "name", header: "Pod", value: ({ name }) => name },
  { id: "workload", header: "Workload", value: ({ owner }) => owner },
  { id: "node", header: "Node", value: ({ node }) => node },
  { id: "zone", header: "Zone", value: ({ zone }) => zone },
  {
    id: "status",
    header: "Status",
    value: ({ status }) => status,
    cell: ({ key }) => <LiveStatus podKey={key} />,
  },
];

interface ChaosPodsProps extends ChaosProps {
  readonly zoneOf: ReadonlyMap<string, string>;
}

/** A pod is picked from the list of all of them. */
export function ChaosPods({ mayAct, busy, onInject, zoneOf }: ChaosPodsProps) {
  const following = useFollowPods();
  // The same array until a pod comes or goes: the list is not made anew for a reading.
  const keys = usePodKeys(everyPod);
  const rows = useMemo(
    () =>
      keys.flatMap((key): Choice[] => {
        const row = podTable.row(key);
        return row === undefined ? [] : [{ ...row, zone: zoneOf.get(row.node) ?? "" }];
      }),
    [keys, zoneOf],
  );
  const [chosen, setChosen] = useState<string | null>(null);
  const pod = usePodRow(chosen ?? "");
  return (
    <ChaosForm
      title="Kill a pod"
      effect="Its process ends at once, without a grace; its controller makes another. Pick one from the list."
      radius={
        pod === undefined
          ? null
          : radiusInWords(radiusOf(podTable.rows(), ({ key }) => key === pod.key))
      }
      verb={pod === undefined ? "Kill pod" : `Kill ${pod.name}`}
      off={!mayAct || pod === undefined}
      busy={busy}
      onSubmit={() =>
        pod !== undefined && onInject({ kind: "kill-pod", namespace: pod.namespace, pod: pod.name })
      }
    >
      <div className={classes.whole}>
        {following.problem !== null && (
          <OfflineOr thread="microservices">
            <ProblemView error={following.problem} onRetry={following.retry} />
          </OfflineOr>
        )}
        {!podTable.loaded && following.problem === null && <LoadingSkeleton rows={4} />}
        {podTable.loaded && (
          <DataTable
            label="Pods to kill"
            columns={columns}
            rows={rows}
            rowKey={({ key }) => key}
            onOpen={({ key }) => setChosen(key)}
            selectedKey={pod?.key}
            heightMax={260}
            empty="No pod runs: kubectl create deployment web --image=nginx makes one."
          />
        )}
      </div>
    </ChaosForm>
  );
}

function LiveStatus({ podKey }: { readonly podKey: string }) {
  return usePodRow(podKey)?.status ?? "gone";
}

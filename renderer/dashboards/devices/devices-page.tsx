import { Button } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { Devices } from "../../../workers/analytics/contract.ts";
import type { FigureProps } from "../../components/figure.tsx";
import { percent, text } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { client, orpc } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { useMay } from "../../data/hooks.ts";
import { useRefresh } from "../analytics/use-refresh.ts";
import classes from "./devices.module.css";
import { KernelPanel } from "./kernel-panel.tsx";
import { MachinePanel } from "./machine-panel.tsx";
import { MeasurementsPanel, SpeedPanel } from "./measurements-panel.tsx";

/** What computes here, how fast and how exactly, and a place to try kernels. */
export function DevicesPage(): React.JSX.Element {
  const mayRun = useMay("operator");
  const refetchInterval = useRefresh();
  const query = useQuery(orpc.analytics.devices.get.queryOptions({ input: {}, refetchInterval }));
  const measure = useMutation({
    mutationFn: () => client.analytics.devices.measure({}),
    onSuccess: () => void query.refetch(),
  });
  const devices = query.data;
  const isMeasuring = (devices?.running ?? null) !== null;
  return (
    <PageFrame
      title="Devices"
      health={devices === undefined ? "unknown" : healthOf(devices)}
      verdict={devices === undefined ? "Asking what this machine has" : verdictOf(devices)}
      figures={devices === undefined ? [] : figuresOf(devices)}
      action={
        <Button
          disabled={!mayRun}
          loading={measure.isPending || isMeasuring}
          onClick={() => measure.mutate()}
        >
          {devices?.measured ? "Measure again" : "Measure"}
        </Button>
      }
    >
      {measure.error !== null && <ProblemView error={measure.error} />}
      <QueryBoundary query={query} thread="analytics">
        {(data) => (
          <div className={classes.page}>
            {data.measured === null ? (
              <div className={classes.two}>
                <Panel title="Measurements" id="measurements">
                  <EmptyView>
                    <p>
                      {data.running === null
                        ? "“Measure” tries every backend on every operation, in a thread of its own."
                        : data.running.message}
                    </p>
                  </EmptyView>
                </Panel>
                <MachinePanel devices={data} />
              </div>
            ) : (
              <>
                <div className={classes.two}>
                  <SpeedPanel measured={data.measured} />
                  <MachinePanel devices={data} />
                </div>
                <MeasurementsPanel measured={data.measured} />
              </>
            )}
          </div>
        )}
      </QueryBoundary>
      <KernelPanel mayRun={mayRun} />
    </PageFrame>
  );
}

function healthOf({ measured }: Devices): Health {
  if (measured === null) return "unknown";
  const isWrong = measured.measurements.some(({ verdict }) => verdict === "wrong");
  return isWrong ? "degraded" : "healthy";
}

function verdictOf({ measured, running }: Devices): string {
  if (running !== null) return `${running.message} (${text(percent(running.fraction))})`;
  if (measured === null) return "Nothing has been measured on this machine yet";
  const counts = new Map<string, number>();
  for (const { backend } of measured.chosen) counts.set(backend, (counts.get(backend) ?? 0) + 1);
  const chosen = [...counts].toSorted(([, a], [, b]) => b - a);
  const words = chosen.map(([backend, count]) => `${backend} for ${count}`).join(", ");
  return `Chosen by measured speed among what is right: ${words} of ${measured.chosen.length} operations`;
}

function figuresOf({ measured, machine }: Devices): FigureProps[] {
  if (measured === null) return [];
  const right = measured.measurements.filter(({ verdict }) => verdict === "right");
  const product = right
    .filter(({ operation }) => operation === "product")
    .toSorted((a, b) => (b.gigaflops ?? 0) - (a.gigaflops ?? 0))[0];
  const refused = measured.measurements.length - right.length;
  const available = measured.backends.filter((each) => each.available).length;
  return [
    {
      label: "Fastest product",
      quantity: product?.gigaflops
        ? { value: product.gigaflops.toFixed(1), unit: "GFLOP/s" }
        : null,
      note: product ? `${product.backend}, ${product.size}` : "none is right",
      evidence: "speed",
    },
    {
      label: "Backends",
      quantity: { value: String(available), unit: `of ${measured.backends.length}` },
      note: "available on this machine",
      evidence: "machine",
    },
    {
      label: "Not chosen for a fault",
      quantity: { value: String(refused), unit: "measurements" },
      note: "wrong, too slow or failed",
      evidence: "measurements",
    },
    {
      label: "Cores",
      quantity: { value: String(machine.cores), unit: "" },
      note: machine.simd ? "with 128-bit SIMD in WebAssembly" : "without SIMD in WebAssembly",
      evidence: "machine",
    },
  ];
}

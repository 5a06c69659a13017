import { SegmentedControl } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import type { PlatformState } from "../../../workers/service/contract.ts";
import { windows } from "../../app/search-params.ts";
import { duration, text } from "../../components/format.ts";
import { PageFrame } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { platformHealth } from "../../data/health.ts";
import { useLive } from "../../data/hooks.ts";
import { LifecycleEvents } from "../components/lifecycle-events.tsx";
import classes from "./overview.module.css";
import { overviewFigures } from "./overview-figures.ts";
import { OverviewCharts } from "./overview-charts.tsx";
import { Topology } from "./topology.tsx";

const route = getRouteApi("/");

export function OverviewPage(): React.JSX.Element {
  const { state, samples } = useLive();
  const { window = "1m", view = "graph" } = route.useSearch();
  const navigate = route.useNavigate();
  if (state === null) {
    return (
      <PageFrame title="System" verdict="Waiting for the first state of the platform">
        <LoadingSkeleton rows={6} />
      </PageFrame>
    );
  }
  const verdict = platformHealth(state);
  return (
    <PageFrame
      title="System"
      live
      health={verdict.health}
      verdict={
        <>
          {verdict.sentence}, <Uptime state={state} />
        </>
      }
      action={
        <SegmentedControl
          aria-label="Time range of the charts"
          value={window}
          onChange={(value) =>
            void navigate({ search: (search) => ({ ...search, window: value }), replace: true })
          }
          data={Object.keys(windows).map((name) => ({
            value: name as keyof typeof windows,
            label: name.replace("m", " min"),
          }))}
        />
      }
      figures={overviewFigures(state, samples)}
    >
      <OverviewCharts state={state} samples={samples} windowMs={windows[window]} />
      <div className={classes.lower}>
        <Topology
          state={state}
          view={view}
          onView={(value) =>
            void navigate({ search: (search) => ({ ...search, view: value }), replace: true })
          }
        />
        <LifecycleEvents heightMax={300} />
      </div>
    </PageFrame>
  );
}

function Uptime({ state }: { readonly state: PlatformState }) {
  const host = state.host === "electron" ? "desktop" : "headless";
  return (
    <>
      up {text(duration(Math.max(0, state.at - state.startedAt)))}, version {state.version}, {host},{" "}
      {state.ephemeral ? "data in memory only" : "data kept on disk"}
    </>
  );
}

import { Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense } from "react";
import { lazily } from "../../components/lazily.ts";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { ChecksTab } from "./checks-tab.tsx";
import type { Frame } from "./engine.worker.ts";
import { EventsTab } from "./events-tab.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { LessonsTab } from "./lessons-tab.tsx";
import { NodesTab } from "./nodes-tab.tsx";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./details.module.css";
import { SequenceTab } from "./sequence-tab.tsx";
import { type PlaygroundTab, playgroundTabs } from "./tabs.ts";

const route = getRouteApi("/playgrounds/consensus");
const AlgorithmTab = lazily(() => import("./algorithm-tab.tsx"));
const CompareTab = lazily(() => import("./compare-tab.tsx"));

export interface TabProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
  readonly frame: Frame;
}

const titles: Record<PlaygroundTab, string> = {
  nodes: "Nodes",
  events: "Events",
  sequence: "Sequence",
  history: "History",
  checks: "Checks",
  lessons: "Lessons",
  algorithm: "Your algorithm",
  compare: "Forks and compare",
};

/** The run in detail; only the open tab asks the engine for anything. */
export function Details(props: TabProps & { readonly tab: PlaygroundTab }) {
  const { tab, ...rest } = props;
  const navigate = route.useNavigate();
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      className={classes.details ?? ""}
      onChange={(next) =>
        void navigate({
          to: ".",
          search: (before) => ({ ...before, tab: next as PlaygroundTab }),
          hash: true,
          replace: true,
          resetScroll: false,
          hashScrollIntoView: false,
        })
      }
    >
      <Tabs.List>
        {playgroundTabs.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {titles[each]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab}>
        <Suspense fallback={<LoadingSkeleton rows={4} />}>
          <Content tab={tab} {...rest} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}

function Content({ tab, ...props }: TabProps & { readonly tab: PlaygroundTab }) {
  switch (tab) {
    case "events":
      return <EventsTab {...props} />;
    case "sequence":
      return <SequenceTab {...props} />;
    case "history":
      return <HistoryTab {...props} />;
    case "checks":
      return <ChecksTab {...props} />;
    case "lessons":
      return <LessonsTab {...props} />;
    case "algorithm":
      return <AlgorithmTab {...props} />;
    case "compare":
      return <CompareTab {...props} />;
    default:
      return <NodesTab {...props} />;
  }
}

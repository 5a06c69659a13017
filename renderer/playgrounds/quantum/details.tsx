import { Tabs } from "@mantine/core";
import { Suspense, memo } from "react";
import { lazily } from "../../components/lazily.ts";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { CountsTab } from "./counts-tab.tsx";
import { ExamplesTab } from "./examples-tab.tsx";
import { GatesTab } from "./gates-tab.tsx";
import { KeysTab } from "./keys-tab.tsx";
import { LessonsTab } from "./lessons-tab.tsx";
import { ListTab } from "./list-tab.tsx";
import { ParametersTab } from "./parameters-tab.tsx";
import type { Playground } from "./playground.ts";
import { QubitsTab } from "./qubits-tab.tsx";
import classes from "../consensus/details.module.css";
import { StateTab } from "./state-tab.tsx";
import { type CircuitTab, circuitTabs } from "./tabs.ts";

const TextTab = lazily(() => import("./text-tab.tsx"));

const titles: Record<CircuitTab, string> = {
  state: "State",
  qubits: "Qubits",
  counts: "Counts",
  text: "OpenQASM",
  parameters: "Parameters",
  gates: "Own gates",
  list: "List",
  examples: "Examples",
  lessons: "Lessons",
  keys: "Keys",
};

interface DetailsProps {
  readonly playground: Playground;
  readonly tab: CircuitTab;
  readonly onTab: (tab: CircuitTab) => void;
  /** A lesson points here. */
  readonly look: boolean;
}

export const Details = memo(function Details({ tab, onTab, look, ...rest }: DetailsProps) {
  return (
    <Tabs
      value={tab}
      keepMounted={false}
      className={classes.details ?? ""}
      data-look={look || undefined}
      onChange={(next) => onTab(next as CircuitTab)}
    >
      <Tabs.List>
        {circuitTabs.map((each) => (
          <Tabs.Tab key={each} value={each}>
            {titles[each]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={tab} data-shown={tab === "state" || tab === "qubits" || undefined}>
        <Suspense fallback={<LoadingSkeleton rows={4} />}>
          <Content tab={tab} {...rest} />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
});

function Content({ tab, ...props }: Omit<DetailsProps, "onTab" | "look">) {
  switch (tab) {
    case "qubits":
      return <QubitsTab {...props} />;
    case "counts":
      return <CountsTab {...props} />;
    case "text":
      return <TextTab {...props} />;
    case "parameters":
      return <ParametersTab {...props} />;
    case "gates":
      return <GatesTab {...props} />;
    case "list":
      return <ListTab {...props} />;
    case "examples":
      return <ExamplesTab {...props} />;
    case "lessons":
      return <LessonsTab {...props} />;
    case "keys":
      return <KeysTab />;
    default:
      return <StateTab {...props} />;
  }
}

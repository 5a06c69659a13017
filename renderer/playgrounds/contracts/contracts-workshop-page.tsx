import { Button, Tabs } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { PageFrame } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { abbreviate } from "../../components/format.ts";
import { useMay } from "../../data/hooks.ts";
import { useStore } from "../../data/store.ts";
import { ActivityTab } from "./activity-tab.tsx";
import { type Bench, BenchContext, useTools } from "./context.ts";
import { ContractsTab } from "./contracts-tab.tsx";
import { DebugTab } from "./debug-tab.tsx";
import { DeployTab } from "./deploy-tab.tsx";
import { GasTab } from "./gas-tab.tsx";
import { SourcePane } from "./source-pane.tsx";
import { tabTitles, type WorkshopTab, workshopTabs } from "./tabs.ts";
import { TestsTab } from "./tests-tab.tsx";
import { Toolbar } from "./toolbar.tsx";
import { useAddress } from "./use-address.ts";
import { useWorkshopCommands } from "./use-commands.ts";
import { isStale, type Snapshot } from "./workshop.ts";
import classes from "./workshop.module.css";

const route = getRouteApi("/blockchain/contracts");

export function ContractsWorkshopPage(): React.JSX.Element {
  const tools = useTools();
  const { tab = "deploy", contract } = route.useSearch();
  const navigate = route.useNavigate();
  const snapshot = useStore(tools.workshop.store);
  const mayRun = useMay("operator");
  const change = useCallback(
    (to: { tab?: WorkshopTab; contract?: string | undefined; debug?: string | undefined }) =>
      void navigate({ search: (now) => ({ ...now, ...to }), replace: true, resetScroll: false }),
    [navigate],
  );
  const bench = useMemo(
    (): Bench => ({
      ...tools,
      showTab: (next) => change({ tab: next }),
      showContract: (address) => change({ contract: address }),
      debug: (title, source, compilations) => {
        tools.debugger.open(title, source, compilations);
        change({ tab: "debug", debug: source.kind === "transaction" ? source.hash : undefined });
      },
      endDebug: () => {
        tools.debugger.close();
        change({ debug: undefined });
      },
    }),
    [tools, change],
  );
  const { open, problem } = useAddress(tools, (hash) => `transaction ${abbreviate(hash)}`);
  const onKey = useWorkshopCommands(bench);
  return (
    <BenchContext value={bench}>
      <PageFrame
        title="Contracts workshop"
        health={healthOf(snapshot)}
        verdict={verdictOf(snapshot)}
        action={
          snapshot.stage === null ? (
            <Button disabled={!mayRun} onClick={() => void tools.workshop.compile()}>
              Compile
            </Button>
          ) : (
            <Button variant="default" onClick={() => tools.workshop.cancel()}>
              Cancel compile
            </Button>
          )
        }
      >
        <Toolbar onOpen={open} />
        {problem !== null && (
          <OfflineOr thread="blockchain">
            <ProblemView error={problem} />
          </OfflineOr>
        )}
        <div className={classes.layout}>
          <SourcePane onKey={onKey} />
          <Tabs
            className={classes.side}
            value={tab}
            keepMounted={false}
            onChange={(next) => change({ tab: (next ?? "deploy") as WorkshopTab })}
          >
            <Tabs.List aria-label="Workshop">
              {workshopTabs.map((each) => (
                <Tabs.Tab key={each} value={each}>
                  {tabTitles[each]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="deploy">
              <DeployTab />
            </Tabs.Panel>
            <Tabs.Panel value="contracts">
              <ContractsTab address={contract} />
            </Tabs.Panel>
            <Tabs.Panel value="activity">
              <ActivityTab />
            </Tabs.Panel>
            <Tabs.Panel value="debug">
              <DebugTab />
            </Tabs.Panel>
            <Tabs.Panel value="gas">
              <GasTab />
            </Tabs.Panel>
            <Tabs.Panel value="tests">
              <TestsTab />
            </Tabs.Panel>
          </Tabs>
        </div>
      </PageFrame>
    </BenchContext>
  );
}

function healthOf({ compiled, problem }: Snapshot) {
  if (problem !== null) return "failed";
  if (compiled === null) return "unknown";
  const { diagnostics } = compiled.compilation;
  if (diagnostics.some(({ severity }) => severity === "error")) return "failed";
  return diagnostics.some(({ severity }) => severity === "warning") ? "degraded" : "healthy";
}

function verdictOf(snapshot: Snapshot): string {
  const { compiled, stage, problem } = snapshot;
  if (stage !== null) return `Compiling: ${stage}`;
  if (problem !== null) return problem.data.title;
  if (compiled === null) return "Not compiled yet";
  if (isStale(snapshot)) return "Changed since the last compile";
  const { diagnostics, contracts } = compiled.compilation;
  const count = (severity: string) => {
    const found = diagnostics.filter((each) => each.severity === severity).length;
    return `${found} ${severity}${found === 1 ? "" : "s"}`;
  };
  return diagnostics.some(({ severity }) => severity === "error")
    ? `${count("error")}, ${count("warning")}`
    : `Compiled ${contracts.length} ${contracts.length === 1 ? "contract" : "contracts"}, ${count("warning")}`;
}

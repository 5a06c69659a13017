import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { useCommands } from "../../app/commands.ts";
import { PageFrame } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import { CircuitGrid } from "./circuit-grid.tsx";
import { Details } from "./details.tsx";
import { keyActions } from "./grid-keys.ts";
import { LessonPanel } from "./lesson-panel.tsx";
import { Palette } from "./palette.tsx";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./playground.module.css";
import { bytesText, Side } from "./side.tsx";
import { type CircuitTab, circuitTabs } from "./tabs.ts";
import { copyLink, Toolbar } from "./toolbar.tsx";
import { Transport } from "./transport.tsx";
import { usePlayground } from "./use-playground.ts";

const route = getRouteApi("/playgrounds/quantum");

export function QuantumPlaygroundPage(): React.JSX.Element {
  const playground = usePlayground();
  const snapshot = useStore(playground.store);
  const { tab = "state" } = route.useSearch();
  const navigate = route.useNavigate();
  const onTab = useCallback(
    (next: CircuitTab) =>
      void navigate({
        to: ".",
        search: (before) => ({ ...before, tab: next }),
        hash: true,
        replace: true,
        resetScroll: false,
        hashScrollIntoView: false,
      }),
    [navigate],
  );
  const onPaste = useCallback(() => onTab("text"), [onTab]);
  const onKeys = useCallback(() => onTab("keys"), [onTab]);
  usePlaygroundCommands(playground, onTab);
  const { settings, refusal, problem, lesson, catalogue } = snapshot;
  const look = catalogue?.lessons.find(({ id }) => id === lesson?.lesson)?.steps[lesson?.step ?? 0]
    ?.look;
  useEffect(() => {
    // A lesson opens what it asks to look at.
    if (look === "state" || look === "counts") onTab(look);
  }, [look, onTab]);
  return (
    <PageFrame title="Quantum circuits" health={healthOf(snapshot)} verdict={verdictOf(snapshot)}>
      {settings === null ? (
        <LoadingSkeleton rows={8} />
      ) : (
        <>
          <Toolbar playground={playground} onPaste={onPaste} />
          <LessonPanel playground={playground} />
          <Palette playground={playground} />
          {(refusal ?? problem) !== null && (
            <div className={classes.error} role="alert">
              <span>{refusal ?? problem}</span>
              {refusal !== null && (
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => playground.clearRefusal()}
                >
                  Dismiss
                </Button>
              )}
            </div>
          )}
          <div
            className={classes.stage}
            data-busy={snapshot.busy || undefined}
            data-look={look === "circuit" || look === "wires" || look === "time" || undefined}
          >
            <CircuitGrid playground={playground} onKeys={onKeys} />
            <Transport playground={playground} />
          </div>
          <div className={classes.below} data-busy={snapshot.busy || undefined}>
            <Details
              playground={playground}
              tab={tab}
              onTab={onTab}
              look={look === "state" || look === "counts"}
            />
            <Side playground={playground} />
          </div>
        </>
      )}
    </PageFrame>
  );
}

function healthOf({ problem, refusal, settings }: Snapshot) {
  if (settings === null) return "unknown";
  return problem !== null ? "failed" : refusal !== null ? "degraded" : "healthy";
}

function verdictOf({ settings, picture, problem, pictureMs, refusal }: Snapshot): string {
  if (settings === null) return refusal ?? "Starting the simulator";
  if (problem !== null) return problem;
  if (picture === null) return "Computing the first picture";
  const { operations } = picture.cost;
  const size = `${operations} ${operations === 1 ? "operation" : "operations"} on ${settings.wires} ${settings.wires === 1 ? "qubit" : "qubits"}`;
  return `${size}; ${picture.method}, ${bytesText(picture.stateBytes)}; ${pictureMs.toFixed(1)} ms`;
}

/** Everything that a key does in the circuit is in the palette too. */
function usePlaygroundCommands(playground: Playground, onTab: (tab: CircuitTab) => void): void {
  const commands = useMemo(() => {
    const group = "This page";
    return [
      ...keyActions.map(({ keys, title, run }) => ({
        id: `circuit:${title}`,
        title: `${title} (in the circuit: ${keys.map(keyName).join(" or ")})`,
        group,
        run: () => run(playground),
      })),
      {
        id: "circuit:tidy",
        title: "Close the gaps of the circuit",
        group,
        run: () => void playground.act({ kind: "tidy" }),
      },
      {
        id: "circuit:clear",
        title: "Clear the circuit",
        group,
        run: () => void playground.act({ kind: "clear" }),
      },
      {
        id: "circuit:link",
        title: "Copy a link to this circuit",
        group,
        run: () => void copyLink(playground),
      },
      ...circuitTabs.map((tab) => ({
        id: `circuit:tab:${tab}`,
        title: `Show ${tab === "text" ? "OpenQASM" : tab} of the circuit`,
        group,
        run: () => onTab(tab),
      })),
    ];
  }, [playground, onTab]);
  useCommands(commands);
}

function keyName(key: string): string {
  return key
    .replace("mod", "Ctrl")
    .replace(/^([a-z])$/, (letter) => letter.toUpperCase())
    .replace(/^([A-Z])$/, (letter) => (key === letter ? `Shift+${letter}` : letter));
}

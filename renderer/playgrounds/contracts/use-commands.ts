import { useCallback, useMemo } from "react";
import { useCommands, type Command } from "../../app/commands.ts";
import { pressName } from "../../app/shortcuts.ts";
import { useStore } from "../../data/store.ts";
import { useEffect } from "react";
import type { Bench } from "./context.ts";
import { debugCommands } from "./debugger.ts";
import { tabTitles, workshopTabs } from "./tabs.ts";

/** @returns what the editor does with keys that are the page's also while one types */
export function useWorkshopCommands(bench: Bench): (event: KeyboardEvent) => boolean {
  const { workshop, debugger: session, showTab, endDebug } = bench;
  const isDebugging = useStore(session.store) !== null;
  const { breakpoints } = useStore(workshop.store);
  useEffect(() => session.setBreakpoints(breakpoints), [session, breakpoints]);
  const commands = useMemo((): Command[] => {
    const group = "Contracts workshop";
    return [
      {
        id: "contracts:compile",
        title: "Compile the contracts",
        group,
        keys: ["mod+Enter"],
        run: () => void workshop.compile(),
      },
      {
        id: "contracts:cancel",
        title: "Cancel the compile",
        group,
        run: () => workshop.cancel(),
      },
      {
        id: "contracts:breakpoint",
        title: "Set or remove a breakpoint at the cursor",
        group,
        keys: ["F9"],
        run: () => workshop.toggleBreakpointAtCursor(),
      },
      {
        id: "contracts:heat",
        title: "Hide gas by line",
        group,
        run: () => workshop.showProfile(null),
      },
      ...workshopTabs.map((tab) => ({
        id: `contracts:tab:${tab}`,
        title: `Show ${tabTitles[tab].toLowerCase()} of the workshop`,
        group,
        run: () => showTab(tab),
      })),
      ...(isDebugging
        ? [
            ...debugCommands.map(({ command, title, keys }) => ({
              id: `contracts:debug:${command}`,
              title,
              group: "Debugger",
              keys,
              run: () => session.move({ command }),
            })),
            {
              id: "contracts:debug:end-session",
              title: "End debugging",
              group: "Debugger",
              run: endDebug,
            },
          ]
        : []),
    ];
  }, [workshop, session, showTab, endDebug, isDebugging]);
  useCommands(commands);
  return useCallback(
    (event: KeyboardEvent) => {
      // Letters are typed; of the rest the function keys are the page's.
      if (!/^F\d+$/.test(event.key) || event.repeat) return false;
      const name = pressName({ ...pressOf(event), typing: true });
      const found = commands.find(({ keys }) => name !== null && keys?.includes(name));
      if (found === undefined) return false;
      event.preventDefault();
      found.run();
      return true;
    },
    [commands],
  );
}

function pressOf({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyboardEvent) {
  return { key, ctrlKey, metaKey, altKey, shiftKey };
}

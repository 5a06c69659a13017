import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { subsystems } from "../../workers/service/contract.ts";
import { useThreadActions } from "../components/thread-actions.tsx";
import { catalogue } from "../console/catalogue.ts";
import { desktop } from "../data/desktop.ts";
import { liveStore, reconnectNow, setPaused } from "../data/live.ts";
import { hasToken, signOut } from "../data/session.ts";
import { listCommands, shellCommands, useCommands } from "./commands.ts";
import { pageAt } from "./pages.ts";
import { changePreferences, readPreferences } from "../data/preferences.ts";
import { createMatcher, isTyping } from "./shortcuts.ts";

/** The commands and keys of the shell, and the two dialogs that they open. */
export function useShell() {
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  const { act } = useThreadActions();
  const [palette, setPalette] = useState({ wanted: false, opened: 0 });
  const [sheetOpened, setSheetOpened] = useState(false);

  const actions = useMemo(
    () => ({
      open: ({ path }: { readonly path: string }) => void navigate({ to: path }),
      openOperation: (op: string) => void navigate({ to: "/console", search: { op } }),
      openThread: (thread: (typeof subsystems)[number]["id"]) =>
        void navigate({ to: "/components", search: { thread } }),
      showPalette: () => setPalette(({ opened }) => ({ wanted: true, opened: opened + 1 })),
      showShortcuts: () => setSheetOpened(true),
      togglePause: () => setPaused(!liveStore.get().paused),
      reconnect: reconnectNow,
      setTheme: setColorScheme,
      toggleDensity: () =>
        changePreferences({
          density: readPreferences().density === "compact" ? "comfortable" : "compact",
        }),
      threadAction: act,
      revealHome: desktop ? () => void desktop?.revealHome() : null,
      signOut: !desktop && hasToken() ? signOut : null,
    }),
    [navigate, setColorScheme, act],
  );
  useCommands(useMemo(() => shellCommands(actions, subsystems, catalogue), [actions]));
  useKeys();
  useDesktop(useCallback((href: string) => void navigate({ href }), [navigate]));

  return {
    paletteWanted: palette.wanted,
    paletteOpened: palette.opened,
    showPalette: actions.showPalette,
    sheetOpened,
    showShortcuts: actions.showShortcuts,
    hideShortcuts: () => setSheetOpened(false),
  };
}

function useKeys(): void {
  useEffect(() => {
    const matcher = createMatcher();
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.repeat) return;
      // An open dialog has the keyboard to itself, save for what closes or searches.
      const inDialog =
        event.target instanceof Element && event.target.closest("[role=dialog]") !== null;
      const typing = isTyping(event.target) || inDialog;
      const command = matcher.press(
        {
          key: event.key,
          ctrlKey: event.ctrlKey,
          metaKey: event.metaKey,
          altKey: event.altKey,
          shiftKey: event.shiftKey,
          typing,
        },
        event.timeStamp,
        listCommands(),
      );
      if (!command) return;
      event.preventDefault();
      command.run();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, []);
}

/** Deep links of the operating system and the theme of the window frame. */
function useDesktop(open: (address: string) => void): void {
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => {
    void desktop?.setTheme(colorScheme === "auto" ? "system" : colorScheme);
  }, [colorScheme]);
  useEffect(
    () =>
      desktop?.onNavigate((address) => {
        const { pathname } = new URL(address, location.origin);
        if (pageAt(pathname)) open(address);
      }),
    [open],
  );
}

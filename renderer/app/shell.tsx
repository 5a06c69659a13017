import { Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect, useRef } from "react";
import { lazily, retrying } from "../components/lazily.ts";
import { ConnectionBanner } from "./connection-banner.tsx";
import { usePreferences } from "../data/preferences.ts";
import { documentTitle } from "./pages.ts";
import { Rail } from "./rail.tsx";
import classes from "./shell.module.css";
import { ThreadStrip } from "./thread-strip.tsx";
import { TopBar } from "./top-bar.tsx";
import { useShell } from "./use-shell.ts";

const loadPalette = retrying(() => import("./command-palette.tsx"));
const CommandPalette = lazily(loadPalette);
/** Once the page has settled, so that the first keys typed into the palette are not lost. */
const palettePreloadMs = 500;
const ShortcutSheet = lazily(() => import("./shortcut-sheet.tsx"));

export function Shell() {
  const { density } = usePreferences();
  const shell = useShell();
  const main = usePageFocus();

  useEffect(() => {
    document.documentElement.dataset["density"] = density;
  }, [density]);

  useEffect(() => {
    // Only ahead of time: what fails here is loaded, or fails visibly, when it is opened.
    const timer = setTimeout(() => void loadPalette().catch(() => undefined), palettePreloadMs);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className={classes.shell}>
      <a
        className={classes.skip}
        href="#content"
        onClick={(event) => focusMain(event, main.current)}
      >
        Skip to content
      </a>
      <Rail />
      <TopBar onSearch={shell.showPalette} onShortcuts={shell.showShortcuts} />
      <main id="content" ref={main} tabIndex={-1} className={classes.main}>
        <ConnectionBanner />
        <Outlet />
      </main>
      <ThreadStrip />
      <Suspense fallback={null}>
        {shell.paletteWanted && <CommandPalette opened={shell.paletteOpened} />}
        {shell.sheetOpened && <ShortcutSheet onClose={shell.hideShortcuts} />}
      </Suspense>
      <RouteAnnouncer />
    </div>
  );
}

/** The hash is left alone: the one-time code travels there, and the router would see a change. */
function focusMain(event: React.MouseEvent, main: HTMLElement | null): void {
  event.preventDefault();
  main?.focus();
}

/** After a change of page the focus starts at its top, as it would after loading a document. */
function usePageFocus() {
  const main = useRef<HTMLElement>(null);
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const previous = useRef(pathname);
  useEffect(() => {
    if (pathname === undefined) return;
    document.title = documentTitle(pathname);
    if (previous.current !== undefined && previous.current !== pathname) {
      main.current?.focus({ preventScroll: true });
      main.current?.scrollTo(0, 0);
    }
    previous.current = pathname;
  }, [pathname]);
  return main;
}

/** Tells screen readers which page has come up. */
function RouteAnnouncer() {
  const pathname = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  return (
    <div className="visually-hidden" role="status" aria-live="polite">
      {pathname === undefined ? "" : documentTitle(pathname)}
    </div>
  );
}

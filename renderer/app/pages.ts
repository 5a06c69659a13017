/** Every page, once: routes, navigation, commands and titles are made from this table. */
import type { SubsystemId } from "../../workers/service/contract.ts";

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly group: string;
  /** Whose health the mark in the navigation shows: one thread, all of them, the one that serves. */
  readonly health: SubsystemId | "all" | "serving" | null;
  /** The letter after `g` that opens the page. */
  readonly letter: string;
  readonly summary: string;
}

export const pages = [
  {
    path: "/",
    title: "System",
    group: "Overview",
    health: "all",
    letter: "o",
    summary: "Verdict over the platform, live readings and the map of its threads",
  },
  {
    path: "/components",
    title: "Components",
    group: "Overview",
    health: "all",
    letter: "c",
    summary: "Health of each thread, its actions and experiments",
  },
  {
    path: "/quantum",
    title: "Quantum search",
    group: "Systems",
    health: "quantum",
    letter: "q",
    summary: "Grover search over a list on a simulated state vector",
  },
  {
    path: "/console",
    title: "API console",
    group: "Build",
    health: "serving",
    letter: "a",
    summary: "Send requests to every endpoint",
  },
  {
    path: "/docs",
    title: "API reference",
    group: "Build",
    health: "serving",
    letter: "r",
    summary: "Parameters and schemas of every endpoint",
  },
  {
    path: "/settings",
    title: "Settings",
    group: "Build",
    health: null,
    letter: "s",
    summary: "Theme, density, time format, live updates",
  },
] as const satisfies readonly Page[];

/** Keys that open a page: its number in the navigation, or `g` and its letter. */
export function pageKeys(page: Page): string[] {
  const number = pages.findIndex(({ path }) => path === page.path) + 1;
  return [String(number), `g ${page.letter}`];
}

export function pageAt(pathname: string): Page | null {
  return pages.find(({ path }) => path === pathname) ?? null;
}

export function documentTitle(pathname: string): string {
  return `${pageAt(pathname)?.title ?? "Page not found"} · @DEMO control center`;
}

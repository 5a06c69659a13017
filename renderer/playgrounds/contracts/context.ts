/** What the parts of the workshop act on together. */
import { createContext, useContext, useEffect, useState } from "react";
import type { TraceSource } from "./answers.ts";
import { Debugger } from "./debugger.ts";
import { Deeds } from "./deeds.ts";
import type { WorkshopTab } from "./tabs.ts";
import { Workshop } from "./workshop.ts";

export interface Bench {
  readonly workshop: Workshop;
  readonly deeds: Deeds;
  readonly debugger: Debugger;
  readonly showTab: (tab: WorkshopTab) => void;
  readonly showContract: (address: string | undefined) => void;
  readonly debug: (
    title: string,
    source: TraceSource,
    compilations: readonly string[] | null,
  ) => void;
  readonly endDebug: () => void;
}

export type Tools = Pick<Bench, "workshop" | "deeds" | "debugger">;

export const BenchContext = createContext<Bench | null>(null);

export function useBench(): Bench {
  const bench = useContext(BenchContext);
  if (bench === null) throw new Error("The workshop's parts belong inside of it");
  return bench;
}

/** They live as long as the page. */
export function useTools(): Tools {
  const [tools] = useState(() => ({
    workshop: new Workshop(),
    deeds: new Deeds(),
    debugger: new Debugger(),
  }));
  useEffect(
    () => () => {
      tools.workshop.cancel();
      tools.debugger.close();
    },
    [tools],
  );
  return tools;
}

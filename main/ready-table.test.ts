import { expect, it } from "vitest";
import type { PlatformState } from "../workers/service/contract.ts";
import type { Platform } from "./platform.ts";
import { readyTable } from "./ready-table.ts";

function platform(home: string | null, readyAfterMs: number | null): Platform {
  const threads = [
    { id: "integration", title: "Integration", port: 3007 },
    { id: "quantum", title: "Quantum", port: null },
    { id: "gateway", title: "Gateway", port: 3000 },
  ];
  const entrances: Record<string, string | null> = {
    integration: "http://localhost:3007/#code=abc",
    quantum: null,
    gateway: "http://localhost:3000",
  };
  return {
    state: () => ({ threads, home, readyAfterMs }) as unknown as PlatformState,
    entrance: (id: string) => entrances[id] ?? null,
  } as unknown as Platform;
}

it("names each thread, its port and where a person opens it, in columns", () => {
  expect(readyTable(platform("/data/demo", 812.6)).split("\n")).toEqual([
    "THREAD       PORT  ADDRESS",
    "Integration  3007  http://localhost:3007/#code=abc",
    "Quantum      -     through every other port",
    "Gateway      3000  http://localhost:3000",
    "",
    "Ready after 0.81 s; data kept in /data/demo. Ctrl-C stops.",
  ]);
});

it("says when nothing is written", () => {
  expect(readyTable(platform(null, 1_000)).split("\n").at(-1)).toBe(
    "Ready after 1.00 s; data kept in memory. Ctrl-C stops.",
  );
});

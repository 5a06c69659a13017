/** Where a debugger stops by itself. */
import { decodeStorage, type StorageSource } from "../decoding/storage.ts";
import type { Execution } from "./execution.ts";
import { opcodeName } from "./opcode-names.ts";
import type { StorageAccess } from "./trace.ts";

export type Breakpoint =
  | { readonly kind: "line"; readonly file: string; readonly line: number }
  | { readonly kind: "opcode"; readonly opcode: string }
  /** Where a frame fails. */
  | { readonly kind: "failure" }
  /** Where a state variable is written, or a part of it; any variable without a name. */
  | { readonly kind: "storage write"; readonly variable: string | null };

/** The steps at which any of the breakpoints stops, in order. */
export function breakpointSteps(
  execution: Execution,
  breakpoints: readonly Breakpoint[],
  slotsOf: (variable: string, access: StorageAccess) => ReadonlySet<bigint>,
): number[] {
  const steps = new Set<number>();
  for (const breakpoint of breakpoints) {
    for (const step of stepsOf(execution, breakpoint, slotsOf)) steps.add(step);
  }
  return [...steps].toSorted((one, other) => one - other);
}

function stepsOf(
  execution: Execution,
  breakpoint: Breakpoint,
  slotsOf: (variable: string, access: StorageAccess) => ReadonlySet<bigint>,
): number[] {
  const { trace, stops } = execution;
  if (breakpoint.kind === "line") {
    const line = lineWithCode(execution, breakpoint.file, breakpoint.line);
    return stops.filter((step) => {
      const statement = execution.statement(step);
      return statement?.file === breakpoint.file && statement.line === line;
    });
  }
  if (breakpoint.kind === "opcode") {
    const wanted = breakpoint.opcode.toUpperCase();
    const found: number[] = [];
    for (let step = 0; step < execution.length; step++) {
      if (opcodeName(trace.steps.op(step)) === wanted) found.push(step);
    }
    return found;
  }
  if (breakpoint.kind === "failure") {
    return trace.frames.flatMap(({ error, lastStep }) =>
      error === null || lastStep === null ? [] : [lastStep],
    );
  }
  const { variable } = breakpoint;
  return trace.storage
    .filter(({ isWrite, isTransient }) => isWrite && !isTransient)
    .filter((access) => variable === null || slotsOf(variable, access).has(access.slot))
    .map(({ step }) => step);
}

/** The line itself if the trace reaches it, or else the next one that it does. */
function lineWithCode(execution: Execution, file: string, line: number): number | null {
  let best: number | null = null;
  for (const step of execution.stops) {
    const statement = execution.statement(step);
    if (statement?.file !== file || statement.line < line) continue;
    if (best === null || statement.line < best) best = statement.line;
  }
  return best;
}

/** Every slot that decoding a variable reads: its own and those of its parts. */
export function slotsOfVariable(
  layout: Parameters<typeof decodeStorage>[0],
  variable: string,
  source: StorageSource,
): ReadonlySet<bigint> {
  const read = new Set<bigint>();
  const storage = layout.storage.filter(({ label }) => label === variable);
  decodeStorage(
    { ...layout, storage },
    {
      ...source,
      read(slot) {
        read.add(slot);
        return source.read(slot) ?? 0n;
      },
    },
  );
  return read;
}

/** What the shell is given of a container. */
import type { ContainerSpec, FetchAnswer, FetchRequest } from "../container-spec.ts";
import type { MemoryFiles } from "../shell/memory-files.ts";
import type { ProcessView, ShellHost } from "../shell/shell-host.ts";

interface ShellSurroundings {
  readonly spec: ContainerSpec;
  readonly files: MemoryFiles;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly exit?: (code: number) => void;
  readonly args?: readonly string[];
  readonly processes?: () => readonly ProcessView[];
  readonly signalMain?: (signal: number) => void;
  readonly counted?: () => void;
}

export function hostShell(surroundings: ShellSurroundings): ShellHost {
  const { spec, files, fetch, args = [], exit } = surroundings;
  return {
    hostname: spec.podName,
    files,
    fetch,
    now: () => Date.now(),
    processes: surroundings.processes ?? (() => [{ pid: 1, command: args.join(" ") }]),
    signalMain: surroundings.signalMain ?? ((signal) => exit?.(128 + signal)),
    counted: surroundings.counted ?? (() => {}),
  };
}

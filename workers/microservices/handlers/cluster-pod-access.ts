/** Into a pod: its lines as a stream, and one command at a time. */
import { setTimeout as sleep } from "node:timers/promises";
import { problem } from "../errors.ts";
import { clusterScreenLimits } from "../limits.ts";
import type { ClusterHost, LogLine } from "./cluster-host.ts";

export interface LogInput {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly tail: number;
  readonly previous: boolean;
  readonly follow: boolean;
}

function requirePod({ store }: ClusterHost, namespace: string, pod: string): void {
  if (store.get("pods", namespace, pod) === undefined) {
    throw problem("POD_UNKNOWN", `There is no pod ${namespace}/${pod}.`);
  }
}

/** Lines in batches. A reader that is slower than the pod misses the oldest, and is told how many. */
export async function* clusterLogs(
  host: ClusterHost,
  input: LogInput,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ lines: LogLine[]; skipped: number }> {
  const { namespace, pod, container = null, tail, previous, follow } = input;
  requirePod(host, namespace, pod);
  const ending = new AbortController();
  const stop = () => ending.abort();
  signal?.addEventListener("abort", stop, { once: true });
  const source = host.logs(namespace, pod, container, {
    tail,
    previous,
    follow,
    signal: ending.signal,
  });
  let waiting: LogLine[] = [];
  let skipped = 0;
  const state: { ended: boolean; failure: unknown } = { ended: false, failure: null };
  let wake: () => void = () => undefined;
  const reading = (async () => {
    try {
      for await (const { at, text } of source) {
        waiting.push({ at, text: text.slice(0, clusterScreenLimits.logLineLengthMax) });
        if (waiting.length > clusterScreenLimits.logLinesWaitingMax) {
          waiting.shift();
          skipped += 1;
        }
        wake();
      }
    } catch (error) {
      state.failure = error;
    }
    state.ended = true;
    wake();
  })();
  try {
    // Says at once that the stream is open.
    yield { lines: [], skipped: 0 };
    for (;;) {
      if (waiting.length > 0 || skipped > 0) {
        const batch = { lines: waiting, skipped };
        waiting = [];
        skipped = 0;
        yield batch;
        await sleep(clusterScreenLimits.logBatchMs);
      } else if (state.ended || ending.signal.aborted) {
        break;
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          ending.signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
    }
    if (state.failure !== null && !ending.signal.aborted) throw state.failure;
  } finally {
    ending.abort();
    signal?.removeEventListener("abort", stop);
    void reading;
  }
}

export interface ExecInput {
  readonly namespace: string;
  readonly pod: string;
  readonly container?: string | undefined;
  readonly command: string;
}

export async function clusterExec(
  host: ClusterHost,
  { namespace, pod, container, command }: ExecInput,
  signal: AbortSignal | undefined,
) {
  requirePod(host, namespace, pod);
  const words = splitCommand(command);
  if (words.length === 0) throw problem("COMMAND_INVALID", "The command has no word.");
  const began = host.monotonicMs();
  const { execTimeoutMs: timeoutMs, execOutputBytesMax: outputBytesMax } = clusterScreenLimits;
  const result = await host.exec(namespace, pod, container ?? null, words, {
    timeoutMs,
    outputBytesMax,
    signal,
  });
  return { ...result, durationMs: host.monotonicMs() - began };
}

/** Words as a POSIX shell splits them (section 2.2, quoting); nothing is expanded. */
export function splitCommand(line: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (let place = 0; place < line.length; place++) {
    const character = line[place]!;
    if (quote === "'") {
      if (character === "'") quote = null;
      else word = `${word ?? ""}${character}`;
    } else if (character === "\\" && place + 1 < line.length) {
      const next = line[++place]!;
      // Inside of double quotes a backslash is one, except before these.
      word = (word ?? "") + (quote === '"' && !'$`"\\'.includes(next) ? `\\${next}` : next);
    } else if (quote === '"') {
      if (character === '"') quote = null;
      else word = `${word ?? ""}${character}`;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== null) throw problem("COMMAND_INVALID", `The quote ${quote} is not closed.`);
  if (word !== null) words.push(word);
  return words;
}

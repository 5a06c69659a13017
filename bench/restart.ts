/** How long a port stays away when its thread is killed, crashes or spins, and who else notices. */
import { startPlatformProcess, type PlatformProcess } from "../e2e/platform-process.ts";
import { median, spread, type BenchResult } from "./result.ts";

const rounds = 3;
const kinds = ["kill", "crash", "exit", "spin"] as const;
const downtimeMsMax = 300;
/** Longer than the supervisor calls a thread stable, so that back-off starts anew each time. */
const pauseMs = 10_500;

interface Outage {
  readonly downtimeMs: number;
  readonly otherCalls: number;
  readonly otherFailures: number;
}

export async function benchRestart(): Promise<BenchResult> {
  const platform = await startPlatformProcess();
  try {
    const outages = new Map<string, Outage[]>(kinds.map((kind) => [kind, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of kinds) {
        outages.get(kind)?.push(await outage(platform, kind));
        await sleep(pauseMs);
      }
    }
    return summarize(outages);
  } finally {
    await platform.stop();
  }
}

async function outage(platform: PlatformProcess, kind: string): Promise<Outage> {
  const other = { calls: 0, failures: 0, stop: false };
  const client = callOtherThread(platform.url("/api/distributed/status", 7), other);
  const order = await fetch(platform.url("/api/platform/threads/gateway/fault", 7), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind }),
  });
  if (!order.ok) throw new Error(await order.text());
  const downtimeMs = await unavailability(platform.url("/api/health"));
  other.stop = true;
  await client;
  return { downtimeMs, otherCalls: other.calls, otherFailures: other.failures };
}

async function callOtherThread(
  url: string,
  other: { calls: number; failures: number; stop: boolean },
): Promise<void> {
  while (!other.stop) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    other.calls += 1;
    if (answer?.ok !== true) other.failures += 1;
  }
}

/** From the first request that fails, or waits over 20 ms, to the first that is answered again. */
async function unavailability(url: string): Promise<number> {
  const limit = performance.now() + 5_000;
  let since: number | undefined;
  while (performance.now() < limit) {
    const began = performance.now();
    const answered = await fetch(url, {
      signal: AbortSignal.timeout(20),
      headers: { connection: "close" },
    }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (!answered) since ??= began;
    else if (since !== undefined) return performance.now() - since;
    await sleep(2);
  }
  throw new Error("The port did not go away, or did not come back, within five seconds.");
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function summarize(outages: ReadonlyMap<string, readonly Outage[]>): BenchResult {
  const all = [...outages.values()].flat();
  const calls = all.reduce((sum, { otherCalls }) => sum + otherCalls, 0);
  const failed = all.reduce((sum, { otherFailures }) => sum + otherFailures, 0);
  const slow = [...outages].filter(
    ([, each]) => median(each.map(({ downtimeMs }) => downtimeMs)) > downtimeMsMax,
  );
  return {
    peer: "none; another thread of the same process serves a client meanwhile",
    rows: [
      ...[...outages].map(([kind, each]) => ({
        measure: `port away after ${kind}, ms`,
        value: spread(each.map(({ downtimeMs }) => downtimeMs)),
        target: `< ${downtimeMsMax}`,
      })),
      { measure: "calls to another thread meanwhile", value: calls.toLocaleString("en") },
      { measure: "of these failed", value: String(failed), target: "0" },
    ],
    notes: [
      "Spin counts from the moment the thread stops answering, so it includes its detection.",
    ],
    failures: [
      ...slow.map(([kind]) => `${kind} keeps the port away for more than ${downtimeMsMax} ms`),
      ...(failed > 0 ? [`${failed} calls to another thread failed`] : []),
    ],
  };
}

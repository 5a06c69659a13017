/** Calls a service at a steady rate and says how long the answers took. */
import {
  healthy,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

const samplesMax = 2_000;
const inFlightMax = 50;
const tickMs = 50;

export const loadGenerator: Image = {
  ...serverDefaults,
  name: "load-generator",
  summary: "Calls TARGET at a steady rate; GET / and the log have rates and percentiles",
  executable: "load-generator",
  environment: [
    { name: "TARGET", summary: "URL to call, e.g. http://web-app/", fallback: "" },
    { name: "RPS", summary: "Calls a second, at most 200", fallback: "10" },
    { name: "REPORT_MS", summary: "Pause between two lines of the log", fallback: "5000" },
  ],
  start: startLoadGenerator,
};

function startLoadGenerator(context: ProgramContext): Program {
  const { spec, environment, log, after, fetch } = context;
  const target = environment["TARGET"] ?? "";
  const rate = numberOf(environment, "RPS", 10, 0, 200);
  const reportMs = numberOf(environment, "REPORT_MS", 5_000, 100, 3_600_000);
  const url = /^https?:\/\//.test(target) ? target : `http://${target}`;
  const samples: number[] = [];
  const startedAt = performance.now();
  let [sent, answered, failed, skipped, inFlight] = [0, 0, 0, 0, 0];

  const call = async () => {
    const sentAt = performance.now();
    inFlight += 1;
    try {
      const { status } = await fetch({ method: "GET", url, headers: {}, body: "" });
      answered += 1;
      if (status >= 400) failed += 1;
      samples.push(performance.now() - sentAt);
      if (samples.length > samplesMax) samples.shift();
    } catch {
      // Counted; the log says how many.
      failed += 1;
    } finally {
      inFlight -= 1;
    }
  };
  const tick = () => {
    // Open model: what is due is sent whether or not earlier calls were answered.
    const due = Math.floor(((performance.now() - startedAt) / 1_000) * rate);
    for (let left = due - sent - skipped; left > 0; left -= 1) {
      if (inFlight >= inFlightMax) skipped += 1;
      else {
        sent += 1;
        void call();
      }
    }
    after(tickMs, tick);
  };
  const view = () => ({
    pod: spec.podName,
    target,
    rate,
    sent,
    answered,
    failed,
    skipped,
    latencyMs: percentilesOf(samples),
  });
  const report = () => {
    const { latencyMs } = view();
    const times = `p50=${latencyMs.p50 ?? "-"} p90=${latencyMs.p90 ?? "-"} p99=${latencyMs.p99 ?? "-"}`;
    log(`sent=${sent} failed=${failed} skipped=${skipped} ${times}`);
    after(reportMs, report);
  };
  if (target === "" || !URL.canParse(url)) log("TARGET is not set to a URL; nothing is called");
  else {
    log(`calling ${url} ${rate} times a second`);
    tick();
    after(reportMs, report);
  }
  return healthy((request, response) => {
    request.resume();
    sendJson(response, 200, view());
  });
}

/** Nearest-rank percentiles, in milliseconds with a digit after the point; null without a sample. */
export function percentilesOf(samples: readonly number[]) {
  const sorted = samples.toSorted((a, b) => a - b);
  const rank = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    return value === undefined ? null : Math.round(value * 10) / 10;
  };
  return { p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: rank(1) };
}

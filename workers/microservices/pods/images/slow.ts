/** Answers after a delay. */
import {
  healthy,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

const delayMsMax = 60_000;
const waitingMax = 500;

export const slow: Image = {
  ...serverDefaults,
  name: "slow",
  summary: "Answers after a delay",
  executable: "slow",
  environment: [
    { name: "DELAY_MS", summary: `Delay of each answer, at most ${delayMsMax}`, fallback: "200" },
    { name: "JITTER_MS", summary: "Up to this much is added, evenly spread", fallback: "0" },
    { name: "START_MS", summary: "Is not ready for this long after its start", fallback: "0" },
  ],
  start: startSlow,
};

function startSlow({ spec, environment, log, after }: ProgramContext): Program {
  const delayMs = numberOf(environment, "DELAY_MS", 200, 0, delayMsMax);
  const jitterMs = numberOf(environment, "JITTER_MS", 0, 0, delayMsMax);
  const startMs = numberOf(environment, "START_MS", 0, 0, 600_000);
  let isReady = startMs === 0;
  let waiting = 0;
  if (!isReady) after(startMs, () => (isReady = true));
  log(`listening, delay ${delayMs} ms`);
  const program = healthy((request, response) => {
    request.resume();
    if (waiting >= waitingMax) return sendJson(response, 503, { error: "too many wait" });
    waiting += 1;
    const waitMs = Math.round(delayMs + Math.random() * jitterMs);
    after(waitMs, () => {
      waiting -= 1;
      log(`${request.method} ${request.url?.slice(0, 200)} after ${waitMs} ms`);
      sendJson(response, 200, { pod: spec.podName, delayMs: waitMs });
    });
  });
  return {
    ...program,
    handle(request, response) {
      if (isReady) return program.handle?.(request, response);
      request.resume();
      sendJson(response, 503, { error: "still starting" });
    },
  };
}

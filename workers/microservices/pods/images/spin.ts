/** Burns CPU: so much as it is told, within its limit, or all of it without ever looking up. */
import {
  healthy,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

/** The kernel's CFS quota is given per 100 ms. */
const periodMs = 100;

export const spin: Image = {
  ...serverDefaults,
  name: "spin",
  tags: ["latest", "stuck"],
  summary:
    "Burns CPU as told, throttled to its limit; stuck never looks up and is ended as unresponsive",
  executable: "spin",
  environment: [
    { name: "CPU_MILLICORES", summary: "What it wants, at most 1000", fallback: "500" },
    { name: "STUCK_AFTER_MS", summary: "When stuck begins", fallback: "1000" },
  ],
  ownThread: true,
  start(context) {
    return context.tag === "stuck" ? startStuck(context) : startSpin(context);
  },
};

function startSpin({ spec, environment, log, after }: ProgramContext): Program {
  const wanted = numberOf(environment, "CPU_MILLICORES", 500, 0, 1_000);
  const given = Math.min(wanted, spec.limits.cpuMillicores ?? 1_000);
  const busyMs = (given / 1_000) * periodMs;
  let turns = 0;
  const turn = () => {
    const until = performance.now() + busyMs;
    while (performance.now() < until) turns += 1;
    after(Math.max(1, periodMs - busyMs), turn);
  };
  log(`burning ${given} of ${wanted} millicores`);
  turn();
  return healthy((request, response) => {
    request.resume();
    sendJson(response, 200, { pod: spec.podName, millicores: given, turns });
  });
}

function startStuck({ environment, log, after }: ProgramContext): Program {
  log("about to spin");
  let turns = 0;
  after(numberOf(environment, "STUCK_AFTER_MS", 1_000, 0, 600_000), () => {
    for (;;) turns = (turns + 1) % 1_000;
  });
  return healthy((request, response) => {
    request.resume();
    sendJson(response, 200, { turns });
  });
}

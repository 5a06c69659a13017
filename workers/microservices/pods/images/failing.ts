/** Fails in the way that its tag says. */
import {
  healthy,
  httpProbe,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

export const failing: Image = {
  ...serverDefaults,
  name: "failing",
  tags: ["latest", "errors", "unhealthy"],
  summary:
    "latest ends with a code after a while; errors answers 500; unhealthy fails its liveness probe",
  executable: "failing",
  environment: [
    { name: "EXIT_CODE", summary: "The code that latest ends with", fallback: "1" },
    { name: "AFTER_MS", summary: "How long latest runs", fallback: "1000" },
  ],
  readiness: null,
  liveness: httpProbe("/healthz", { periodMs: 1_000 }),
  start(context) {
    if (context.tag === "errors") return startErrors(context);
    return context.tag === "unhealthy" ? startUnhealthy(context) : startCrashing(context);
  },
};

function startCrashing({ environment, log, exit, after }: ProgramContext): Program {
  const exitCode = Math.floor(numberOf(environment, "EXIT_CODE", 1, 0, 255));
  log("starting");
  after(numberOf(environment, "AFTER_MS", 1_000, 0, 3_600_000), () => {
    log(exitCode === 0 ? "done" : "fatal: this image always fails");
    exit(exitCode);
  });
  return healthy((request, response) => {
    request.resume();
    sendJson(response, 500, { error: "about to fail" });
  });
}

function startErrors({ log }: ProgramContext): Program {
  log("listening; every request will fail");
  return healthy((request, response) => {
    request.resume();
    log(`${request.method} ${request.url?.slice(0, 200)} 500`);
    sendJson(response, 500, { error: "this image always fails" });
  });
}

function startUnhealthy({ log }: ProgramContext): Program {
  log("listening; the liveness probe will fail");
  return {
    handle(request, response) {
      request.resume();
      sendJson(response, 500, { error: "unhealthy" });
    },
    onTerminate() {},
  };
}

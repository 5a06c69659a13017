/** The thread of one script that somebody wrote; it is ended when it does not look up. */
import { parentPort, workerData } from "node:worker_threads";
import { scriptLimits } from "./pod-limits.ts";
import { disarmThread, openSandbox } from "./script/sandbox.ts";
import type { ScriptOrder, ScriptReport, ScriptThreadData } from "./script/script-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("Scripts run in a thread of their own only.");
const { source, environment } = workerData as ScriptThreadData;
const report = (message: ScriptReport) => port.postMessage(message);
let timers = 0;

port.on("message", (order: ScriptOrder) => {
  if (order.kind === "ping") report({ kind: "pong" });
  else if (order.kind === "handle") sandbox?.handle(order.call, order.request);
  else sandbox?.settle(order.call, order.ok, order.answer);
});

disarmThread();
const sandbox = openSandbox(source, environment, {
  log: (text) => report({ kind: "log", text }),
  sleep(call, ms) {
    if (timers >= scriptLimits.timersMax) throw new RangeError("Too many sleeps.");
    timers += 1;
    setTimeout(
      () => {
        timers -= 1;
        sandbox?.settle(call, true, "");
      },
      Math.min(Math.max(0, ms) || 0, scriptLimits.sleepMsMax),
    );
  },
  fetch: (call, request) => report({ kind: "fetch", call, request }),
  handled: (call, ok, answer) => report({ kind: "handled", call, ok, answer }),
  ready: (handles) => report({ kind: "ready", handles }),
  done: () => report({ kind: "done" }),
  failed: (message) => report({ kind: "failed", message }),
});

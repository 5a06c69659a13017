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
let fetches = 0;
let lines = 0;

port.on("message", (order: ScriptOrder) => {
  if (order.kind === "ping") beat();
  else if (order.kind === "handle") sandbox?.handle(order.call, order.request);
  else {
    fetches -= 1;
    sandbox?.settle(order.call, order.ok, order.answer);
  }
});

function beat(): void {
  const dropped = lines - scriptLimits.logLinesPerBeatMax;
  if (dropped > 0) report({ kind: "log", text: `[${dropped} lines were dropped]` });
  lines = 0;
  report({ kind: "pong" });
}

disarmThread();
const sandbox = openSandbox(source, environment, {
  log(text) {
    lines += 1;
    if (lines <= scriptLimits.logLinesPerBeatMax) report({ kind: "log", text });
  },
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
  fetch(call, request) {
    const isTooMuch = fetches >= scriptLimits.fetchesMax;
    if (isTooMuch || request.length > scriptLimits.textLengthMax) {
      throw new RangeError("Too many calls, or one too long.");
    }
    fetches += 1;
    report({ kind: "fetch", call, request });
  },
  handled(call, ok, answer) {
    const fits = answer.length <= scriptLimits.textLengthMax;
    if (fits) report({ kind: "handled", call, ok, answer });
    else report({ kind: "handled", call, ok: false, answer: "The answer is too long." });
  },
  ready: (handles) => report({ kind: "ready", handles }),
  done: () => report({ kind: "done" }),
  failed: (message) => report({ kind: "failed", message }),
});

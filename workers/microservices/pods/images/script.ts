/** Somebody's own JavaScript, in a sandboxed thread with a heap of its own. */
import { hostedLimits, scriptLimits } from "../pod-limits.ts";
import { type ScriptEnd, ScriptWorker } from "../script/script-worker.ts";
import {
  answering,
  type Image,
  type Program,
  type ProgramContext,
  readBody,
  sendJson,
  sendText,
  serverDefaults,
} from "./image.ts";

const example = "function handle(request) { return { status: 200, body: request.path }; }";
const scriptPath = "/etc/config/script.js";

export const script: Image = {
  ...serverDefaults,
  name: "script",
  summary: `Your own JavaScript from SCRIPT or ${scriptPath}: handle(request) answers requests, main() runs a job; log, sleep, fetch and env are there`,
  executable: "script",
  readiness: null,
  liveness: null,
  environment: [
    {
      name: "SCRIPT",
      summary: "The program's text",
      fallback: example,
    },
  ],
  start: startScript,
};

function startScript(context: ProgramContext): Program {
  const { spec, environment, files, log, write, exit, signal, addCpu, holdMemory } = context;
  const mounted = files.has(scriptPath) ? files.read(scriptPath) : example;
  const source = environment["SCRIPT"] ?? mounted;
  if (source.length > scriptLimits.sourceLengthMax) {
    write("stderr", `a script has at most ${scriptLimits.sourceLengthMax} characters\n`);
    exit(1);
    return {};
  }
  const own = Object.entries(environment).filter(([name]) => name !== "SCRIPT");
  const data = { source, environment: Object.fromEntries(own) };
  const worker = new ScriptWorker(data, spec.limits.memoryBytes, {
    log: (text) => log(text),
    fetch: context.fetch,
    measured(cpuMs, memoryBytes) {
      addCpu(cpuMs);
      // Its own heap's limit is what ends it; the account is for what is shown.
      holdMemory(Math.min(memoryBytes, heldMax(spec.limits.memoryBytes)));
    },
    ended: (end) => ended(end, context),
  });
  signal.addEventListener("abort", () => worker.close(), { once: true });
  return {
    handle: answering(async (request, response) => {
      const body = await readBody(request, hostedLimits.bodyBytesMax);
      if (body === null) return sendJson(response, 413, { error: "The body is too long." });
      const { method, url = "/", headers } = request;
      const text = body.toString("utf8");
      const asked = JSON.stringify({ method, path: url, headers, body: text });
      answer(response, await worker.handle(asked));
    }),
    onTerminate() {},
  };
}

function heldMax(limit: number | null): number {
  return Math.max(
    0,
    (limit ?? hostedLimits.memoryPerContainerBytesMax) - hostedLimits.fileBytesMax,
  );
}

function ended(end: ScriptEnd, { write, exit }: ProgramContext): void {
  if (end.kind === "done") exit(0);
  else if (end.kind === "out-of-memory") exit(137, "OOMKilled");
  else if (end.kind === "stuck") exit(137, "Error", "The script did not look up and was ended.");
  else {
    write("stderr", `${end.message}\n`);
    exit(1);
  }
}

/** What a script answers is checked before it is sent: { status?, headers?, body? } in JSON. */
function answer(response: Parameters<typeof sendText>[0], text: string): void {
  const given = JSON.parse(text) as Record<string, unknown>;
  const status = Number(given["status"] ?? 200);
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
  const headers = Object(given["headers"] ?? {}) as Record<string, unknown>;
  let type = "text/plain; charset=utf-8";
  for (const [name, value] of Object.entries(headers).slice(0, 50)) {
    if (typeof value !== "string" || !/^[\w-]{1,64}$/.test(name) || !/^[\x20-\x7e]*$/.test(value)) {
      continue;
    }
    if (name.toLowerCase() === "content-type") type = value;
    else if (!/^(?:content-length|transfer-encoding|connection)$/i.test(name)) {
      response.setHeader(name, value);
    }
  }
  const body = typeof given["body"] === "string" ? given["body"] : "";
  sendText(response, isStatus ? status : 500, body, type);
}

/** Calls another service and answers with what it said. */
import {
  answering,
  healthy,
  type Image,
  type Program,
  type ProgramContext,
  sendJson,
  serverDefaults,
} from "./image.ts";

export const relay: Image = {
  ...serverDefaults,
  name: "relay",
  summary: "Calls another service through the mesh and answers with what it said",
  executable: "relay",
  environment: [
    { name: "UPSTREAM", summary: "Name or address of the service to call", fallback: "" },
  ],
  start: startRelay,
};

function startRelay({ spec, environment, log, fetch }: ProgramContext): Program {
  const upstream = environment["UPSTREAM"] ?? "";
  const base = /^https?:\/\//.test(upstream) ? upstream.replace(/\/$/, "") : `http://${upstream}`;
  log(upstream === "" ? "UPSTREAM is not set" : `relaying to ${upstream}`);
  return healthy(
    answering(async (request, response) => {
      request.resume();
      const pod = spec.podName;
      try {
        if (upstream === "") throw new Error("UPSTREAM is not set");
        const { status, body } = await fetch({
          method: "GET",
          url: `${base}${request.url ?? "/"}`,
          headers: passedOn(request.headers),
          body: "",
        });
        log(`${request.url?.slice(0, 200)} answered with ${status}`);
        sendJson(response, status >= 500 ? 502 : 200, { pod, upstream, status, body });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        log(`${request.url?.slice(0, 200)} failed: ${message}`);
        sendJson(response, 502, { pod, upstream, error: message });
      }
    }),
  );
}

/** What a mesh needs to know that the calls belong together. */
function passedOn(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && /^(?:traceparent|tracestate|baggage|x-.*)$/.test(name)) {
      kept[name] = value;
    }
  }
  return kept;
}

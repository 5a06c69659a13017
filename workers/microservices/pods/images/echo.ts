/** Answers with the request that it got, or as http-echo does with a text. */
import { hostedLimits } from "../pod-limits.ts";
import {
  answering,
  healthy,
  type Image,
  type Program,
  type ProgramContext,
  readBody,
  sendJson,
  sendText,
  serverDefaults,
} from "./image.ts";

export const echo: Image = {
  ...serverDefaults,
  name: "echo",
  aliases: ["http-echo", "hashicorp/http-echo"],
  tags: null,
  summary: "Answers with the request that it got; with the argument -text=... with this text",
  executable: "http-echo",
  port: 5678,
  environment: [
    { name: "ECHO_TEXT", summary: "Answers with this text, as -text does", fallback: "" },
  ],
  start: startEcho,
};

function startEcho({ spec, environment, args, log }: ProgramContext): Program {
  const flag = args.find((argument) => /^--?text=/.test(argument));
  const next = args[args.findIndex((argument) => /^--?text$/.test(argument)) + 1];
  const hasNext = args.some((argument) => /^--?text$/.test(argument));
  const text =
    flag?.replace(/^--?text=/, "") ??
    (hasNext ? next : undefined) ??
    environment["ECHO_TEXT"] ??
    "";
  log("listening");
  return healthy(
    answering(async (request, response) => {
      const { method, url, headers } = request;
      const body = await readBody(request, hostedLimits.bodyBytesMax);
      log(`${method} ${url?.slice(0, 200)}`);
      if (body === null) {
        const limit = `At most ${hostedLimits.bodyBytesMax} bytes are echoed.`;
        return sendJson(response, 413, { error: limit });
      }
      if (text !== "") return sendText(response, 200, `${text}\n`);
      sendJson(response, 200, {
        pod: spec.podName,
        namespace: spec.namespace,
        method,
        path: url,
        headers,
        bodyBytes: body.length,
        body: body.toString("utf8"),
      });
    }),
  );
}

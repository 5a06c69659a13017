/** The image catalogue: small real programs, each an HTTP server. */
import type { ImageView, ProbeSpec } from "../contract.ts";
import { kubernetesDefaults } from "../limits.ts";
import { type Handler, type Image, type ProgramContext, sendJson } from "./program.ts";
import { startStaticSite } from "./static-site.ts";

const bodyEchoedMax = 64 * 1024;
const delayMsMax = 10_000;

function probe(path: string, changes: Partial<ProbeSpec> = {}): ProbeSpec {
  return {
    path,
    initialDelayMs: 0,
    periodMs: kubernetesDefaults.probePeriodMs,
    timeoutMs: kubernetesDefaults.probeTimeoutMs,
    successThreshold: kubernetesDefaults.probeSuccessThreshold,
    failureThreshold: kubernetesDefaults.probeFailureThreshold,
    ...changes,
  };
}

const catalogue: readonly Image[] = [
  {
    name: "nginx",
    tags: ["latest", "1.27", "1.28", "alpine"],
    summary: "Serves a small static site",
    environment: [],
    readiness: probe("/"),
    liveness: probe("/"),
    start: startStaticSite,
  },
  {
    name: "echo",
    tags: ["latest"],
    summary: "Answers with the request that it got",
    environment: [],
    readiness: probe("/healthz"),
    liveness: probe("/healthz"),
    start: startEcho,
  },
  {
    name: "slow",
    tags: ["latest"],
    summary: "Answers after a delay",
    environment: [
      { name: "DELAY_MS", summary: "Delay of each answer, at most 10000", fallback: "200" },
    ],
    readiness: probe("/healthz"),
    liveness: probe("/healthz"),
    start: startSlow,
  },
  {
    name: "failing",
    tags: ["latest", "errors", "unhealthy"],
    summary:
      "latest ends with code 1 after a second; errors answers 500; unhealthy fails its liveness probe",
    environment: [],
    readiness: null,
    liveness: probe("/healthz", { periodMs: 1_000 }),
    start: startCrashing,
  },
  {
    name: "relay",
    tags: ["latest"],
    summary: "Calls another service through the mesh and answers with what it said",
    environment: [{ name: "UPSTREAM", summary: "Name of the service to call", fallback: "" }],
    readiness: probe("/healthz"),
    liveness: probe("/healthz"),
    start: startRelay,
  },
];

export function catalogueView(): ImageView[] {
  return catalogue.map(({ name, tags, summary, environment, readiness, liveness }) => ({
    image: tags.length > 1 ? `${name}:{${tags.join(",")}}` : name,
    summary,
    environment: [...environment],
    readiness,
    liveness,
  }));
}

export type PullResult = { readonly image: Image } | { readonly error: string };

/** Finds an image by its reference, e.g. nginx, nginx:latest or docker.io/library/nginx:latest. */
export function pullImage(reference: string): PullResult {
  const short = reference.replace(/^(?:docker\.io\/)?(?:library\/)?/, "");
  const [, name = "", tag = "latest"] =
    /^([a-z0-9][a-z0-9._/-]*)(?::([\w.-]{1,128}))?$/.exec(short) ?? [];
  if (name === "") return { error: `couldn't parse image reference "${reference}"` };
  const image = catalogue.find((candidate) => candidate.name === name);
  if (image === undefined) {
    const known = catalogue.map((candidate) => candidate.name).join(", ");
    return { error: `${name}:${tag}: not found; the catalogue has ${known}` };
  }
  if (!image.tags.includes(tag)) {
    return { error: `${name}:${tag}: not found; its tags are ${image.tags.join(", ")}` };
  }
  return { image: variantOf(image, tag) };
}

/** The tags of the failing image fail in different ways. */
function variantOf(image: Image, tag: string): Image {
  if (image.name !== "failing") return image;
  if (tag === "errors") return { ...image, start: startErrors };
  return tag === "unhealthy" ? { ...image, start: startUnhealthy } : image;
}

const isProbe = (url: string | undefined) => url === "/healthz";

function healthy(run: Handler): Handler {
  return (request, response) => {
    if (isProbe(request.url)) sendJson(response, 200, { status: "ok" });
    else run(request, response);
  };
}

function startEcho({ pod, log }: ProgramContext): Handler {
  log("listening");
  return healthy((request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= bodyEchoedMax) chunks.push(chunk);
    });
    request.once("end", () => {
      log(`${request.method} ${request.url}`);
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString("utf8");
      sendJson(response, 200, { pod, method, path: url, headers, bodyBytes: size, body });
    });
  });
}

function startSlow({ pod, environment, log, after }: ProgramContext): Handler {
  const wanted = Number(environment["DELAY_MS"] ?? 200);
  const delayMs = Number.isFinite(wanted) ? Math.min(Math.max(0, wanted), delayMsMax) : 200;
  log(`listening, delay ${delayMs} ms`);
  return healthy((request, response) => {
    request.resume();
    after(delayMs, () => {
      log(`${request.method} ${request.url} after ${delayMs} ms`);
      sendJson(response, 200, { pod, delayMs });
    });
  });
}

function startCrashing({ log, exit, after }: ProgramContext): Handler {
  log("starting");
  after(1_000, () => {
    log("fatal: this image always fails");
    exit(1);
  });
  return healthy((_request, response) => sendJson(response, 500, { error: "about to fail" }));
}

function startErrors({ log }: ProgramContext): Handler {
  log("listening; every request will fail");
  return healthy((request, response) => {
    request.resume();
    log(`${request.method} ${request.url} 500`);
    sendJson(response, 500, { error: "this image always fails" });
  });
}

function startUnhealthy({ log }: ProgramContext): Handler {
  log("listening; the liveness probe will fail");
  return (request, response) => {
    request.resume();
    sendJson(response, 500, { error: "unhealthy" });
  };
}

function startRelay({ pod, environment, log, call }: ProgramContext): Handler {
  const upstream = environment["UPSTREAM"] ?? "";
  log(upstream === "" ? "UPSTREAM is not set" : `relaying to ${upstream}`);
  return healthy((request, response) => {
    request.resume();
    call(upstream, request.url ?? "/", request).then(
      ({ status, instance, body }) => {
        log(`${request.url} answered by ${instance} with ${status}`);
        sendJson(response, status >= 500 ? 502 : 200, { pod, upstream, instance, status, body });
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        log(`${request.url} failed: ${message}`);
        sendJson(response, 502, { pod, upstream, error: message });
      },
    );
  });
}

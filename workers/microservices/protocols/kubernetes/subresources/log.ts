/** GET .../log: a container's lines as text, as they come (pkg/registry/core/pod/rest/log.go). */
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectOf } from "../../../core/store/objects.ts";
import type { PartsAnswer } from "../answer.ts";
import type { ApiContext } from "../context.ts";
import { type ApiRequest, flag, wholeNumber } from "../request.ts";
import type { LogLine } from "../streams/pod-streams.ts";

/** The container that is meant; the only one where none is named. @throws ApiError 400 */
export function containerOf(pod: ObjectOf<"pods">, asked: string | null): string {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod.spec ?? {};
  const all = [...containers, ...initContainers, ...ephemeralContainers];
  const { name: podName, annotations } = pod.metadata;
  if (asked !== null && asked !== "") {
    if (all.some(({ name }) => name === asked)) return asked;
    throw apiErrors.badRequest(`container ${asked} is not valid for pod ${podName}`);
  }
  const preferred = annotations?.["kubectl.kubernetes.io/default-container"];
  if (containers.length === 1) return containers[0]!.name;
  if (preferred !== undefined && containers.some(({ name }) => name === preferred))
    return preferred;
  throw apiErrors.badRequest(
    `a container name must be specified for pod ${podName}, choose one of: [${containers.map(({ name }) => name).join(" ")}]`,
  );
}

function sinceOf({ query }: ApiRequest, nowMs: number): number | undefined {
  const seconds = wholeNumber(query, "sinceSeconds");
  const time = query.get("sinceTime");
  if (seconds !== undefined && time) {
    throw apiErrors.badRequest("at most one of `sinceTime` or `sinceSeconds` may be specified");
  }
  if (seconds !== undefined) return nowMs - seconds * 1_000;
  if (!time) return undefined;
  const at = Date.parse(time);
  if (Number.isNaN(at))
    throw apiErrors.badRequest(`sinceTime: Invalid value: ${JSON.stringify(time)}`);
  return at;
}

/** @throws ApiError 400, 404 */
export async function log(context: ApiContext, request: ApiRequest): Promise<PartsAnswer> {
  const { query, namespace, name } = request;
  const pod = context.store.require("pods", namespace, name!);
  const options = {
    container: containerOf(pod, query.get("container")),
    follow: flag(query, "follow"),
    previous: flag(query, "previous"),
    tailLines: wholeNumber(query, "tailLines"),
    sinceMs: sinceOf(request, context.now()),
  };
  const gone = new AbortController();
  request.raw.socket.once("close", () => gone.abort(new Error("The client went away.")));
  const all = context.streams.logs(`${namespace}/${name}`, options, gone.signal);
  const lines = all[Symbol.asyncIterator]();
  // What is wrong is wrong with the first line, and can still be answered as an error.
  const first = options.follow ? null : await lines.next();
  const parts = textOfLines(first, lines, {
    timestamps: flag(query, "timestamps"),
    limitBytes: wholeNumber(query, "limitBytes") ?? Infinity,
  });
  return { status: 200, type: "text/plain", parts, isLong: false };
}

async function* textOfLines(
  first: IteratorResult<LogLine> | null,
  lines: AsyncIterator<LogLine>,
  { timestamps, limitBytes }: { timestamps: boolean; limitBytes: number },
): AsyncGenerator<string> {
  let left = limitBytes;
  let next = first ?? (await lines.next());
  try {
    while (next.done !== true && left > 0) {
      const { atMs, text } = next.value;
      const stamp = timestamps ? `${new Date(atMs).toISOString().slice(0, 23)}000000Z ` : "";
      const bytes = Buffer.from(`${stamp}${text}\n`);
      yield bytes.length <= left ? bytes.toString() : bytes.subarray(0, left).toString();
      left -= bytes.length;
      next = await lines.next();
    }
  } finally {
    await lines.return?.();
  }
}

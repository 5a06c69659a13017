/** Takes jobs by HTTP and works them off one after the other. */
import { hostedLimits } from "../pod-limits.ts";
import {
  answering,
  healthy,
  type Image,
  numberOf,
  type Program,
  type ProgramContext,
  readBody,
  sendJson,
  serverDefaults,
} from "./image.ts";

const queueLengthMax = 1_000;

export const queueWorker: Image = {
  ...serverDefaults,
  name: "queue-worker",
  summary: "POST /jobs puts a job into a queue that is worked off; GET / says how far it is",
  executable: "queue-worker",
  environment: [
    { name: "WORK_MS", summary: "How long a job takes", fallback: "100" },
    { name: "CONCURRENCY", summary: "Jobs at once, at most 64", fallback: "1" },
  ],
  start: startQueueWorker,
};

function startQueueWorker(context: ProgramContext): Program {
  const { spec, environment, log, after, holdMemory } = context;
  const workMs = numberOf(environment, "WORK_MS", 100, 0, 600_000);
  const concurrency = Math.floor(numberOf(environment, "CONCURRENCY", 1, 1, 64));
  const queue: { id: number; body: Buffer }[] = [];
  let [newest, running, done, bytes] = [0, 0, 0, 0];
  const idle = Promise.withResolvers<void>();
  let ending = false;
  const work = () => {
    while (running < concurrency) {
      const job = queue.shift();
      if (job === undefined) break;
      running += 1;
      after(workMs, () => {
        running -= 1;
        done += 1;
        bytes -= job.body.length;
        holdMemory(bytes);
        log(`job ${job.id} done (${job.body.length} bytes)`);
        work();
      });
    }
    if (ending && running === 0 && queue.length === 0) idle.resolve();
  };
  log(`listening, ${concurrency} at once`);
  const server = healthy(
    answering(async (request, response) => {
      const { method, url } = request;
      const pod = spec.podName;
      if (method !== "POST" || url !== "/jobs") {
        request.resume();
        return sendJson(response, 200, { pod, queued: queue.length, running, done });
      }
      const body = await readBody(request, hostedLimits.bodyBytesMax);
      if (body === null) return sendJson(response, 413, { error: "The job is too long." });
      if (queue.length >= queueLengthMax || ending) {
        return sendJson(response, 503, { error: "The queue takes no more.", queued: queue.length });
      }
      newest += 1;
      const id = newest;
      queue.push({ id, body });
      bytes += body.length;
      holdMemory(bytes);
      work();
      sendJson(response, 202, { pod, id, queued: queue.length });
    }),
  );
  return {
    ...server,
    onTerminate() {
      ending = true;
      log(`terminating; ${queue.length + running} jobs are finished first`);
      work();
      return idle.promise;
    },
  };
}

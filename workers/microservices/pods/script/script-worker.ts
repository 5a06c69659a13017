/** A script's thread, from the container's side: requests, its calls outwards, its end. */
import { Worker } from "node:worker_threads";
import { childThread } from "../../../service/child-thread.ts";
import type { FetchAnswer, FetchRequest } from "../container-spec.ts";
import { scriptLimits } from "../pod-limits.ts";
import type { ScriptOrder, ScriptReport, ScriptThreadData } from "./script-protocol.ts";

export interface ScriptHost {
  readonly log: (text: string) => void;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  readonly measured: (cpuMs: number, memoryBytes: number) => void;
  readonly ended: (end: ScriptEnd) => void;
}

export type ScriptEnd =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "out-of-memory" }
  | { readonly kind: "stuck" };

const bytesPerMebibyte = 1024 * 1024;
let threads = 0;

export class ScriptWorker {
  readonly #host: ScriptHost;
  readonly #worker: Worker;
  readonly #open = new Map<number, PromiseWithResolvers<string>>();
  readonly #heapBytesMax: number;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #look: NodeJS.Timeout;
  #looking = false;
  #heapBytes = 0;
  #newest = 0;
  #missed = 0;
  #cpuMs = 0;
  #fetches = 0;
  #ended = false;

  /** @throws RangeError when the thread has as many scripts as it may. */
  constructor(data: ScriptThreadData, memoryBytes: number | null, host: ScriptHost) {
    if (threads >= scriptLimits.threadsPerHostMax) throw new RangeError("Too many scripts.");
    threads += 1;
    this.#host = host;
    const { heapMbMin, heapMbMax, heapMbOutOfReach } = scriptLimits;
    const wanted = memoryBytes === null ? heapMbMax : memoryBytes / bytesPerMebibyte;
    this.#heapBytesMax = Math.min(Math.max(heapMbMin, wanted), heapMbMax) * bytesPerMebibyte;
    this.#worker = new Worker(childThread("microservices", "pods/script-thread"), {
      workerData: data,
      env: {},
      execArgv: [],
      resourceLimits: {
        maxOldGenerationSizeMb: heapMbOutOfReach,
        maxYoungGenerationSizeMb: 4,
        stackSizeMb: 2,
      },
    });
    this.#worker.on("message", (report: ScriptReport) => this.#hear(report));
    this.#worker.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ERR_WORKER_OUT_OF_MEMORY") this.#end({ kind: "out-of-memory" });
      else this.#end({ kind: "failed", message: error.message });
    });
    this.#worker.once("exit", () => {
      threads -= 1;
      this.#end({ kind: "failed", message: "The thread has ended." });
    });
    this.#heartbeat = setInterval(() => this.#beat(), scriptLimits.heartbeatMs);
    this.#look = setInterval(() => void this.#lookAtHeap(), scriptLimits.heapLookMs);
  }

  /** Hands a request (JSON) to the script and resolves with its answer (JSON). */
  handle(request: string): Promise<string> {
    if (this.#ended) return Promise.reject(new Error("The script has ended."));
    if (this.#open.size >= scriptLimits.requestsAtOnceMax) {
      return Promise.reject(new Error("Too many requests at once."));
    }
    this.#newest += 1;
    const call = this.#newest;
    const open = Promise.withResolvers<string>();
    this.#open.set(call, open);
    const timer = setTimeout(() => {
      this.#open.delete(call);
      open.reject(new Error(`No answer within ${scriptLimits.requestMsMax} ms.`));
    }, scriptLimits.requestMsMax);
    this.#send({ kind: "handle", call, request });
    return open.promise.finally(() => clearTimeout(timer));
  }

  close(): void {
    this.#end(null);
  }

  #send(order: ScriptOrder): void {
    if (!this.#ended) this.#worker.postMessage(order);
  }

  #hear(report: ScriptReport): void {
    if (this.#ended) return;
    // Nothing else is a sign of life: a loop can report, too.
    if (report.kind === "pong") this.#missed = 0;
    else if (report.kind === "log") this.#host.log(report.text);
    else if (report.kind === "fetch") void this.#fetch(report.call, report.request);
    else if (report.kind === "handled") {
      const open = this.#open.get(report.call);
      this.#open.delete(report.call);
      if (report.ok) open?.resolve(report.answer);
      else open?.reject(new Error(report.answer));
    } else if (report.kind === "done") this.#end({ kind: "done" });
    else if (report.kind === "failed") this.#end(report);
  }

  #beat(): void {
    this.#missed += 1;
    if (this.#missed > scriptLimits.heartbeatsMissedMax) return this.#end({ kind: "stuck" });
    this.#send({ kind: "ping" });
    void this.#measure();
  }

  async #measure(): Promise<void> {
    try {
      const { user, system } = await this.#worker.cpuUsage();
      const cpuMs = (user + system) / 1_000;
      if (!this.#ended) this.#host.measured(cpuMs - this.#cpuMs, this.#heapBytes);
      this.#cpuMs = cpuMs;
    } catch {
      // The thread has not begun yet, or has just ended; there is nothing to measure.
    }
  }

  /** The answer comes from within the thread's loops, too: V8 interrupts them for it. */
  async #lookAtHeap(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const { total_heap_size, external_memory } = await this.#worker.getHeapStatistics();
      this.#heapBytes = total_heap_size + external_memory;
      if (this.#heapBytes > this.#heapBytesMax) this.#end({ kind: "out-of-memory" });
    } catch {
      // The thread has not begun yet, or has just ended; there is nothing to look at.
    } finally {
      this.#looking = false;
    }
  }

  async #fetch(call: number, request: string): Promise<void> {
    this.#fetches += 1;
    try {
      if (this.#fetches > scriptLimits.requestsAtOnceMax) throw new Error("Too many open calls.");
      const answer = await this.#host.fetch(fetchRequestOf(request));
      this.#send({ kind: "fetched", call, ok: true, answer: JSON.stringify(answer) });
    } catch (error) {
      const answer = error instanceof Error ? error.message : String(error);
      this.#send({ kind: "fetched", call, ok: false, answer });
    } finally {
      this.#fetches -= 1;
    }
  }

  #end(end: ScriptEnd | null): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#heartbeat);
    clearInterval(this.#look);
    for (const open of this.#open.values()) open.reject(new Error("The script has ended."));
    this.#open.clear();
    void this.#worker.terminate();
    if (end !== null) this.#host.ended(end);
  }
}

/** What a script asks for is checked like a stranger's request. */
function fetchRequestOf(text: string): FetchRequest {
  const { url, method, headers, body } = JSON.parse(text) as Record<string, unknown>;
  if (typeof url !== "string" || !URL.canParse(url)) throw new TypeError("The URL is not valid.");
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(Object(headers) as object).slice(0, 50)) {
    if (typeof value === "string") kept[name] = value;
  }
  return { url, method: String(method), headers: kept, body: typeof body === "string" ? body : "" };
}

/** The containers and sessions of one thread, and what the runtime orders of them. */
import type { ContainerExit, FetchAnswer, FetchRequest } from "../container-spec.ts";
import type { HostOrder, HostReport } from "../host-protocol.ts";
import { hostedLimits } from "../pod-limits.ts";
import { hostShell } from "./container-shell.ts";
import { ContainerSession } from "./container-session.ts";
import { CpuMeter } from "./cpu-meter.ts";
import { HostedContainer } from "./hosted-container.ts";
import { launchOf } from "./launch.ts";
import { OutputPost } from "./output-post.ts";

/** Of the first command that exec runs; the program is 1. */
const firstSessionPid = 7;

interface OpenSession {
  readonly container: number;
  readonly pid: number;
  readonly command: string;
  readonly session: ContainerSession;
}

export class PodHost {
  readonly #report: (report: HostReport) => void;
  readonly #meter: CpuMeter;
  readonly #output: OutputPost;
  readonly #containers = new Map<number, HostedContainer>();
  readonly #sessions = new Map<number, OpenSession>();
  readonly #fetches = new Map<number, PromiseWithResolvers<FetchAnswer>>();
  #newestFetch = 0;

  constructor(report: (report: HostReport) => void, threadCpuMs: () => number) {
    this.#report = report;
    this.#meter = new CpuMeter(threadCpuMs, () => performance.now());
    this.#output = new OutputPost((chunks) => report({ kind: "output", chunks }));
  }

  obey(order: HostOrder): void {
    if (order.kind === "start") this.#start(order);
    else if (order.kind === "stop") this.#containers.get(order.container)?.stop(order.graceMs);
    else if (order.kind === "exec") this.#exec(order);
    else if (order.kind === "input") this.#sessions.get(order.session)?.session.input(order.text);
    else if (order.kind === "attach-input") this.#attachInput(order);
    else if (order.kind === "taken") this.#sessions.get(order.session)?.session.taken(order.bytes);
    else if (order.kind === "end-session") this.#sessions.get(order.session)?.session.end();
    else if (order.kind === "measure") this.#measure(order.call);
    else if (order.kind === "fetched") this.#fetched(order);
    else this.#report({ kind: "pong" });
  }

  #start({ container, spec }: Extract<HostOrder, { kind: "start" }>): void {
    const launch = launchOf(spec);
    if (launch === null) {
      const [executable] = spec.command ?? spec.args ?? [""];
      const message = `exec: "${executable}": executable file not found in $PATH`;
      const exit: ContainerExit = { exitCode: 127, reason: "ContainerCannotRun", message };
      this.#report({ kind: "exited", container, exit });
      return;
    }
    try {
      const hosted = new HostedContainer(spec, launch, {
        meter: this.#meter,
        onStarted: (port) => this.#report({ kind: "started", container, port }),
        onExit: (exit) => this.#exited(container, exit),
        write: (stream, text) => this.#output.write({ container, stream, at: Date.now(), text }),
        fetch: (request) => this.#fetch(container, request),
        hasMemory: (bytes) => this.#heldBytes() + bytes <= hostedLimits.memoryPerThreadBytesMax,
      });
      this.#containers.set(container, hosted);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#exited(container, { exitCode: 1, reason: "Error", message });
    }
  }

  #exited(container: number, exit: ContainerExit): void {
    // What it wrote is there before it has ended.
    this.#output.flush();
    this.#containers.delete(container);
    this.#report({ kind: "exited", container, exit });
  }

  #exec(order: Extract<HostOrder, { kind: "exec" }>): void {
    const { container, session, command } = order;
    const hosted = this.#containers.get(container);
    if (hosted === undefined || hosted.hasEnded) {
      this.#report({ kind: "session-ended", session, exitCode: 137 });
      return;
    }
    const run = new ContainerSession({
      ...order,
      environment: hosted.spec.environment,
      containerSignal: hosted.signal,
      report: this.#report,
      host: hostShell({
        spec: hosted.spec,
        files: hosted.files,
        fetch: (request) => hosted.fetch(request),
        counted: () => (hosted.work += 1),
        processes: () => this.#processes(container),
        signalMain: (signal) => {
          if (signal === 9) hosted.stop(0);
          // Somebody in the container has no grace to give: it is the program's own affair.
          else if (signal === 15) hosted.stop(signalGraceMs);
          else hosted.end({ exitCode: 128 + signal, reason: "Error", message: "" });
        },
      }),
    });
    const pid = firstSessionPid + session;
    this.#sessions.set(session, { container, pid, command: command.join(" "), session: run });
    void run.run().finally(() => this.#sessions.delete(session));
  }

  #processes(container: number) {
    const main = this.#containers.get(container);
    const others = [...this.#sessions.values()].filter(
      (session) => session.container === container,
    );
    return [{ pid: 1, command: main?.commandLine ?? "" }, ...others];
  }

  #attachInput({ container, text }: Extract<HostOrder, { kind: "attach-input" }>): void {
    const stdin = this.#containers.get(container)?.stdin;
    if (stdin !== undefined && stdin.length < hostedLimits.stdinQueueBytesMax) stdin.offer(text);
  }

  #measure(call: number): void {
    this.#meter.settle(this.#containers.values());
    const containers = [...this.#containers].map(([container, hosted]) => {
      const { cpuMs, memoryBytes, requests } = hosted;
      return { container, cpuMs, memoryBytes, requests };
    });
    this.#report({ kind: "measured", call, containers });
  }

  #heldBytes(): number {
    let sum = 0;
    for (const { heldBytes } of this.#containers.values()) sum += heldBytes;
    return sum;
  }

  #fetch(container: number, request: FetchRequest): Promise<FetchAnswer> {
    this.#newestFetch += 1;
    const call = this.#newestFetch;
    const open = Promise.withResolvers<FetchAnswer>();
    this.#fetches.set(call, open);
    this.#report({ kind: "fetch", call, container, request });
    return open.promise;
  }

  #fetched({ call, answer, failure }: Extract<HostOrder, { kind: "fetched" }>): void {
    const open = this.#fetches.get(call);
    this.#fetches.delete(call);
    if (answer === undefined) open?.reject(new Error(failure ?? "No answer."));
    else open?.resolve(answer);
  }
}

const signalGraceMs = 2 ** 31 - 1;

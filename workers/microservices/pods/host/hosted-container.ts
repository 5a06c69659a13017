/** One container in its thread: a program, its server on a port of 127.0.0.1, its files and timers. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ContainerExit, ContainerSpec, FetchAnswer, FetchRequest } from "../container-spec.ts";
import type { OutputStream } from "../host-protocol.ts";
import type { Program, ProgramContext } from "../images/image.ts";
import { hostedLimits } from "../pod-limits.ts";
import { MemoryFiles } from "../shell/memory-files.ts";
import { Pipe } from "../shell/pipe.ts";
import type { CpuMeter, MeteredContainer } from "./cpu-meter.ts";
import type { Launch } from "./launch.ts";
import { standardFiles } from "./standard-files.ts";

const killedCode = 137;
const terminatedCode = 143;
/** How often a container that ends looks for connections that have nothing more to say. */
const closeIdleMs = 50;

export interface ContainerHost {
  readonly meter: CpuMeter;
  readonly onStarted: (port: number | null) => void;
  readonly onExit: (exit: ContainerExit) => void;
  readonly write: (stream: OutputStream, text: string) => void;
  readonly fetch: (request: FetchRequest) => Promise<FetchAnswer>;
  /** Whether the thread has memory for so much more. */
  readonly hasMemory: (bytes: number) => boolean;
}

export class HostedContainer implements MeteredContainer {
  readonly spec: ContainerSpec;
  readonly files: MemoryFiles;
  readonly stdin = new Pipe(hostedLimits.stdinQueueBytesMax);
  readonly commandLine: string;
  cpuMs = 0;
  callMs = 0;
  work = 0;
  requests = 0;
  heldBytes = 0;
  readonly #host: ContainerHost;
  readonly #abort = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  #server: Server | null = null;
  readonly #program: Program;
  #exit: ContainerExit | null = null;
  #stopping = false;
  #serverClosed = false;
  #fetches = 0;

  constructor(spec: ContainerSpec, launch: Launch, host: ContainerHost) {
    this.spec = spec;
    this.#host = host;
    this.files = new MemoryFiles(standardFiles(spec));
    this.commandLine = launch.commandLine;
    if (!spec.stdin) this.stdin.end();
    this.#program = host.meter.run(this, () => launch.start(this.#context(launch)));
    const isDone = this.#exit !== null;
    if (this.#program.handle !== undefined && !isDone) this.#server = this.#listen();
    if (this.#server === null && !isDone) queueMicrotask(() => this.#started(null));
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get memoryBytes(): number {
    return hostedLimits.idleContainerBytes + this.files.bytes + this.heldBytes;
  }

  get hasEnded(): boolean {
    return this.#exit !== null;
  }

  /** SIGTERM, and SIGKILL after the grace; without grace SIGKILL at once. */
  stop(graceMs: number): void {
    if (this.#exit !== null) return;
    if (graceMs <= 0) return this.end({ exitCode: killedCode, reason: "Error", message: "" });
    this.#after(graceMs, () => this.stop(0));
    if (this.#stopping) return;
    this.#stopping = true;
    const { onTerminate } = this.#program;
    if (onTerminate === undefined) {
      return this.end({ exitCode: terminatedCode, reason: "Error", message: "" });
    }
    void this.#terminate(onTerminate);
  }

  /** Ends the process: nothing of it runs or listens afterwards. */
  end(exit: ContainerExit): void {
    if (this.#exit !== null) return;
    this.#exit = exit;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#abort.abort();
    this.stdin.break();
    this.heldBytes = 0;
    const finish = () => this.#host.onExit(exit);
    const server = this.#server;
    if (server === null || this.#serverClosed) return void setImmediate(finish);
    server.once("close", finish);
    if (server.listening) server.close();
    server.closeAllConnections();
  }

  async fetch(request: FetchRequest): Promise<FetchAnswer> {
    if (this.#exit !== null) throw new Error("The container has ended.");
    if (this.#fetches >= hostedLimits.fetchesMax) throw new Error("Too many open calls.");
    this.#fetches += 1;
    try {
      return await this.#host.fetch(request);
    } finally {
      this.#fetches -= 1;
    }
  }

  async #terminate(onTerminate: () => void | Promise<void>): Promise<void> {
    try {
      await this.#host.meter.run(this, onTerminate);
    } catch (error) {
      return this.#crash(error);
    }
    const finish = () => this.end({ exitCode: 0, reason: "Completed", message: "" });
    const server = this.#server;
    if (server?.listening !== true) return finish();
    // The requests that are open are answered first; connections that wait for more are not kept.
    server.close(finish);
    const closeIdle = () => {
      server.closeIdleConnections();
      this.#after(closeIdleMs, closeIdle);
    };
    closeIdle();
  }

  #listen(): Server {
    const { handle } = this.#program;
    const server = createServer(
      { keepAliveTimeout: 5_000, requestTimeout: 30_000, connectionsCheckingInterval: 30_000 },
      (request, response) => {
        this.requests += 1;
        this.work += 1;
        // A server that is closing keeps no connection alive.
        if (this.#stopping) response.shouldKeepAlive = false;
        try {
          this.#host.meter.run(this, () => handle?.(request, response));
        } catch (error) {
          this.#crash(error);
        }
      },
    );
    server.maxConnections = hostedLimits.connectionsMax;
    server.once("close", () => (this.#serverClosed = true));
    server.once("error", (error) => this.#crash(error));
    server.listen(0, "127.0.0.1", () => this.#started((server.address() as AddressInfo).port));
    return server;
  }

  #started(port: number | null): void {
    if (this.#exit === null) this.#host.onStarted(port);
  }

  /** What an uncaught exception is to a process. */
  #crash(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#host.write("stderr", `${text}\n`);
    this.end({ exitCode: 1, reason: "Error", message: "" });
  }

  #after(ms: number, run: () => void): void {
    if (this.#exit !== null) return;
    if (this.#timers.size >= hostedLimits.timersMax) throw new Error("Too many timers.");
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      try {
        this.#host.meter.run(this, run);
      } catch (error) {
        this.#crash(error);
      }
    }, ms);
    this.#timers.add(timer);
  }

  #holdMemory(bytes: number): void {
    if (this.#exit !== null) return;
    const growth = bytes - this.heldBytes;
    const isRoom = growth <= 0 || this.#host.hasMemory(growth);
    this.heldBytes = bytes;
    const limit = this.spec.limits.memoryBytes ?? hostedLimits.memoryPerContainerBytesMax;
    if (isRoom && this.memoryBytes <= Math.min(limit, hostedLimits.memoryPerContainerBytesMax)) {
      return;
    }
    this.end({ exitCode: killedCode, reason: "OOMKilled", message: "" });
  }

  #context({ tag, args }: Launch): ProgramContext {
    return {
      spec: this.spec,
      tag,
      args,
      environment: this.spec.environment,
      files: this.files,
      stdin: this.stdin,
      signal: this.#abort.signal,
      log: (line) => this.#write("stdout", `${line}\n`),
      write: (stream, text) => this.#write(stream, text),
      exit: (exitCode, reason = exitCode === 0 ? "Completed" : "Error", message = "") =>
        this.end({ exitCode: exitCode & 255, reason, message }),
      after: (ms, run) => this.#after(ms, run),
      holdMemory: (bytes) => this.#holdMemory(bytes),
      addCpu: (ms) => {
        this.cpuMs += ms;
      },
      fetch: (request) => this.fetch(request),
    };
  }

  #write(stream: OutputStream, text: string): void {
    if (this.#exit === null) this.#host.write(stream, text);
  }
}

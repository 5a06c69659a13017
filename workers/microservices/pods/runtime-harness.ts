/** A runtime for tests, with the events that it told and ways to wait for them. */
import type { FetchAnswer, FetchRequest } from "./container-spec.ts";
import type { ContainerSpec, RuntimeEvent } from "./container-spec.ts";
import { keyOf } from "./container-spec.ts";
import type { PodRuntimeLimits } from "./pod-limits.ts";
import { PodRuntime } from "./pod-runtime.ts";

type Exited = Extract<RuntimeEvent, { kind: "exited" }>;

export class RuntimeHarness implements AsyncDisposable {
  readonly events: RuntimeEvent[] = [];
  readonly runtime: PodRuntime;
  fetch: (request: FetchRequest) => Promise<FetchAnswer> = () =>
    Promise.reject(new Error("bad address"));
  #waiting: { test: (event: RuntimeEvent) => boolean; resolve: (event: RuntimeEvent) => void }[] =
    [];

  constructor(limits: Partial<PodRuntimeLimits> = {}) {
    this.runtime = new PodRuntime({
      now: () => Date.now(),
      fetch: (_from, request) => this.fetch(request),
      limits,
      onEvent: (event) => {
        this.events.push(event);
        this.#waiting = this.#waiting.filter(({ test, resolve }) => {
          if (test(event)) resolve(event);
          else return true;
          return false;
        });
      },
    });
  }

  /** Starts a container and resolves with its key when it runs. */
  async run(image: string, changes: Partial<ContainerSpec> = {}): Promise<string> {
    const { key, containerId } = this.start(image, changes);
    const event = await this.#event((seen) => seen.containerId === containerId);
    if (event.kind !== "started") throw new Error(`It ended: ${JSON.stringify(event)}`);
    return key;
  }

  start(image: string, changes: Partial<ContainerSpec> = {}): { key: string; containerId: string } {
    const spec = specOf(image, changes);
    return { key: keyOf(spec), containerId: this.runtime.start(spec) };
  }

  /** How the container of this key ended; counts from its newest start. */
  async exit(key: string, containerId?: string): Promise<Exited> {
    return (await this.#event(
      (event) =>
        event.kind === "exited" &&
        event.key === key &&
        (containerId === undefined || event.containerId === containerId),
    )) as Exited;
  }

  url(key: string, path = "/"): string {
    const address = this.runtime.address(key);
    if (address === null) throw new Error(`${key} does not listen.`);
    return `http://${address.host}:${address.port}${path}`;
  }

  async output(key: string): Promise<string> {
    return (await linesOf(this.runtime.logs(key))).join("");
  }

  /** Runs a command to its end. */
  async exec(key: string, command: readonly string[], input?: string) {
    const session = this.runtime.exec(key, command);
    session.stdin.end(input ?? "");
    const [stdout, stderr, code] = await Promise.all([
      session.stdout.toArray(),
      session.stderr.toArray(),
      session.exitCode,
    ]);
    return { stdout: stdout.join(""), stderr: stderr.join(""), code };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.runtime.close();
  }

  #event(test: (event: RuntimeEvent) => boolean): Promise<RuntimeEvent> {
    const seen = this.events.find(test);
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }
}

export async function linesOf(log: AsyncIterable<string>): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of log) lines.push(line);
  return lines;
}

let newest = 0;

function specOf(image: string, changes: Partial<ContainerSpec>): ContainerSpec {
  newest += 1;
  return {
    podUid: `uid-${newest}`,
    podName: `pod-${newest}`,
    namespace: "default",
    container: "main",
    image,
    command: null,
    args: null,
    environment: {},
    ports: [],
    limits: { cpuMillicores: null, memoryBytes: null },
    files: {},
    stdin: false,
    tty: false,
    ...changes,
  };
}

/**
 * A container runtime in which time alone runs: it answers the kubelet's commands after delays that
 * pods may set by annotation. A container that just runs costs nothing. What it uses is what is
 * asked for or annotated, and says so: these are no measurements.
 */
import type { Container, Probe } from "kubernetes-types/core/v1";
import { Random } from "../../../cluster/random.ts";
import { simulatedRuntimeDefaults } from "../../limits.ts";
import type { Budget, Controller } from "../controllers/controller.ts";
import { KeyedHeap } from "../scheduling/heap.ts";
import { amountOfResource } from "../scheduling/quantity.ts";
import type { RuntimeCommand, RuntimeObservation } from "./runtime-messages.ts";

/** Annotations of a pod; durations as "250ms", "30s", "5m" or "1h". */
export const simulatedAnnotations = {
  /** The pull fails with this message. */
  pullError: "demo.dev/pull-error",
  pullDelay: "demo.dev/pull-delay",
  startDelay: "demo.dev/start-delay",
  /** How long it takes to end after SIGTERM. */
  stopDelay: "demo.dev/stop-delay",
  exitAfter: "demo.dev/exit-after",
  exitCode: "demo.dev/exit-code",
  /** Of each start, 0 to 1: to end with exit code 1 after a while. */
  crashProbability: "demo.dev/crash-probability",
  readinessFailsAfter: "demo.dev/readiness-fails-after",
  livenessFailsAfter: "demo.dev/liveness-fails-after",
  startupTakes: "demo.dev/startup-takes",
  /** Quantities that a container of the pod uses. */
  cpu: "demo.dev/cpu-usage",
  memory: "demo.dev/memory-usage",
  /** A fraction: how far the usage moves about, from minute to minute. */
  usageNoise: "demo.dev/usage-noise",
} as const;

type Start = Extract<RuntimeCommand, { kind: "start" }>;
type ProbeCommand = Extract<RuntimeCommand, { kind: "probe" }>;

interface Running {
  readonly start: Start;
  startedAt: number;
  ended: boolean;
}

interface Planned {
  readonly key: string;
  readonly at: number;
  readonly order: number;
  readonly act: (now: number) => void;
}

export interface SimulatedUsage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

export class SimulatedRuntime implements Controller {
  readonly name = "simulated-runtime";
  readonly #random: Random;
  readonly #now: () => number;
  readonly #tell: (seen: RuntimeObservation) => void;
  readonly #running = new Map<string, Running>();
  /** Containers that a pod has started, by its uid. */
  readonly #names = new Map<string, Set<string>>();
  readonly #off = new Set<string>();
  readonly #planned = new KeyedHeap<Planned>(
    ({ key }) => key,
    (left, right) => (left.at !== right.at ? left.at < right.at : left.order < right.order),
  );
  #order = 0;

  /** `tell`: Kubelet.hear. */
  constructor(seed: number, now: () => number, tell: (seen: RuntimeObservation) => void) {
    this.#random = new Random(seed);
    this.#now = now;
    this.#tell = tell;
  }

  /** Nothing: it hears commands alone. */
  observe(): void {}

  step(now: number, budget: Budget): void {
    let next = this.#planned.peek();
    while (next !== undefined && next.at <= now && budget.take()) {
      this.#planned.pop();
      next.act(now);
      next = this.#planned.peek();
    }
  }

  dueAt(): number {
    return this.#planned.peek()?.at ?? Number.POSITIVE_INFINITY;
  }

  command(command: RuntimeCommand): void {
    if (command.kind === "pull") this.#pull(command);
    else if (command.kind === "start") this.#start(command);
    else if (command.kind === "stop") this.#stop(command);
    else if (command.kind === "probe") this.#watch(command);
    else this.#forget(command.pod);
  }

  /** Off: what runs on the node is gone, and nobody is told. */
  setPower(node: string, on: boolean): void {
    if (on) {
      this.#off.delete(node);
      return;
    }
    this.#off.add(node);
    for (const [key, run] of this.#running) {
      if (run.start.node !== node) continue;
      run.ended = true;
      this.#running.delete(key);
    }
  }

  /** What a container that runs uses, by its annotations or its requests; null where none runs. */
  usageOf(pod: string, container: string): SimulatedUsage | null {
    const run = this.#running.get(`${pod}/${container}`);
    if (run === undefined) return null;
    const { annotations, spec } = run.start;
    const noise = Number(annotations[simulatedAnnotations.usageNoise] ?? 0);
    const minute = Math.floor(this.#now() / 60_000);
    const factor =
      noise > 0
        ? Math.max(
            0,
            1 + noise * (2 * this.#random.fork(`${pod} ${container} ${minute}`).float() - 1),
          )
        : 1;
    const amount = (name: "cpu" | "memory") =>
      Math.round(factor * usageIn(annotations[simulatedAnnotations[name]], spec, name));
    return { cpuMilli: amount("cpu"), memoryBytes: amount("memory") };
  }

  #pull({ node, pod, container, annotations }: Extract<RuntimeCommand, { kind: "pull" }>): void {
    const message = annotations[simulatedAnnotations.pullError];
    const ref = { node, pod, container };
    const { pullMs } = simulatedRuntimeDefaults;
    this.#after(node, durationOf(annotations, "pullDelay") ?? this.#about(pullMs), () => {
      if (message === undefined) this.#tell({ kind: "pulled", sizeBytes: null, ...ref });
      else this.#tell({ kind: "pullFailed", message, ...ref });
    });
  }

  #start(start: Start): void {
    const { node, pod, container, attempt, annotations } = start;
    const run: Running = { start, startedAt: 0, ended: this.#off.has(node) };
    if (run.ended) return;
    this.#running.set(`${pod}/${container}`, run);
    const names = this.#names.get(pod);
    if (names) names.add(container);
    else this.#names.set(pod, new Set([container]));
    const { startMs } = simulatedRuntimeDefaults;
    this.#whileRunning(
      run,
      durationOf(annotations, "startDelay") ?? this.#about(startMs),
      (now) => {
        run.startedAt = now;
        this.#tell({ kind: "started", node, pod, container, attempt });
        this.#planEnd(run);
      },
    );
  }

  /** The end that the container comes to by itself, if any. */
  #planEnd(run: Running): void {
    const { annotations, limits, spec } = run.start;
    const { crashAfterMs, oomAfterMs } = simulatedRuntimeDefaults;
    const memory = usageIn(annotations[simulatedAnnotations.memory], spec, "memory");
    if (limits.memoryBytes !== null && memory > limits.memoryBytes) {
      this.#whileRunning(run, oomAfterMs, () => this.#end(run, 137, true));
      return;
    }
    const exitAfter = durationOf(annotations, "exitAfter");
    const exitCode = Number(annotations[simulatedAnnotations.exitCode] ?? 0);
    if (exitAfter !== null)
      this.#whileRunning(run, exitAfter, () => this.#end(run, exitCode, false));
    if (this.#random.chance(Number(annotations[simulatedAnnotations.crashProbability] ?? 0))) {
      const after = Math.round(this.#random.exponential(crashAfterMs));
      this.#whileRunning(run, after, () => this.#end(run, 1, false));
    }
  }

  #stop({ pod, container, attempt, graceMs }: Extract<RuntimeCommand, { kind: "stop" }>): void {
    const run = this.#running.get(`${pod}/${container}`);
    if (run === undefined || run.start.attempt !== attempt) return;
    const wantsMs =
      durationOf(run.start.annotations, "stopDelay") ?? simulatedRuntimeDefaults.stopMs;
    // 128 + SIGTERM of what ends by itself, 128 + SIGKILL of what has to be ended.
    const exitCode = wantsMs <= graceMs ? 143 : 137;
    this.#whileRunning(run, Math.min(wantsMs, graceMs), () => this.#end(run, exitCode, false));
  }

  /** Tells when an outcome is settled, as a kubelet would see it: by period and threshold. */
  #watch(command: ProbeCommand): void {
    const run = this.#running.get(`${command.pod}/${command.container}`);
    if (run === undefined || run.start.attempt !== command.attempt) return;
    const { annotations } = run.start;
    const { probe, spec } = command;
    const tell = (ok: boolean): void => {
      const { node, pod, container, attempt } = command;
      const message = ok ? "" : "simulated failure";
      this.#tell({ kind: "probed", node, pod, container, attempt, probe, ok, message });
    };
    const key = {
      startup: "startupTakes",
      readiness: "readinessFailsAfter",
      liveness: "livenessFailsAfter",
    }[probe] as keyof typeof simulatedAnnotations;
    const periodMs = (spec.periodSeconds ?? 10) * 1_000;
    const after = durationOf(annotations, key);
    // It shows with the first probe after it.
    const turnsMs = after === null ? null : Math.ceil(after / periodMs) * periodMs;
    const passMs = settleMs(spec, spec.successThreshold ?? 1);
    const failMs = settleMs(spec, spec.failureThreshold ?? 3);
    if (probe === "startup") {
      const fails = turnsMs !== null && turnsMs > failMs;
      this.#whileRunning(run, fails ? failMs : Math.max(turnsMs ?? 0, passMs), () => tell(!fails));
      return;
    }
    if (turnsMs === null || turnsMs > 0) this.#whileRunning(run, passMs, () => tell(true));
    if (turnsMs !== null) this.#whileRunning(run, turnsMs + failMs, () => tell(false));
  }

  #end(run: Running, exitCode: number, outOfMemory: boolean): void {
    const { node, pod, container, attempt } = run.start;
    run.ended = true;
    this.#running.delete(`${pod}/${container}`);
    const message = null;
    this.#tell({ kind: "exited", node, pod, container, attempt, exitCode, outOfMemory, message });
  }

  #whileRunning(run: Running, delayMs: number, act: (now: number) => void): void {
    this.#after(run.start.node, delayMs, (now) => {
      if (!run.ended) act(now);
    });
  }

  #after(node: string, delayMs: number, act: (now: number) => void): void {
    const order = ++this.#order;
    const at = this.#now() + delayMs;
    const unlessOff = (now: number) => {
      if (!this.#off.has(node)) act(now);
    };
    this.#planned.put({ key: String(order), at, order, act: unlessOff });
  }

  /** Half as long to half as long again. */
  #about(milliseconds: number): number {
    return Math.round(milliseconds * (0.5 + this.#random.float()));
  }

  /** A pod that ends in order has nothing left here; one that was ended by force may have. */
  #forget(pod: string): void {
    for (const container of this.#names.get(pod) ?? []) {
      const run = this.#running.get(`${pod}/${container}`);
      if (run) run.ended = true;
      this.#running.delete(`${pod}/${container}`);
    }
    this.#names.delete(pod);
  }
}

function usageIn(annotation: string | undefined, { resources }: Container, name: string): number {
  const text = annotation ?? resources?.requests?.[name] ?? resources?.limits?.[name] ?? "0";
  return amountOfResource(name, text);
}

function settleMs({ periodSeconds = 10 }: Probe, threshold: number): number {
  return (threshold - 1) * periodSeconds * 1_000;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Null where the annotation is missing or is no duration. */
function durationOf(
  annotations: Readonly<Record<string, string>>,
  key: keyof typeof simulatedAnnotations,
): number | null {
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(annotations[simulatedAnnotations[key]] ?? "");
  return parts === null ? null : Math.round(Number(parts[1]) * units[parts[2]!]!);
}
